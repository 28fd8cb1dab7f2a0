import Flow
import JSONValue

/// What a webhook was sent.
struct WebhookInput: ImmediateComponent {
    static let type = "WebhookInput"
    static let summary = "The data that another system sent to begin the flow."
    let data: Output<Record>

    init(_ declare: inout Declaration) {
        data = declare.output("data", "What was sent. What is no object stands as its member `payload`.")
    }

    func compute(_ step: Step) throws {
        guard let sent = (try? step.context.fact(FlowInput.self))?.webhook else { throw MissingWebhook() }
        step.send(Record(sent.object ?? ["payload": sent]), to: data)
    }
}

/// A flow that waits for a webhook was begun in another way.
struct MissingWebhook: Error, Hashable, CustomStringConvertible {
    var description: String {
        "it takes what a webhook sends, and nothing was sent. Begin this flow by its webhook, with a body of JSON."
    }
}
