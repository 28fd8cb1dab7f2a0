import Flow
import JSONValue

/// An export as a flow of ours, with a report of what became of each node.
///
/// ```swift
/// let export = try LangflowExport.flows(in: data, file: "flow.json")[0]
/// let translation = LangflowTranslation(export)
/// print(translation.report)
/// let plan = try compiler.plan(try translation.runnable())
/// ```
///
/// Every output of the flow (`ChatOutput`, `TextOutput`) is an output of the graph, named by its node's id. Python
/// code is never executed; only its digest is compared with those of known versions.
public struct LangflowTranslation: Sendable {
    public var export: LangflowExport
    public var report: TranslationReport
    /// In the order of the export, notes left out.
    public var nodes: [TranslatedNode]
    /// What can run of it; whole only if ``TranslationReport/canRun``.
    public var definition: FlowDefinition
    /// Names of other flows that it runs.
    public var subFlows: [String]
    /// The edges that each edge of the export became; empty for one that was merged or left out.
    var edges: [[FlowGraph.Edge]]
    /// Components that stand for no node: constants, conversions.
    var synthetic: Set<String>

    /// - Throws: ``LangflowError/cannotRun(flow:obstacles:)`` with every reason.
    public func runnable() throws(LangflowError) -> FlowDefinition {
        guard report.canRun else {
            throw .cannotRun(flow: export.name, obstacles: report.obstacles)
        }
        return definition
    }

    /// The node of an id, or of a display name that only one has.
    public func node(_ name: String) -> TranslatedNode? {
        if let node = nodes.first(where: { $0.id == name }) { return node }
        let named = nodes.filter { $0.displayName == name }
        return named.count == 1 ? named.first : nil
    }

    /// Nodes of a role, in the order of the export.
    public func nodes(_ role: TranslatedNode.Role) -> [TranslatedNode] {
        nodes.filter { $0.role == role && $0.isAddressable }
    }
}
