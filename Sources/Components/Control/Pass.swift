import Flow

/// A message that is passed on.
struct Pass: ImmediateComponent {
    static let type = "Pass"
    static let summary = "Passes a message on as it is."
    let message: Input<ChatMessage>
    let passed: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        message = declare.input("message", "The message.")
        passed = declare.output("message", "The same.")
    }

    func compute(_ step: Step) { step.send(step[message], to: passed) }
}
