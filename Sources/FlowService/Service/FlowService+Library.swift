import Flow
import Foundation
import Workspace

/// A flow as it is saved.
public struct FlowDraft: Sendable {
    public var definition: FlowDefinition
    /// What it was imported from, as JSON; `nil` for one that was written here.
    public var origin: Data?
    public var endpoint: String?
    public var project: String?
    public var tags: [String]
    public var isShared: Bool
    /// What is said of the change.
    public var note: String
    /// The id that it shall have; `nil` for a fresh one.
    public var id: String?

    public init(
        _ definition: FlowDefinition, origin: Data? = nil, endpoint: String? = nil, project: String? = nil,
        tags: [String] = [], isShared: Bool = false, note: String = "", id: String? = nil
    ) {
        self.definition = definition
        self.origin = origin
        self.endpoint = endpoint
        self.project = project
        self.tags = tags
        self.isShared = isShared
        self.note = note
        self.id = id
    }
}

extension FlowService {
    /// Everything that keeps a flow from running; none for one that can.
    public func faults(of definition: FlowDefinition, for owner: Owner) async throws -> [FlowFault] {
        let library: [FlowDefinition]
        do {
            library = try await subflows(of: definition, for: owner)
        } catch FlowServiceError.invalid(let flow, let faults) {
            return faults.map {
                .notTakenOver(component: "", reason: "The flow “\(flow)”, which it runs, cannot run: \($0)")
            }
        }
        let definition = try await filled(definition, for: owner)
        do {
            _ = try PlanCompiler(catalog: catalog, library: library).plan(definition)
            return []
        } catch {
            guard case .invalid(_, let faults) = error else { throw error }
            return faults
        }
    }

    /// Keeps a new flow. One that cannot run yet is kept as well: its faults are told, and running it is refused.
    public func create(
        _ draft: FlowDraft, for owner: Owner
    ) async throws -> (flow: StoredFlow, faults: [FlowFault]) {
        let data = try JSONEncoder.flows.encode(draft.definition)
        guard data.count <= FlowDefinition.byteLimit else {
            throw FlowServiceError.workspace(
                .tooLarge(kind: "flow", bytes: data.count, limit: FlowDefinition.byteLimit))
        }
        try checkName(draft.id, draft.endpoint)
        var count = 0
        try await eachFlow(of: owner) { _ in count += 1 }
        guard count < configuration.flowLimit else {
            throw FlowServiceError.tooManyFlows(limit: configuration.flowLimit)
        }
        let faults = try await faults(of: draft.definition, for: owner)
        let time = now()
        let flow = StoredFlow(
            id: draft.id ?? freshID(), owner: owner, name: draft.definition.name,
            description: draft.definition.description, endpoint: draft.endpoint, project: draft.project,
            tags: draft.tags, isShared: draft.isShared, createdAt: time, updatedAt: time)
        let stored = try await told { () async throws(WorkspaceError) in
            try await store.create(flow, definition: data, origin: draft.origin, note: draft.note)
        }
        libraryChanged()
        return (stored, faults)
    }

    /// Keeps a version behind the newest one.
    public func save(
        _ definition: FlowDefinition, origin: Data? = nil, note: String, asVersionOf id: String,
        for owner: Owner, expecting expected: Int? = nil
    ) async throws -> (version: FlowVersion, faults: [FlowFault]) {
        let data = try JSONEncoder.flows.encode(definition)
        let faults = try await faults(of: definition, for: owner)
        let version = try await told { () async throws(WorkspaceError) in
            try await store.save(
                data, origin: origin, note: note, asVersionOf: id, for: owner, expecting: expected)
        }
        libraryChanged()
        return (version, faults)
    }

    /// Changes what stands in front of a flow's versions. A version that is published must be able to run.
    public func update(_ flow: StoredFlow, for owner: Owner) async throws -> StoredFlow {
        try checkName(flow.endpoint)
        if let published = flow.published {
            let version = try await version(published, of: flow, for: owner)
            let definition = try Self.definition(version, of: flow)
            let faults =
                try await obstacles(in: version, of: flow) + faults(of: definition, for: owner)
            guard faults.isEmpty else { throw FlowServiceError.invalid(flow: flow.name, faults: faults) }
        }
        let updated = try await told { () async throws(WorkspaceError) in
            try await store.update(flow, for: owner)
        }
        libraryChanged()
        return updated
    }

    /// A flow of the settings goes before a stored one of its name, which nobody could run then.
    private func checkName(_ names: String?...) throws(FlowServiceError) {
        for name in names.compactMap(\.self) where settingsFlows.contains(where: { $0.name == name }) {
            throw .workspace(.nameTaken(kind: "flow", name: name))
        }
    }

    public func delete(flow id: String, for owner: Owner) async throws {
        try await told { () async throws(WorkspaceError) in try await store.delete(flow: id, for: owner) }
        libraryChanged()
    }

    /// A stored flow with one of its versions; another's flow has none but the one that callers run.
    public func flow(
        _ name: String, _ choice: FlowVersionChoice = .latest, for owner: Owner
    ) async throws -> (flow: StoredFlow, version: FlowVersion, definition: FlowDefinition) {
        let flow = try await found(name, for: owner)
        let number = flow.number(choice, for: owner)
        guard flow.shows(number, to: owner) else {
            throw FlowServiceError.noSuchVersion(flow: flow.name, number: number)
        }
        let definition = try await definition(number, of: flow, for: owner)
        let version = try await told { () async throws(WorkspaceError) in
            try await store.version(number, of: flow.id, for: owner)
        }
        return (flow, version, definition)
    }
}

extension JSONEncoder {
    /// How flows are kept: equal flows are equal bytes.
    static var flows: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
