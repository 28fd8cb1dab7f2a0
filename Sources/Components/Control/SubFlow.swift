import Flow

/// Another flow as one step of this one.
struct SubFlow: Component {
    static let type = "SubFlow"
    static let summary = "Runs another flow with a message and gives what it answers."
    let message: Input<ChatMessage>
    let flow: Body
    let given: BodyInput<ChatMessage>
    let made: BodyOutput<ChatMessage>
    let answer: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        message = declare.input("message", "What the flow is given.")
        flow = declare.body("flow", "The flow: a graph, or the name of one.")
        given = declare.input(of: flow, "message", "What it is given.")
        made = declare.output(of: flow, "message", "What it answers.")
        answer = declare.output("message", "What the flow answered.")
    }

    func run(_ step: Step) async throws {
        var values = step.values(for: flow)
        values.set(step[message], for: given)
        guard let message = try await step.run(values)[made] else { throw NoSubFlowMessage() }
        step.send(message, to: answer)
    }
}

/// The branch that makes a sub-flow's answer was not taken.
struct NoSubFlowMessage: Error, Hashable, CustomStringConvertible {
    var description: String {
        """
        its flow came to an end without an answer: the branch that makes its output “message” was not taken. Let every \
        branch of that flow lead to the output.
        """
    }
}
