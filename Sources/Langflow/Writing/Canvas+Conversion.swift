import Flow

extension Canvas {
    /// Puts Langflow's converter where an edge carries what its end does not take: here values convert by
    /// themselves, there they do not.
    mutating func convert(_ nodes: inout [String: WrittenNode], except covered: Set<Edge>) {
        var added: [Edge] = []
        for place in edges.indices where !covered.contains(edges[place]) && !edges[place].isLoopBack {
            let edge = edges[place]
            guard let source = nodes[edge.from.component], let target = nodes[edge.to.component],
                let output = EdgeWriter.output(edge.from.port, of: source),
                let field = EdgeWriter.field(edge.to.port, of: target),
                let takes = target.fields[field]?.types, !takes.isEmpty, !output.types.isEmpty,
                !Self.fits(output.types, takes), !output.types.contains("Tool")
            else { continue }
            let outputs: [(port: String, types: [String])] = [
                ("message", ["Message"]), ("data", ["Data"]), ("table", ["DataFrame"]),
            ]
            guard let made = outputs.first(where: { Self.fits($0.types, takes) }) else { continue }
            var id = "\(edge.to.component)-\(edge.to.port)-converted"
            while nodes[id] != nil { id += "-2" }
            let converter = Component(id: id, type: "TypeConvert", parameters: [:])
            components.append(converter)
            nodes[id] = WrittenNode(new: converter, values: [:], isTool: false, self)
            edges[place].to = PortReference(id, "input")
            added.append(Edge(from: PortReference(id, made.port), to: edge.to))
        }
        edges += added
    }

    /// Whether one of the types is one of the others; each has had two names.
    private static func fits(_ types: [String], _ others: [String]) -> Bool {
        let names = ["JSON": "Data", "Table": "DataFrame", "Text": "Message"]
        let wanted = Set(others.map { names[$0] ?? $0 })
        return types.contains { wanted.contains(names[$0] ?? $0) }
    }
}
