import Flow

/// What the flow says to the person.
struct ChatOutput: Component {
    static let type = "ChatOutput"
    static let summary = "What the flow says to the person."
    let message: Input<ChatMessage>
    let senderName: Parameter<String>
    let isKept: Parameter<Bool>
    let said: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        message = declare.input("message", "What is said.")
        senderName = declare.text("sender_name", "AI", maxBytes: 1_024, "The name of who says it.")
        isKept = declare.flag("is_kept", true, "Whether the conversation keeps what is said.")
        said = declare.output("message", "What is said, under that name.")
    }

    func run(_ step: Step) async throws {
        var message = step[message]
        message.role = .assistant
        message.name = step[senderName]
        try await step.emit(MessageEmission(message))
        step.send(message, to: said)
    }
}
