import Flow
import QA

/// One flow of `GET /v1/flows`.
struct FlowDocument: Encodable, Sendable {
    struct List: Encodable, Sendable {
        var flows: [FlowDocument]
    }

    let flow: FlowDefinition

    init(_ flow: FlowDefinition) {
        self.flow = flow
    }

    func encode(to encoder: any Encoder) throws { try flow.encode(to: encoder) }
}
