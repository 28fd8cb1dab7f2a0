import Testing

@testable import QA

@Suite struct `In a conversation a question` {
    private func asked(_ question: String, after turns: [(String, String)]) -> String {
        FollowUp(turns.map { Question.Turn(question: $0.0, answer: $0.1) }).standalone(question)
    }

    @Test(arguments: [
        ("How long is leave for staff?", "And how long for students?", "how long is leave for students?"),
        (
            "What is the least volume for a kidney test?", "How much for a lipid test?",
            "what is the least volume for a lipid test?"
        ),
        (
            "How many requests a minute does Fleet allow?", "And how many at the same time?",
            "how many requests at the same time does Fleet allow?"
        ),
        ("When is the pump oiled?", "By whom?", "by whom is the pump oiled?"),
        ("May I carry leave over?", "Until when?", "until when may I carry leave over?"),
        ("How long before a swap must I enter it?", "and where?", "where must I enter it before a swap?"),
    ])
    func `of a question word and a phrase asks what was asked before`(
        first: String, question: String, expected: String
    ) {
        #expect(asked(question, after: [(first, "")]) == expected)
    }

    @Test(arguments: [
        ("What is the deadline for claims?", "How much does a new badge cost?"),
        ("Which way round goes the card?", "What if the current is left at zero?"),
        ("What does error AU-34 mean?", "How much of my lunch break is paid?"),
    ])
    func `with a verb or a clause of its own does not`(first: String, question: String) {
        #expect(asked(question, after: [(first, "")]) == question)
    }

    @Test(arguments: [
        (
            "Within what time must red cells be started?", "And platelets, can they go back in the fridge?",
            "can platelets go back in the fridge?"
        ),
        (
            "How many trousers do drivers get?", "And gloves, where are those not allowed?",
            "where are gloves not allowed?"
        ),
        (
            "How long may a flag live?", "And the extension, how long is that?",
            "how long is the extension, flag live?"
        ),
    ])
    func `may name first what it is about`(first: String, question: String, expected: String) {
        #expect(asked(question, after: [(first, "")]) == expected)
    }

    @Test(arguments: [
        "And roughly, how long does it last?", "And afterwards, who sweeps it?",
        "And once emptied, who cleans it?", "And honestly, is it worth money?",
        "And unless booked, who may enter it?", "DOES IT NEED ANYTHING SPECIAL?",
    ])
    func `is about the same where it names nothing`(question: String) {
        #expect(asked(question, after: [("When does the pool open?", "At six.")]).contains("pool"))
    }

    @Test(arguments: [
        (
            "What is the first response time for an S4?", "Which one applies to an S3?",
            "Which first response time applies to an S3?"
        ),
        ("Which plans have a hotline?", "Which one is the cheapest?", "Which plan is the cheapest?"),
        (
            "What is the phone number of the manager in Osaka?", "What's the one in Boise?",
            "What is the phone number of the manager in Boise?"
        ),
        (
            "How long are records of one minute kept?", "and those of one hour?",
            "How long are records of one hour kept?"
        ),
        (
            "How many days of leave do staff get?", "the same for cooks?",
            "How many days of leave do staff get for cooks?"
        ),
    ])
    func `says “one” or “those” for a thing of that kind`(first: String, question: String, expected: String) {
        #expect(asked(question, after: [(first, "")]) == expected)
    }

    @Test func `says “that one” for what was named last, or was found`() {
        #expect(
            asked(
                "What is the least age for that one?",
                after: [("How long is the course for a crane?", "4 days"), ("And for a stacker?", "10 days")])
                == "What is the least age for the stacker?")
        #expect(
            asked("How long did that one last?", after: [("Which outage had double bookings?", "INC-7")])
                == "How long did INC-7 last?")
    }

    @Test(arguments: [
        (
            "What is the price of the seal for the pump?", "How long does it take to arrive?",
            "How long does the seal take to arrive, for the pump?"
        ),
        ("What is the title of ADR-003?", "Who wrote it?", "Who wrote ADR-003?"),
        ("What is the minimum age for a stacker?", "How fast is it?", "How fast is the stacker?"),
        ("What is the deadline of the offer?", "Can it be moved?", "Can the deadline of the offer be moved?"),
        ("How long is parental leave?", "Is it paid?", "Is parental leave paid?"),
        ("How many records were merged?", "Who merged them?", "Who merged the records?"),
    ])
    func `points to what has a measure rather than to the measure`(
        first: String, question: String, expected: String
    ) {
        #expect(asked(question, after: [(first, "")]) == expected)
    }

    @Test func `may ask of all that happens`() {
        #expect(
            asked("Who checks that?", after: [("How long does a record stay open after a glass break?", "")])
                == "Who checks that, record stay open after a glass break?")
        #expect(
            asked(
                "How long before the shift must they do so?", after: [("Which number do drivers ring?", "")]
            )
            .hasSuffix(", number do drivers ring?"))
    }

    @Test func `asks who somebody is that was found`() {
        #expect(
            asked("Who is that?", after: [("Who declares the storm stage?", "the plan owner")])
                == "Who is the plan owner?")
        #expect(
            asked("Up to which sum can it bind?", after: [("Who may give the role AG-PRO?", "the head")])
                == "Up to which sum can the role AG-PRO bind?")
    }

    @Test func `that names a place first is still about what was asked`() {
        let asked = asked("and Leeds, has it one?", after: [("Is there a canteen in Porto?", "No.")])
        #expect(asked.contains("Leeds"))
        #expect(asked.contains("canteen"))
    }

    @Test func `of whoever asks keeps the thread`() {
        let third = asked(
            "and what's the usual reason",
            after: [
                ("Can I dispute a line of an invoice?", "Yes."), ("How soon do you answer?", "In a day."),
            ])
        #expect(third.contains("invoice"))
        #expect(third.hasPrefix("what is the usual reason"))
    }

    @Test func `goes there, or is there`() {
        let first = ("When does the lounge at Northgate open?", "07:30")
        #expect(asked("Who is sent there?", after: [first]) == "Who is sent to the lounge?")
        let full = "What happens if there's no free place for a new guest?"
        #expect(asked(full, after: [first]) == full)
    }

    @Test(arguments: [
        "How often must the IT desk answer a ticket?", "What does it cost to replace a badge?",
        "How long does it take to print a poster?", "Is it allowed to smoke in the yard?",
        "When do drivers get their deposit back?", "What happens to badges after they are returned?",
        "Can my boss say no because she dislikes swaps?",
        "How do I get a licence back that was withdrawn?",
        "How large is the card that the long version needs?", "What should I wear at reception on day one?",
        "In which countries do we pay tax this year?",
        "How long can the bottle stand before it is thrown away?",
        "Which alert fires when there are too many lines?", "How many drivers may sleep at the same time?",
        "What does someone else need to collect a parcel?", "We won an account, how is it scored at first?",
        "The printer hums and smells, may I open it?", "A former client rang about a letter, who calls back?",
    ])
    func `whose words stand for something in it stays as it is`(question: String) {
        #expect(asked(question, after: [("When is the north pump oiled?", "In May.")]) == question)
    }

    @Test(arguments: [
        ("Who gets a ticket when it fails?", "Who gets a ticket when the pump fails?"),
        ("It broke, who repairs it?", "the pump broke, who repairs it?"),
        ("How many days do they last?", "How many days do the pump last?"),
    ])
    func `whose words stand for nothing in it says what they stand for`(question: String, expected: String) {
        #expect(asked(question, after: [("When is the pump oiled?", "In May.")]) == expected)
    }
}
