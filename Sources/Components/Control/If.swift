import Flow

/// Sends a message one way or the other, by a comparison of texts.
struct If: ImmediateComponent {
    enum Branch: String, Sendable, CaseIterable {
        case trueResult = "true_result"
        case falseResult = "false_result"
    }

    static let type = "If"
    static let summary = "Compares a text and sends a message along one of two branches."
    let text: Input<String>
    let message: OptionalInput<ChatMessage>
    let givenMatch: OptionalInput<String>
    let trueMessage: OptionalInput<ChatMessage>
    let falseMessage: OptionalInput<ChatMessage>
    let round: OptionalInput<Int>
    let comparison: Parameter<TextComparison.Operator>
    let match: Parameter<String>
    let caseSensitive: Parameter<Bool>
    let trueText: Parameter<String>
    let falseText: Parameter<String>
    let rounds: Parameter<Int>
    let defaultBranch: Parameter<Branch>
    let trueResult: Output<ChatMessage>
    let falseResult: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        text = declare.input("text", "What is compared.")
        message = declare.optionalInput("message", "What is sent on; without it the text.")
        givenMatch = declare.optionalInput("match", "What it is compared with, instead of the parameter.")
        trueMessage = declare.optionalInput("true_message", "Sent on instead when the comparison holds.")
        falseMessage = declare.optionalInput("false_message", "Sent on instead when it does not.")
        round = declare.optionalInput("round", "Which round of a Repeat it is; without it the first.")
        comparison = declare.choice(
            "operator", .equals,
            """
            How they are compared. regex holds when the pattern fits from the text's beginning on; less_… and greater_… \
            compare numbers, and do not hold for a text that is none.
            """)
        match = declare.text("match", "", "What the text is compared with.")
        caseSensitive = declare.flag(
            "case_sensitive", true, "Whether capital letters differ from small ones.")
        trueText = declare.text(
            "true_message", "", "Sent on when the comparison holds; empty for the message or the text.")
        falseText = declare.text("false_message", "", "The same for when it does not.")
        rounds = declare.integer(
            "rounds", 10, in: 0...1_000_000, unit: "rounds",
            """
            In this round and later ones the default branch is taken, whatever the comparison says; if that says otherwise, \
            it is given an empty message.
            """)
        defaultBranch = declare.choice(
            "default_branch", .falseResult, "The branch that is taken once there were as many rounds.")
        trueResult = declare.branch("true_result", "The message, when the comparison holds.")
        falseResult = declare.branch("false_result", "The message, when it does not.")
    }

    func compute(_ step: Step) throws {
        let comparison = TextComparison(
            step[comparison], step[givenMatch] ?? step[match], isCaseSensitive: step[caseSensitive])
        let holds = try comparison.holds(for: step[text])
        let isDefault = holds == (step[defaultBranch] == .trueResult)
        if !isDefault, step[round] ?? 1 >= step[rounds] {
            step.send(ChatMessage(""), to: holds ? falseResult : trueResult)
        } else if holds {
            step.send(sent(step, step[trueMessage], step[trueText]), to: trueResult)
        } else {
            step.send(sent(step, step[falseMessage], step[falseText]), to: falseResult)
        }
    }

    private func sent(_ step: Step, _ given: ChatMessage?, _ constant: String) -> ChatMessage {
        if let given, !given.text.isEmpty || !given.files.isEmpty { return given }
        if !constant.isEmpty { return ChatMessage(constant) }
        return step[message] ?? ChatMessage(step[text])
    }
}
