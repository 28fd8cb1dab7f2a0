import Testing

@testable import QA

@Suite struct `A follow-up question` {
    private func asked(_ question: String, after earlier: [String]) -> String {
        FollowUp(earlier.map { Question.Turn(question: $0, answer: "") }).standalone(question)
    }

    @Test func `that stands alone stays as it is, whatever came before`() {
        let question = "How long are access logs kept at Tidewater?"
        #expect(asked(question, after: ["How many desks has the Rotterdam office?"]) == question)
        #expect(asked("Why?", after: []) == "Why?")
    }

    @Test func `that names another place takes it there`() {
        let first = "How many desks has the Rotterdam office?"
        #expect(asked("And Halifax?", after: [first]) == "How many desks has the Halifax office?")
        #expect(
            asked("and in Valparaíso?", after: [first, "And Halifax?"])
                == "How many desks has the Valparaíso office?")
    }

    @Test func `with a pronoun says what it stands for`() {
        #expect(
            asked("When do they lapse?", after: ["How many leave days carry over?"])
                == "When do leave days carry over lapse?")
    }

    @Test func `as third turn knows the first as well as the second`() {
        let third = asked(
            "When do they lapse?", after: ["How many leave days may I carry over?", "And who approves that?"])
        #expect(third.contains("leave days"))
        #expect(third.contains("lapse"))
    }

    @Test(arguments: [
        ("My laptop is stolen, what do I do?", 1),
        ("How many desks has the Rotterdam office and how many parking places has Halifax?", 2),
        ("When is the pump oiled? Who oils it?", 2),
        ("What are the limits of Starter and Fleet?", 1),
        ("Wer genehmigt Urlaub und wann wird das Gehalt gezahlt?", 2),
        ("Who approves it, and by when, and where is it filed?", 2),
        ("terms and conditions", 1),
    ])
    func `or any other is cut only where it asks twice`(question: String, parts: Int) {
        #expect(QuestionParts.split(question).count == parts)
    }

    @Test func `of which nothing is left but its question word is completed from the first part`() {
        let parts = QuestionParts.split("When is the north pump oiled? Who oils it?")
        #expect(parts.count == 2)
        #expect(parts.last?.contains("north pump") == true)
    }
}

@Suite struct `A question whose parts share their opening` {
    @Test(arguments: [
        (
            "What is the code of the north gate and the number of the harbour master?",
            ["What is the code of the north gate?", "What is the number of the harbour master?"]
        ),
        (
            "Who is our fire warden and our first aider?",
            ["Who is our fire warden?", "Who is our first aider?"]
        ),
        (
            "Was ist der Preis der Kiste und die Frist der Rückgabe?",
            ["Was ist der Preis der Kiste?", "Was ist die Frist der Rückgabe?"]
        ),
        (
            "Who oils the pump, and what is the door code and the wifi password?",
            ["Who oils the pump?", "what is the door code?", "what is the wifi password?"]
        ),
    ])
    func `is cut into each`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test(arguments: [
        "Who is the owner of the red and the blue crane?",
        "What is the difference between the red crane and the blue crane?",
        "What is the sum of the deposit and the rent?",
        "What is the policy for cats and dogs?",
        "Where is the salt and pepper?",
        "What is the door code?",
    ])
    func `and one that only names two things is not`(question: String) {
        #expect(QuestionParts.split(question) == [question])
    }
}
