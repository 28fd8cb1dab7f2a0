import Flow

/// What a person says to the flow.
///
/// A value that the run gives for this very component goes before the run's message, and the flow's own text stands
/// where the run brings neither. Within another flow it is what that flow hands over by the input `message`.
struct ChatInput: ImmediateComponent {
    static let type = "ChatInput"
    static let summary = "What a person says to the flow."
    let given: OptionalInput<ChatMessage>
    let text: Parameter<String>
    let senderName: Parameter<String>
    let isKept: Parameter<Bool>
    let message: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        given = declare.optionalInput(
            "message", "A message to take instead of the run's, where this flow is a part of another.")
        text = declare.text("text", "", maxBytes: 1 << 20, "What is said when the run brings nothing.")
        senderName = declare.text("sender_name", "User", maxBytes: 1_024, "The name of who says it.")
        isKept = declare.flag("is_kept", true, "Whether the conversation keeps what is said.")
        message = declare.output("message", "What is said.")
    }

    func compute(_ step: Step) {
        var said = step[given] ?? step.runMessage(standard: step[text])
        if said.name.isEmpty { said.name = step[senderName] }
        step.send(said, to: message)
    }
}

extension Step {
    /// What the run says to this component.
    ///
    /// - Parameter standard: what is said when the run brings nothing.
    fileprivate func runMessage(standard: String) -> ChatMessage {
        guard let input = try? context.fact(FlowInput.self) else { return ChatMessage(standard) }
        if let own = input.values[component] { return ChatMessage(own) }
        let isEmpty = input.message.text.isEmpty && input.message.files.isEmpty
        return isEmpty ? ChatMessage(standard) : input.message
    }
}
