import Testing

@testable import QA

@Suite struct `A question of several parts` {
    @Test(arguments: [
        (
            "Tell me when vouchers lapse and what a lost jacket costs.",
            ["when vouchers lapse?", "what a lost jacket costs?"]
        ),
        (
            "Could you tell me who oils the north pump, and where the key of the shed hangs?",
            ["who oils the north pump?", "where the key of the shed hangs?"]
        ),
        (
            "I need both the number of the guard and the code of the gate.",
            ["What is the number of the guard?", "What is the code of the gate?"]
        ),
        (
            "Sag mir, wann die Kantine öffnet und wie viel ein Kaffee kostet",
            ["wann die Kantine öffnet?", "wie viel ein Kaffee kostet?"]
        ),
    ])
    func `is cut behind an opening that only asks for it`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test(arguments: [
        "Do you know who approves travel?", "I need to book a room and a projector for Monday.",
        "I need the biggest hall for a feast, who has to say yes?", "Tell me the code of the gate.",
    ])
    func `is not made of one that asks once, however it opens`(question: String) {
        #expect(QuestionParts.split(question) == [question])
    }

    @Test(arguments: [
        (
            "Above which rate is the stage stopped, and at what age does a key expire?",
            ["Above which rate is the stage stopped?", "at what age does a key expire?"]
        ),
        (
            "Who rings the bell, and up to how much a night is paid for the hotel?",
            ["Who rings the bell?", "up to how much a night is paid for the hotel?"]
        ),
        (
            "Bis wann muss ich Urlaub nehmen und von wem wird ein Antrag genehmigt?",
            ["Bis wann muss ich Urlaub nehmen?", "von wem wird ein Antrag genehmigt?"]
        ),
    ])
    func `may begin each with a preposition`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test func `has none in a clause that tells more of a thing`() {
        let question = "What is the error rate, above which the stage is stopped?"
        #expect(QuestionParts.split(question) == [question])
    }

    @Test(arguments: [
        (
            "What do you do when the pump stops, and what when the tank leaks?",
            ["What do you do when the pump stops?", "what do you do when the tank leaks?"]
        ),
        (
            "How long is leave for staff, and how long for students?",
            ["How long is leave for staff?", "how long is leave for students?"]
        ),
        (
            "When is the pump oiled, by whom, and where is it filed?",
            ["When is the pump oiled?", "by whom is the pump oiled?", "where is the pump filed?"]
        ),
        (
            "Do the doors stay shut in winter, and for how long?",
            ["Do the doors stay shut in winter?", "for how long do the doors stay shut in winter?"]
        ),
    ])
    func `has a part without a verb completed by the first`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test func `has a part that says hardly anything asked of what the first is about`() {
        let parts = QuestionParts.split("Where do I look for a lost book, and what's the reason?")
        #expect(parts.count == 2)
        #expect(parts.last?.contains("lost book") == true)
    }

    @Test func `may list what it asks for`() {
        #expect(
            QuestionParts.split("What are the door code, the wifi password and the alarm code?") == [
                "What are the door code?", "What are the wifi password?", "What are the alarm code?",
            ])
    }
}

@Suite struct `A question about both` {
    @Test(arguments: [
        (
            "How long are both traces and build logs kept?",
            ["How long are traces kept?", "How long are build logs kept?"]
        ),
        (
            "What is the fee for both a dog and a cat?",
            ["What is the fee for a dog?", "What is the fee for a cat?"]
        ),
        (
            "When is breakfast served both in Leeds and in Porto?",
            ["When is breakfast served in Leeds?", "When is breakfast served in Porto?"]
        ),
    ])
    func `is asked of each`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test(arguments: [
        "How many people have both B and C?", "Can I use the charger both morning and afternoon?",
        "Who is both a nurse and a first aider?", "Which room has space for both a piano and a drum set?",
        "What is common to both the crane and the pump?", "When are both of them open?",
        "Why don't we simply run both centres at once and share the load?",
    ])
    func `and one about what has both is not`(question: String) {
        #expect(QuestionParts.split(question) == [question])
    }
}

@Suite struct `A question which of two` {
    @Test(arguments: [
        (
            "Which is older, the red crane or the blue one?",
            ["How old is the red crane?", "How old is the blue crane?"]
        ),
        ("Which costs more, a dog or a cat?", ["How much does a dog cost?", "How much does a cat cost?"]),
        (
            "Who gets more leave, a trainee or a cook?",
            ["How much leave does a trainee get?", "How much leave does a cook get?"]
        ),
        (
            "What lasts longer in winter, a pump or a tank?",
            ["How long does a pump last in winter?", "How long does a tank last in winter?"]
        ),
        (
            "Does the lamp cover cost more than the seal of the pump?",
            ["How much does the lamp cover cost?", "How much does the seal of the pump cost?"]
        ),
    ])
    func `is for the value of each`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test(arguments: [
        "Which form do I need, A or B?", "Who can help me, day or night?",
        "What do I wear, boots or shoes, when it rains or snows?",
    ])
    func `and one without a measure is not`(question: String) {
        #expect(QuestionParts.split(question) == [question])
    }
}
