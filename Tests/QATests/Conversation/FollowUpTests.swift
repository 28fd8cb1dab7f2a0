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

    @Test func `that asks for more of the same is still about it in the next turn`() {
        let third = asked(
            "And the second loan, how long is that?",
            after: ["How long may a reader keep a book?", "Can I get longer?"])
        #expect(third.contains("book"))
        #expect(
            asked("Is the warranty longer than a year?", after: ["Who owns crane?"]).contains("crane")
                == false)
    }

    private func asked(_ question: String, after turn: (String, String)) -> String {
        FollowUp([Question.Turn(question: turn.0, answer: turn.1)]).standalone(question)
    }

    @Test(arguments: [
        (
            ("Which pump feeds the north tank?", "The north tank is fed by Kestrel. [1]"),
            "How loud is it?", "How loud is Kestrel?"
        ),
        (("Who approves travel?", "Ada Berg"), "What is her number?", "What is Ada Berg’s number?"),
        (
            ("What feeds the tank?", "pump-7"), "Which port does it listen on?",
            "Which port does pump-7 listen on?"
        ),
    ])
    func `points to what was found, where the question before asked which`(
        turn: (String, String), question: String, expected: String
    ) {
        #expect(asked(question, after: turn) == expected)
    }

    @Test(arguments: [
        (
            ("How many approvals does crane need in review?", "Two."), "What availability does it promise?",
            "What availability does crane promise?"
        ),
        (
            ("How long is probation in the Netherlands?", "Two months."), "Can it be extended?",
            "Can probation be extended, in the Netherlands?"
        ),
        (("When is the pump oiled?", "On Monday."), "Who oils it?", "Who oils the pump?"),
    ])
    func `points to what the question before was about, where that asked something of it`(
        turn: (String, String), question: String, expected: String
    ) {
        #expect(asked(question, after: turn) == expected)
    }

    @Test(arguments: [
        ("and for students?", "How long is leave for students?"),
        ("no, I meant for students", "How long is leave for students?"),
        ("and in winter?", "How long is leave for staff in winter?"),
    ])
    func `without a verb changes the question before`(question: String, expected: String) {
        #expect(asked(question, after: ("How long is leave for staff?", "Ten days.")) == expected)
    }

    @Test(arguments: [
        (
            "How many desks has an assistant lecturer?", "the visiting lecturer",
            "How many desks has a visiting lecturer?"
        ),
        (
            "What does the scope rota.write allow?", "and clock.write",
            "What does the scope clock.write allow?"
        ),
        ("When may I sail on a Tuesday?", "what about the weekend", "When may I sail on a weekend?"),
        ("Who answers a Sev 2?", "a Sev 3?", "Who answers a Sev 3?"),
        ("What credit for 97 % availability?", "and 99.5?", "What credit for 99.5 % availability?"),
        ("What does the pilot do in fog?", "The cook?", "What does the cook do in fog?"),
        (
            "Can I buy a robot from my budget?", "language lessons?",
            "Can I buy language lessons from my budget?"
        ),
        (
            "Until when is the Leeds office open?", "the Toronto one?",
            "Until when is the Toronto office open?"
        ),
    ])
    func `without a verb takes the place of what is of its kind`(
        first: String, question: String, expected: String
    ) {
        #expect(asked(question, after: (first, "")) == expected)
    }

    @Test(arguments: [
        (("Is there a quay in the Leeds office?", "Yes."), "When does a key lose its value?"),
        (("When is the pump oiled?", "In May."), "And who approves the travel budget of new interns?"),
        (("When is the pump oiled?", "In May."), "Is it true that interns may deploy to production?"),
        (("When is the pump oiled?", "In May."), "parking places visitors Halifax"),
    ])
    func `that says all by itself stays as it is`(turn: (String, String), question: String) {
        #expect(asked(question, after: turn) == question)
    }

    @Test func `points to a place, and leaves an aside out`() {
        #expect(
            asked("Can I bring my dog there?", after: ("When is the Leeds office open?", "All day."))
                == "Can I bring my dog at the Leeds office?")
        #expect(
            asked("What does storage there cost?", after: ("Where are backups kept?", "Frankfurt"))
                == "What does storage in Frankfurt cost?")
        #expect(
            asked("Who signs off the release calendar, by the way?", after: ("When is it?", "Now."))
                == "Who signs off the release calendar?")
    }

    @Test func `keeps a demonstrative that has its noun`() {
        let question = asked("How long does this period last?", after: ("When is the pump oiled?", "In May."))
        #expect(question == "How long does this period last, pump oiled?")
    }

    @Test(arguments: [
        ("64", nil), ("€1,500 [2]", nil), ("Yes, always.", nil), ("The Kestrel pump. [1]", "Kestrel pump"),
        ("Service crane – Owner: Ada Berg [1]", "Ada Berg"),
        ("It is done by Ada Berg and then by Tom Reed in the yard.", nil),
        ("", nil),
    ])
    func `knows a short answer from one that tells more`(answer: String, expected: String?) {
        #expect(ShortAnswer(answer, to: "Which one is it?")?.text == expected)
    }

    @Test(arguments: [
        ("My laptop is stolen, what do I do?", 1),
        ("How many desks has the Rotterdam office and how many parking places has Halifax?", 2),
        ("When is the pump oiled? Who oils it?", 2),
        ("What are the limits of Starter and Fleet?", 1),
        ("Wer genehmigt Urlaub und wann wird das Gehalt gezahlt?", 2),
        ("Who approves it, and by when, and where is it filed?", 3),
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

@Suite struct `A question for two values` {
    @Test(arguments: [
        (
            "How does the fee of a dog differ from that of a cat?",
            ["What is the fee of a dog?", "What is the fee of a cat?"]
        ),
        (
            "How does the break on L1 compare with the one on H2?",
            ["What is the break on L1?", "What is the break on H2?"]
        ),
        (
            "How does the red course differ in length from the blue course?",
            ["What is the length of the red course?", "What is the length of the blue course?"]
        ),
        (
            "How does the key's lifetime differ from that of a cursor?",
            ["What is the key's lifetime?", "What is the lifetime of a cursor?"]
        ),
        (
            "What is the difference between the rent in Porto and that in Ghent?",
            ["What is the rent in Porto?", "What is the rent in Ghent?"]
        ),
        (
            "Do I get more holidays a year in Ghent than in Porto?",
            ["How many holidays a year do I get in Ghent?", "How many holidays a year do I get in Porto?"]
        ),
        (
            "Is the life of a key longer than that of a cursor?",
            ["How long is the life of a key?", "How long is the life of a cursor?"]
        ),
        (
            "Is the dishwasher hotter than the kettle?",
            ["How hot is the dishwasher?", "How hot is the kettle?"]
        ),
        (
            "Does a cook have a bigger budget than a waiter?",
            ["What budget does a cook have?", "What budget does a waiter have?"]
        ),
        (
            "Is the red crane more expensive than the blue crane?",
            ["How expensive is the red crane?", "How expensive is the blue crane?"]
        ),
    ])
    func `is cut into a question for each`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test(arguments: [
        "Is the fee higher than 50 euros?", "May a change be larger than usual?",
        "Can I take more than one laptop?",
        "What is the difference between the red crane and the blue crane?",
        "Is there more than that?", "How do I compare two files?",
    ])
    func `and a question with one measure is not`(question: String) {
        #expect(QuestionParts.split(question) == [question])
    }
}

@Suite struct `What is told before it is asked` {
    @Test(arguments: [
        (
            "Payslips: which service prints them, and how long are payslip files kept?",
            ["which service prints payslips?", "how long are payslip files kept?"]
        ),
        (
            "I lost my badge. Whom do I call, and how long does a new badge for the gate take?",
            ["Whom do I call, I lost my badge?", "how long does a new badge for the gate take?"]
        ),
        (
            "At the Leeds office, when is breakfast served, and how many desks are there?",
            [
                "when is breakfast served at the Leeds office?",
                "how many desks are there at the Leeds office?",
            ]
        ),
    ])
    func `goes with the parts that say too little without`(question: String, parts: [String]) {
        #expect(QuestionParts.split(question) == parts)
    }

    @Test(arguments: [
        "I lost my badge. Whom do I call?", "When I leave, what happens to my badge?",
        "On what day and at what hour do I start?",
    ])
    func `and is left where one thing is asked`(question: String) {
        #expect(QuestionParts.split(question) == [question])
    }
}
