import Flow
import JSONValue

/// Makes a flow of an export: nodes by the table, then edges, constants and conversions, then what can run of it.
struct Translator {
    let export: LangflowExport
    var draft = Draft()
    var report = TranslationReport()
    /// The rules of the nodes that have one.
    var rules: [String: ComponentRule] = [:]
    /// A node's component by one of its ports, where it became several; `""` is the node's own.
    var components: [String: [String: String]] = [:]
    var bindings: [String: [String: FieldBinding]] = [:]
    /// Numbers of the edges that end at a node, by field; and outputs that edges begin at.
    var incoming: [String: [String: [Int]]] = [:]
    var used: [String: Set<String>] = [:]
    var subFlows: [String] = []
    /// Components inside loops.
    var inLoops: Set<String> = []
    var variableCount = 0
    private var places: [String: Int] = [:]

    init(_ export: LangflowExport) {
        self.export = export
        for (number, edge) in export.edges.enumerated() {
            incoming[edge.target, default: [:]][edge.field, default: []].append(number)
            used[edge.source, default: []].insert(edge.output)
        }
    }

    mutating func translate() -> LangflowTranslation {
        report.remarks = export.remarks
        for node in export.nodes { begin(node) }
        for node in export.nodes where !node.isNote { place(node) }
        for number in export.edges.indices { connect(number) }
        findCircles()
        for node in export.nodes { if let rule = rules[node.id] { complete(node, rule) } }
        separateTools()
        nameTools()
        joinEdges()
        showRecords()
        renameColumns()
        convertEdges()
        let flat = draft.edges
        leaveOutBroken()
        leaveOutLonely()
        let graph = assemble()
        return finish(graph, flat)
    }

    private mutating func begin(_ node: LangflowNode) {
        places[node.id] = report.nodes.count
        report.nodes.append(
            TranslationReport.Node(
                id: node.id, type: node.type, displayName: node.displayName,
                standing: node.isNote ? .ignored : .exact, component: nil, remarks: [],
                code: node.isNote ? .none : CodeDigest.standing(of: node), variables: [], secrets: []))
        if !node.isNote, node.isFrozen {
            approximate(node.id, "It is frozen; here it is run each time.")
        }
        if CodeDigest.standing(of: node) == .changed {
            approximate(node.id, "Its Python code was changed; the change is not taken over.")
        }
    }

    private mutating func finish(
        _ graph: FlowGraph, _ flat: [Draft.Edge]
    ) -> LangflowTranslation {
        var edges = [[FlowGraph.Edge]](repeating: [], count: export.edges.count)
        for edge in flat where draft[edge.from.component] != nil && draft[edge.to.component] != nil {
            if let origin = edge.origin { edges[origin].append(FlowGraph.Edge(from: edge.from, to: edge.to)) }
        }
        let top = Set(graph.components.map(\.id))
        let nodes = export.nodes.filter { !$0.isNote }.map { node in
            let component = components[node.id]?[""] ?? Draft.clean(node.id)
            let isInside = inLoops.contains(component)
            let fixed = "it is inside a loop, which only a new plan changes"
            return TranslatedNode(
                id: node.id, component: component, type: node.type, displayName: node.displayName,
                role: rules[node.id]?.role, isAddressable: top.contains(component),
                bindings: (bindings[node.id] ?? [:]).mapValues { binding in
                    var binding = binding
                    if isInside || !top.contains(binding.component) { binding.fixed = fixed }
                    return binding
                },
                fields: Set(node.fields.keys))
        }
        return LangflowTranslation(
            export: export, report: report, nodes: nodes,
            definition: FlowDefinition(
                name: export.name, description: export.description, graph: graph),
            subFlows: subFlows, edges: edges,
            synthetic: Set(draft.components.filter(\.isSynthetic).map(\.id)))
    }
}

extension Translator {
    /// Notes that a node is not the same any more, and why.
    mutating func approximate(_ id: String, _ reason: String) {
        guard let place = places[id] else { return }
        if report.nodes[place].standing == .exact { report.nodes[place].standing = .approximated }
        remark(id, reason)
    }

    /// Notes something that whoever imports should know.
    mutating func remark(_ id: String, _ text: String) {
        guard let place = places[id], report.nodes[place].remarks.count < 50,
            !report.nodes[place].remarks.contains(text)
        else { return }
        report.nodes[place].remarks.append(text)
    }

    mutating func change(_ id: String, _ change: (inout TranslationReport.Node) -> Void) {
        if let place = places[id] { change(&report.nodes[place]) }
    }

    mutating func block(_ obstacle: TranslationReport.Obstacle) {
        if !report.obstacles.contains(obstacle) { report.obstacles.append(obstacle) }
    }

    /// The component that has a port of a node.
    func component(_ node: String, port: String = "") -> String? {
        components[node]?[port] ?? components[node]?[""]
    }

    func isConnected(_ node: String, _ field: String) -> Bool { !(incoming[node]?[field] ?? []).isEmpty }
}

extension LangflowTranslation {
    /// Translates an export. It never fails: what cannot be had is told by ``report``.
    ///
    /// - Complexity: linear in nodes, edges and the bytes of their texts, but for loops within loops.
    public init(_ export: LangflowExport) {
        var translator = Translator(export)
        self = translator.translate()
    }
}
