import Flow
import JSONValue

extension FlowGraph {
    /// The graph with what its `Repeat`s repeat beside them, and edges that lead back, as Langflow draws it.
    ///
    /// - Parameter depth: how many bodies it lies in.
    func withoutRounds(depth: Int = 0) -> FlowGraph {
        guard depth < PlanCompiler.depthLimit else { return self }
        var graph = self
        for node in components where node.type == "Repeat" {
            if case .graph(let body)? = node.bodies["round"] {
                graph.open(node, body.withoutRounds(depth: depth + 1))
            }
        }
        return graph
    }

    private mutating func open(_ node: Node, _ written: FlowGraph) {
        let body = written.renamed(besides: components.filter { $0.id != node.id })
        let carried = Set((node.parameters["carried"]?.object ?? [:]).keys)
        let given = Dictionary(grouping: edges.filter { $0.to.component == node.id }, by: \.to.port)
            .mapValues { $0.map(\.from) }
        func sources(_ port: PortReference) -> [PortReference] {
            port.component == FlowGraph.inputNode ? given[port.port] ?? [] : [port]
        }
        var opened: [Edge] = []
        for edge in body.edges {
            opened += sources(edge.from).map { Edge(from: $0, to: edge.to) }
            if edge.from.component == FlowGraph.inputNode, carried.contains(edge.from.port),
                let made = body.outputs[edge.from.port], made.component != FlowGraph.inputNode
            {
                opened.append(Edge(from: made, to: edge.to))
            }
        }
        for edge in edges where edge.from.component == node.id {
            guard let made = body.outputs[edge.from.port] else { continue }
            opened += sources(made).map { Edge(from: $0, to: edge.to) }
        }
        edges.removeAll { $0.from.component == node.id || $0.to.component == node.id }
        edges += opened
        if let place = components.firstIndex(where: { $0.id == node.id }) {
            components.replaceSubrange(place...place, with: body.components)
        }
        for (name, port) in outputs where port.component == node.id {
            outputs[name] = body.outputs[port.port].flatMap { sources($0).first }
        }
    }

    /// With other ids for what others have, unless it is the same: a tool that the body took with it.
    private func renamed(besides others: [Node]) -> FlowGraph {
        let known = Dictionary(others.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var taken = Set(known.keys).union(components.map(\.id))
        var names: [String: String] = [:]
        for node in components {
            guard let other = known[node.id], other.type != node.type || other.parameters != node.parameters
            else { continue }
            var number = 2
            while taken.contains("\(node.id)-\(number)") { number += 1 }
            names[node.id] = "\(node.id)-\(number)"
            taken.insert("\(node.id)-\(number)")
        }
        guard !names.isEmpty else { return self }
        func renamed(_ port: PortReference) -> PortReference {
            PortReference(names[port.component] ?? port.component, port.port)
        }
        var graph = self
        for place in graph.components.indices {
            let id = graph.components[place].id
            graph.components[place].id = names[id] ?? id
        }
        graph.edges = edges.map { Edge(from: renamed($0.from), to: renamed($0.to)) }
        graph.outputs = outputs.mapValues(renamed)
        return graph
    }
}
