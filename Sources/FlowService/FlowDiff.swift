import Flow
import JSONValue

/// What is different between two versions of a flow.
public struct FlowDiff: Sendable, Hashable {
    public struct Change: Sendable, Hashable {
        public var component: String
        /// `type`, `title`, a parameter's name behind `parameters.`, `bodies` or `policy`.
        public var field: String
        /// `nil` for what was not there.
        public var before: JSONValue?
        /// `nil` for what is not there any more.
        public var after: JSONValue?
    }

    /// Components by id, in the order of the later version.
    public var added: [String] = []
    /// In the order of the earlier version.
    public var removed: [String] = []
    public var changes: [Change] = []
    /// Written `component.port → component.port`.
    public var addedEdges: [String] = []
    public var removedEdges: [String] = []
    /// Whether name, description, inputs or outputs differ.
    public var changesFace = false

    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && changes.isEmpty && addedEdges.isEmpty && removedEdges.isEmpty
            && !changesFace
    }

    public init(from before: FlowDefinition, to after: FlowDefinition) {
        let old = Dictionary(
            before.graph.components.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(
            after.graph.components.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        added = after.graph.components.map(\.id).filter { old[$0] == nil }
        removed = before.graph.components.map(\.id).filter { new[$0] == nil }
        for node in after.graph.components {
            if let earlier = old[node.id] { changes += Self.changes(earlier, node) }
        }
        let (oldEdges, newEdges) = (Self.edges(before.graph), Self.edges(after.graph))
        addedEdges = newEdges.filter { !oldEdges.contains($0) }
        removedEdges = oldEdges.filter { !newEdges.contains($0) }
        changesFace =
            before.name != after.name || before.description != after.description
            || before.graph.inputs != after.graph.inputs || before.graph.outputs != after.graph.outputs
    }

    private static func changes(_ before: FlowGraph.Node, _ after: FlowGraph.Node) -> [Change] {
        var changes: [Change] = []
        func note(_ field: String, _ old: JSONValue?, _ new: JSONValue?) {
            if old != new {
                changes.append(Change(component: after.id, field: field, before: old, after: new))
            }
        }
        note("type", .string(before.type), .string(after.type))
        note("title", before.title.map { .string($0) }, after.title.map { .string($0) })
        for name in Set(before.parameters.keys).union(after.parameters.keys).sorted() {
            note("parameters.\(name)", before.parameters[name], after.parameters[name])
        }
        if before.bodies != after.bodies { note("bodies", "changed", nil) }
        if before.policy != after.policy { note("policy", "changed", nil) }
        return changes
    }

    private static func edges(_ graph: FlowGraph) -> [String] {
        graph.edges.map { "\($0.from) → \($0.to)" }
    }
}

extension FlowDiff {
    public var json: JSONValue {
        func texts(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }
        return [
            "added": texts(added), "removed": texts(removed), "added_edges": texts(addedEdges),
            "removed_edges": texts(removedEdges), "changes_face": .bool(changesFace),
            "changes": .array(
                changes.map { change in
                    [
                        "component": .string(change.component), "field": .string(change.field),
                        "before": change.before ?? .null, "after": change.after ?? .null,
                    ]
                }),
        ]
    }
}
