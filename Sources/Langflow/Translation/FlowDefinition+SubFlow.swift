import Flow

extension FlowDefinition {
    /// The flow as the body of a `SubFlow`: what the other flow hands over is what is said to its chat inputs, and
    /// its first chat output, by name, is what comes back.
    ///
    /// - Parameter name: by which the other flow calls it; `nil` for its own.
    /// - Returns: `nil` for a flow that makes no message.
    public func asSubFlow(named name: String? = nil) -> FlowDefinition? {
        let ends = ["ChatOutput", "TextOutput"].lazy.compactMap { type in
            graph.outputs.values.filter { port in
                graph.components.contains { $0.id == port.component && $0.type == type }
            }.min { $0.component < $1.component }
        }
        guard let end = ends.first else { return nil }
        var flow = self
        flow.name = name ?? self.name
        flow.graph.inputs = [FlowGraph.Entry(name: "message", type: PortPayload.message.rawValue)]
        flow.graph.outputs = ["message": end]
        let taken = Set(graph.edges.map(\.to))
        for node in graph.components where node.type == "ChatInput" {
            let port = PortReference(node.id, "message")
            guard !taken.contains(port) else { continue }
            flow.graph.edges.append(
                FlowGraph.Edge(from: PortReference(FlowGraph.inputNode, "message"), to: port))
        }
        return flow
    }
}
