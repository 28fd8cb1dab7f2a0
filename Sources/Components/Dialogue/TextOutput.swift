import Flow

/// A text that the run ends with.
struct TextOutput: ImmediateComponent {
    static let type = "TextOutput"
    static let summary = "A text as a result of the flow."
    let message: Input<ChatMessage>
    let result: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        message = declare.input("message", "The text.")
        result = declare.output("message", "The same.")
    }

    func compute(_ step: Step) { step.send(step[message], to: result) }
}
