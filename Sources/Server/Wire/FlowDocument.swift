import QA

/// One flow of `GET /v1/flows`.
struct FlowDocument: Encodable, Sendable {
    struct List: Encodable, Sendable {
        var flows: [FlowDocument]
    }

    var name: String
    var description: String
    var components: [Flow.Component]
    var edges: [Flow.Edge]
    var output: PortReference

    init(_ flow: Flow) {
        name = flow.name
        description = flow.description
        components = flow.components
        edges = flow.edges
        output = flow.output
    }
}
