import Flow
import Foundation
import JSONValue
import Langflow
import Workspace

/// A flow that was taken in from Langflow.
public struct ImportedFlow: Sendable {
    public var flow: StoredFlow
    /// What became of each of its nodes.
    public var report: TranslationReport
    /// What keeps it from running.
    public var faults: [FlowFault]

    /// Whether it runs, and whole.
    public var canRun: Bool { report.canRun && faults.isEmpty }
}

extension FlowService {
    /// Keeps the flows of an export, each under the id that it brings where that is free.
    ///
    /// One that cannot run is kept as well; its report says why.
    ///
    /// - Parameters:
    ///   - project: the project that they shall lie in.
    ///   - id: what a single flow is kept under, or not at all; `nil` for the id that it brings, or a fresh one.
    /// - Throws: ``FlowServiceError/workspace(_:)`` for an `id` that is taken.
    public func keep(
        _ translations: [LangflowTranslation], project: String? = nil, isShared: Bool = false,
        under id: String? = nil, for owner: Owner
    ) async throws -> [ImportedFlow] {
        var kept: [ImportedFlow] = []
        for translation in translations {
            let export = translation.export
            // Keys that stand in an export are not kept.
            let origin = Data(try export.withoutSecrets.json.text().utf8)
            var draft = FlowDraft(
                translation.definition, origin: origin, endpoint: export.endpointName, project: project,
                tags: Array(export.tags.prefix(50)), isShared: isShared, note: "imported from Langflow",
                id: id ?? export.id.flatMap { UUID(uuidString: $0) }?.uuidString.lowercased())
            let (flow, faults): (StoredFlow, [FlowFault])
            do {
                (flow, faults) = try await create(draft, for: owner)
            } catch FlowServiceError.workspace(.nameTaken) where id == nil {
                // An export that is imported twice becomes a second flow, as in Langflow.
                draft.id = nil
                draft.endpoint = nil
                (flow, faults) = try await create(draft, for: owner)
            }
            kept.append(ImportedFlow(flow: flow, report: translation.report, faults: faults))
        }
        return kept
    }
}

extension ImportedFlow {
    /// What the import says, for a client.
    public var reportJSON: JSONValue {
        [
            "can_run": .bool(canRun),
            "obstacles": .array(
                report.obstacles.map { .string("\($0)") } + faults.map { .string("\($0)") }),
            "remarks": .array(report.remarks.map { .string($0) }),
            "nodes": .array(
                report.nodes.map { node in
                    [
                        "id": .string(node.id), "type": .string(node.type),
                        "display_name": .string(node.displayName),
                        "standing": .string(node.standing.rawValue),
                        "component": node.component.map { .string($0) } ?? .null,
                        "code": .string(node.code.rawValue),
                        "remarks": .array(node.remarks.map { .string($0) }),
                    ]
                }),
        ]
    }
}

extension FlowService {
    /// What an import could not take over of a version and what the flow rests on; none for one that was written
    /// here, or saved since in Millrace's own form.
    public func obstacles(in version: FlowVersion, of flow: StoredFlow) -> [FlowFault] {
        guard let origin = version.origin,
            let export = try? LangflowExport.flows(in: origin, file: flow.name).first
        else { return [] }
        return LangflowTranslation(export).report.obstacles.map {
            .notTakenOver(component: $0.node, reason: "\($0)")
        }
    }
}
