import Flow
import JSONValue

/// A flow's graph as one canvas: what is in the bodies of loops lies beside them, with an edge back.
struct Canvas {
    struct Component {
        var id: String
        var type: String
        var title: String?
        var parameters: [String: JSONValue]
        /// The flow that a sub-flow runs.
        var flow: String?
    }

    struct Edge: Hashable {
        var from: PortReference
        var to: PortReference
        var isLoopBack = false
        /// Whether it stood between a component that served another and that one.
        var isFolded = false
    }

    /// Bodies within bodies.
    private static let depthLimit = PlanCompiler.depthLimit

    var components: [Component] = []
    var edges: [Edge] = []
    var remarks: [String] = []
    /// Values of fields that a component before the field gave.
    var folded: [String: [String: JSONValue]] = [:]
    /// The edges before anything was folded.
    var unfolded: [Edge] = []

    init(_ graph: FlowGraph) {
        add(graph.withoutRounds(), loop: nil, depth: 0)
        var seen: Set<Edge> = []
        edges = edges.filter { seen.insert($0).inserted }
        unfolded = edges
    }

    private var places: [String: Int] = [:]

    func component(_ id: String) -> Component? {
        places[id].flatMap {
            components.indices.contains($0) && components[$0].id == id ? components[$0] : nil
        }
    }

    private mutating func add(_ graph: FlowGraph, loop: String?, depth: Int) {
        var ids: [String: String] = [:]
        let result = loop == nil ? nil : graph.outputs["result"]
        let end = result.flatMap { port in
            graph.components.first { $0.id == port.component && $0.type == "DataOutput" }?.id
        }
        for node in graph.components where node.id != end {
            ids[node.id] = add(node, depth: depth)
        }
        for edge in graph.edges {
            var from = PortReference(ids[edge.from.component] ?? edge.from.component, edge.from.port)
            if edge.from.component == FlowGraph.inputNode {
                guard let loop, edge.from.port == "item" else {
                    remarks.append(
                        "The flow's input \(edge.from) was left out: Langflow has components for inputs.")
                    continue
                }
                from = PortReference(loop, "item")
            }
            if let loop, edge.to.component == end {
                edges.append(Edge(from: from, to: PortReference(loop, "item"), isLoopBack: true))
            } else {
                let to = PortReference(ids[edge.to.component] ?? edge.to.component, edge.to.port)
                edges.append(Edge(from: from, to: to))
            }
        }
        if let loop, end == nil, let result {
            let from =
                result.component == FlowGraph.inputNode
                ? PortReference(loop, "item")
                : PortReference(ids[result.component] ?? result.component, result.port)
            edges.append(Edge(from: from, to: PortReference(loop, "item"), isLoopBack: true))
        }
    }

    /// - Returns: its id on the canvas.
    private mutating func add(_ node: FlowGraph.Node, depth: Int) -> String {
        var id = node.id
        if let known = component(id) {
            // What a loop's inside took with it is the same component.
            if known.type == node.type, known.parameters == node.parameters { return id }
            var number = 2
            while component("\(node.id)-\(number)") != nil { number += 1 }
            id = "\(node.id)-\(number)"
        }
        var made = Component(id: id, type: node.type, title: node.title, parameters: node.parameters)
        if case .named(let name)? = node.bodies["flow"] { made.flow = name }
        places[id] = components.count
        components.append(made)
        for (name, body) in node.bodies.sorted(by: { $0.key < $1.key }) {
            guard case .graph(let graph) = body else { continue }
            guard name == "each", node.type == "Loop", depth < Self.depthLimit else {
                remarks.append(
                    "The body “\(name)” of “\(id)” was left out: Langflow has none. Make it a flow of its own."
                )
                continue
            }
            add(graph.withoutRounds(), loop: id, depth: depth + 1)
        }
        return id
    }
}

extension Canvas {
    /// Takes out what the import put in to serve a node: a constant becomes its field's value again, and a component
    /// that joined edges goes; its edges are kept with those of the origin.
    mutating func fold(_ origin: LangflowTranslation?) {
        guard let origin else { return }
        var fields: [String: (node: String, field: String)] = [:]
        for node in origin.nodes {
            for (field, binding) in node.bindings where origin.synthetic.contains(binding.component) {
                fields[binding.component] = (node.component, field)
            }
        }
        let before = Canvas(origin.definition.graph)
        var gone: Set<String> = []
        for made in components where origin.synthetic.contains(made.id) {
            guard let known = before.component(made.id), known.type == made.type,
                Set(edges.filter { $0.from.component == made.id })
                    == Set(before.edges.filter { $0.from.component == made.id })
            else { continue }
            if let place = fields[made.id] {
                if known.parameters != made.parameters {
                    folded[place.node, default: [:]][place.field] = made.parameters["text"] ?? ""
                }
            } else if known.parameters != made.parameters {
                continue
            }
            gone.insert(made.id)
        }
        components.removeAll { gone.contains($0.id) }
        places = Dictionary(
            components.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        for place in edges.indices
        where gone.contains(edges[place].from.component) || gone.contains(edges[place].to.component) {
            edges[place].isFolded = true
        }
    }
}
