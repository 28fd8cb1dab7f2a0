import Flow

/// A text that the run or the flow gives.
struct TextInput: ImmediateComponent {
    static let type = "TextInput"
    static let summary = "A text that the run gives for it, or the flow's own."
    let text: Parameter<String>
    let message: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        text = declare.text("text", "", maxBytes: 1 << 20, "The text when the run gives none for it.")
        message = declare.output("message", "The text.")
    }

    func compute(_ step: Step) {
        let input = try? step.context.fact(FlowInput.self)
        step.send(ChatMessage(input?.values[step.component] ?? step[text]), to: message)
    }
}
