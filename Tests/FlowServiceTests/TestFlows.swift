import Components
import Flow
import FlowService
import JSONValue

extension FlowDefinition {
    /// A chain of components, each joined to the next by `message`, whose last one is the output.
    static func chain(_ name: String, _ nodes: FlowGraph.Node...) -> FlowDefinition {
        let edges = zip(nodes, nodes.dropFirst()).map { from, to in
            FlowGraph.Edge(
                from: PortReference(from.id, "message"),
                to: PortReference(to.id, to.type == "LanguageModel" ? "input" : "message"))
        }
        let outputs = nodes.last.map { ["answer": PortReference($0.id, "message")] } ?? [:]
        return FlowDefinition(
            name: name, graph: FlowGraph(components: nodes, edges: edges, outputs: outputs))
    }

    /// Says what it is told.
    static func echo(_ name: String = "Echo") -> FlowDefinition { .chain(name, .chatInput, .chatOutput) }

    /// Lets the test's component see what it is told.
    static func probing(_ name: String = "Probing") -> FlowDefinition {
        .chain(name, .chatInput, .probe, .chatOutput)
    }

    /// Says a text of its own.
    static func saying(_ text: String, name: String = "Saying") -> FlowDefinition {
        .chain(
            name, .init(id: "text", type: "TextInput", parameters: ["text": .string(text)]), .chatOutput)
    }

    /// Says what it is told, and tells as a second output what was said before.
    static func remembering(_ name: String = "Remembering") -> FlowDefinition {
        FlowDefinition(
            name: name,
            graph: FlowGraph(
                components: [
                    .chatInput, .chatOutput, .init(id: "memory", type: "Memory"),
                    .init(id: "before", type: "TextOutput"),
                ],
                edges: [
                    .init(from: PortReference("in", "message"), to: PortReference("out", "message")),
                    .init(from: PortReference("memory", "text"), to: PortReference("before", "message")),
                ],
                outputs: [
                    "answer": PortReference("out", "message"), "before": PortReference("before", "message"),
                ]))
    }

    /// A part for other flows: what it is given, with a text before it.
    static func part(_ name: String, prefix: String) -> FlowDefinition {
        FlowDefinition(
            name: name,
            graph: FlowGraph(
                inputs: [.init(name: "message", type: "message")],
                components: [
                    .init(
                        id: "prompt", type: "PromptTemplate",
                        parameters: ["template": .string(prefix + "{given}")])
                ],
                edges: [
                    .init(
                        from: PortReference(FlowGraph.inputNode, "message"),
                        to: PortReference("prompt", "given"))
                ], outputs: ["message": PortReference("prompt", "prompt")]))
    }

    /// A flow that runs another one, by its name.
    static func calling(_ inner: String, name: String = "Calling") -> FlowDefinition {
        .chain(
            name, .chatInput, .init(id: "sub", type: "SubFlow", bodies: ["flow": .named(inner)]), .chatOutput)
    }
}

extension FlowGraph.Node {
    static let chatInput = FlowGraph.Node(id: "in", type: "ChatInput")
    static let chatOutput = FlowGraph.Node(id: "out", type: "ChatOutput")
    static let probe = FlowGraph.Node(id: "probe", type: "Probe")
    static let model = FlowGraph.Node(id: "model", type: "LanguageModel")
}

extension FlowRequest {
    static func said(
        _ text: String, in session: String? = nil, version: FlowVersionChoice = .published
    ) -> FlowRequest {
        FlowRequest(ChatMessage(text), session: session, version: version)
    }
}

extension FlowResponse {
    /// What the output of that component says.
    func text(_ component: String = "out") -> String? {
        outputs.first { $0.component == component }?.message.text
    }
}

/// The kind of the service's refusal; `nil` where nothing is refused.
func refusal(_ body: () async throws -> Void) async throws -> String? {
    do {
        try await body()
        return nil
    } catch let error as FlowServiceError {
        return error.kind
    }
}
