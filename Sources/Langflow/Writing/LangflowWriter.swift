import Flow
import JSONValue

/// Writes a flow as an export that Langflow opens.
///
/// A component that Langflow has is written as its own, whose Python class the installed Langflow brings: the node's
/// code only names it. One that it has not is written as a component of its own, which shows the same ports and says,
/// when it is run, that it runs in Millrace. Nothing secret is written: parameters name secrets and variables.
public struct LangflowWriter: Sendable {
    /// An export, and what of the flow Langflow cannot say.
    public struct Written: Sendable, Hashable {
        public var json: JSONValue
        /// Plain sentences.
        public var remarks: [String]
    }

    let flow: FlowDefinition
    let origin: LangflowTranslation?
    var remarks: [String] = []

    /// Writes a flow.
    ///
    /// - Parameters:
    ///   - origin: the export that the flow was imported from. Its nodes that the flow still has stay where they are,
    ///     with all their fields; so do its notes, and what the import merged or left out.
    ///   - id: the flow's, a UUID; `nil` for the origin's.
    ///   - endpointName: as `nil` the origin's.
    public static func write(
        _ flow: FlowDefinition, origin: LangflowExport? = nil, id: String? = nil, endpointName: String? = nil
    ) -> Written {
        var writer = LangflowWriter(flow: flow, origin: origin.map { LangflowTranslation($0) })
        let data = writer.data()
        var members: [String: JSONValue] = [
            "id": .null, "endpoint_name": .null, "is_component": false, "tags": [], "locked": false,
            "last_tested_version": .string(KnownNodes.version),
        ]
        if let known = origin?.json.object, known["data"] != nil { members = known }
        members["name"] = .string(flow.name)
        members["description"] = .string(flow.description)
        members["data"] = data
        if let id { members["id"] = .string(id) }
        if let endpointName { members["endpoint_name"] = .string(endpointName) }
        return Written(json: .object(members), remarks: writer.remarks)
    }

    private mutating func data() -> JSONValue {
        if let origin, origin.definition.graph == flow.graph {
            return origin.export.withoutSecrets["data"] ?? origin.export.withoutSecrets
        }
        var canvas = Canvas(flow.graph)
        remarks += canvas.remarks
        canvas.fold(origin)
        var nodes: [String: WrittenNode] = [:]
        for component in canvas.components { nodes[component.id] = node(for: component, canvas) }
        let kept = keptNodes(canvas)
        for node in kept { nodes[node.id] = WrittenNode(kept: node, values: [:]) }
        var edges: [JSONValue] = []
        let covered = keepEdges(canvas, nodes, &edges)
        canvas.convert(&nodes, except: covered)
        for edge in canvas.edges where !covered.contains(edge) {
            guard let source = nodes[edge.from.component], let target = nodes[edge.to.component] else {
                continue
            }
            if let json = EdgeWriter.edge(edge, source, target) {
                edges.append(json)
            } else {
                remarks.append(
                    "The edge from \(edge.from) to \(edge.to) was left out: Langflow has no such output or field."
                )
            }
        }
        let places = CanvasLayout.positions(canvas, fixed: nodes.compactMapValues(\.position))
        let order = canvas.components.map(\.id) + kept.map(\.id)
        let written = order.compactMap { id in nodes[id]?.json(at: places[id]) }
        return [
            "nodes": .array(written), "edges": .array(edges),
            "viewport": origin?.export.json["data"]?["viewport"] ?? ["x": 0, "y": 0, "zoom": 0.5],
        ]
    }

    private mutating func node(for component: Canvas.Component, _ canvas: Canvas) -> WrittenNode {
        let isTool = canvas.edges.contains {
            $0.from == PortReference(component.id, FlowGraph.toolPort)
                || ($0.from.component == component.id && $0.from.port == "tools"
                    && component.type == "MCPTools")
        }
        if let origin, let known = origin.nodes.first(where: { $0.component == component.id }),
            let node = origin.export.nodes.first(where: { $0.id == known.id }),
            origin.report.node(node.id)?.component == component.type
        {
            let before = Canvas(origin.definition.graph).component(component.id)?.parameters ?? [:]
            let changed = component.parameters.filter { before[$0.key] != $0.value }
            var written = NodeWriter.fields(of: component, changed, in: node)
            for (field, value) in canvas.folded[component.id] ?? [:] { written.values[field] = value }
            remarks += written.remarks
            if let rows = rows(of: component, canvas).value(for: component, in: node) {
                written.values[LangflowNode.toolRowsField] = rows
            }
            let title = component.title == node.displayName ? nil : component.title
            return WrittenNode(kept: node, values: written.values, title: title)
        }
        var written = NodeWriter.fields(of: component, component.parameters)
        for (field, value) in canvas.folded[component.id] ?? [:] { written.values[field] = value }
        remarks += written.remarks
        if isTool {
            let known = NodeWriter.rule(for: component.type)?.types.first.flatMap { KnownNodes.node($0) }
            written.values[LangflowNode.toolRowsField] = rows(of: component, canvas).value(
                for: component, known)
        }
        return WrittenNode(new: component, values: written.values, isTool: isTool, canvas)
    }

    /// What agents call the tools of a component.
    private mutating func rows(of component: Canvas.Component, _ canvas: Canvas) -> ToolRows {
        let rows = ToolRows(of: component, in: canvas)
        if let tool = rows.disputed {
            remarks.append(
                "The tool “\(tool)” is called otherwise by several agents; at Langflow it has one name for all."
            )
        }
        return rows
    }

    /// Notes, and nodes that the import merged or left out: the flow never had them.
    private func keptNodes(_ canvas: Canvas) -> [LangflowNode] {
        guard let origin else { return [] }
        let inFlow = Set(Canvas(origin.definition.graph).components.map(\.id))
        return origin.export.nodes.filter { node in
            let component = origin.nodes.first { $0.id == node.id }?.component ?? node.id
            return node.isNote || (!inFlow.contains(component) && canvas.component(component) == nil)
        }
    }

    /// Edges of the origin whose ends are still there and whose meaning the flow still has.
    ///
    /// - Returns: the flow's edges that they stand for.
    private func keepEdges(
        _ canvas: Canvas, _ nodes: [String: WrittenNode], _ edges: inout [JSONValue]
    ) -> Set<Canvas.Edge> {
        guard let origin else { return [] }
        let ids = Set(nodes.values.map(\.id))
        let flat = Set(canvas.unfolded.map { FlowGraph.Edge(from: $0.from, to: $0.to) })
        var covered: Set<FlowGraph.Edge> = []
        for (edge, meaning) in zip(origin.export.edges, origin.edges) {
            guard ids.contains(edge.source), ids.contains(edge.target), meaning.allSatisfy(flat.contains)
            else { continue }
            covered.formUnion(meaning)
            edges.append(EdgeWriter.kept(edge))
        }
        return Set(
            canvas.edges.filter { edge in
                covered.contains(FlowGraph.Edge(from: edge.from, to: edge.to)) || edge.isFolded
            })
    }
}
