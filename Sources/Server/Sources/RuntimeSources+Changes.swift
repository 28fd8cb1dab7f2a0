import Corpus
import Foundation
import Ingest
import Logging
import Synchronization
import Workspace

/// What administrators do with sources.
extension RuntimeSources {
    /// Keeps a new source, which is a draft.
    ///
    /// - Throws: ``RequestFault``, ``WorkspaceError``.
    func create(
        _ definition: SourceDefinition, secret: String, by actor: String
    ) async throws -> StoredSource {
        let definition = try checked(definition)
        let (id, time) = (freshID(), now())
        let source = StoredSource(
            id: id, definition: definition, secret: try sealed(secret, for: id), createdBy: actor,
            createdAt: time, updatedAt: time)
        let act = AuditAct(
            actor: actor, act: "source.create", object: id,
            details: ["name": definition.name, "base_url": definition.baseURL])
        try await store.add(source, told: act)
        onChange()
        install(source)
        return source
    }

    /// Changes a source.
    ///
    /// - Parameters:
    ///   - condition: the revision that the change begins from.
    ///   - fields: what is changed, for the audit log.
    ///   - change: gives the definition that is to be.
    ///   - secret: another one; `nil` to leave it.
    ///   - account: for whom is counted what its first ingest uses, where the change begins one.
    /// - Throws: ``RequestFault``, ``WorkspaceError``, ``IngestJobError``, ``CorpusError``.
    func change(
        _ id: String, if condition: RevisionCondition, fields: [String], isEnabled: Bool?, secret: String?,
        by actor: String, for account: IngestJob.Account? = nil,
        _ change: @escaping @Sendable (inout SourceDefinition) throws -> Void
    ) async throws -> StoredSource {
        try await alone(id) { [self] in
            let before = try await own(id)
            try condition.check(before.revision)
            guard before.state != .removing else { throw IngestJobError.sourceDisabled(id: id) }
            var source = before
            try change(&source.definition)
            source.definition = try checked(source.definition)
            if let secret { source.secret = try sealed(secret, for: id) }
            if let isEnabled {
                source.state = isEnabled ? .enabled : before.state == .draft ? .draft : .disabled
            }
            let act = AuditAct(
                actor: actor, act: "source.change", object: id,
                details: ["fields": fields.sorted().joined(separator: ","), "state": source.state.rawValue])
            let stored = try await store.replace(source, from: before.revision, told: act)
            onChange()
            install(stored)
            try await follow(stored, from: before, by: actor, for: account)
            return stored
        }
    }

    /// Does what another state or interval asks for.
    private func follow(
        _ source: StoredSource, from before: StoredSource, by actor: String, for account: IngestJob.Account?
    ) async throws {
        if source.state != before.state || source.definition.syncMinutes != before.definition.syncMinutes {
            try await schedules.set(source.id, every: pause(of: source))
        }
        if source.state == .enabled, before.state != .enabled {
            try await jobs.submit(source: source.id, scope: .site, by: actor, for: account)
        } else if source.state != .enabled, before.state == .enabled {
            try await cancelJobs(of: source.id)
        }
    }

    /// Forgets a source, and leaves what is stored of it as it is. No job of it goes on after that.
    ///
    /// A source that is asked before its documents are shown is refused: without it nobody could be asked, and they would
    /// be shown to whoever could read them at the last sync.
    func deleteKeepingDocuments(_ id: String, if condition: RevisionCondition, by actor: String) async throws
    {
        try await alone(id) { [self] in
            let source = try await own(id)
            try condition.check(source.revision, isRequired: false)
            guard source.definition.permissions != .verify else {
                throw RequestFault.verifiedSource(id: id)
            }
            // From here on no job of it is taken in, and none that waits is begun.
            let leaving = try await leaving(source, told: nil)
            try await cancelJobs(of: id, includesRemoval: true)
            guard let turn = jobs.turn(of: id) else {
                _ = try jobs.source(id)
                return
            }
            // What runs ends before it is forgotten how far it came.
            try await turn.hold { () async -> Result<Void, any Error> in
                do {
                    // What was taking its documents out may have done so meanwhile.
                    _ = try jobs.source(id)
                    try await runtimeSource(leaving).forget()
                    try await store.delete(
                        source: id, told: Self.deletion(of: source, keeps: true, by: actor))
                    onChange()
                    uninstall(id)
                    return .success(())
                } catch {
                    return .failure(error)
                }
            }.get()
        }
    }

    /// Has what is stored of a source taken out; then it goes, too.
    ///
    /// - Returns: the job that does so.
    func deleteWithDocuments(
        _ id: String, if condition: RevisionCondition, by actor: String
    ) async throws -> IngestJob {
        try await alone(id) { [self] in
            let source = try await own(id)
            try condition.check(source.revision, isRequired: false)
            _ = try await leaving(source, told: Self.deletion(of: source, keeps: false, by: actor))
            try await cancelJobs(of: id)
            return try await jobs.submit(source: id, scope: .removal, by: actor)
        }
    }

    /// The source as one that is read no more, whatever becomes of its documents.
    ///
    /// - Parameter act: `nil` where the end is told in its place.
    private func leaving(_ source: StoredSource, told act: AuditAct?) async throws -> StoredSource {
        var source = source
        if source.state != .removing {
            let revision = source.revision
            source.state = .removing
            source = try await store.replace(source, from: revision, told: act)
            onChange()
            install(source)
        }
        try await schedules.set(source.id, every: nil)
        return source
    }

    /// Does one change of a source at a time, in the order in which they come, and each to its end: whoever asked for it
    /// may have gone meanwhile, and half a change is none.
    private func alone<Value: Sendable>(
        _ id: String, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        // No turns are kept for what is not there.
        _ = try await own(id)
        let turn = turns.withLock { turns in
            let turn = turns[id] ?? IngestTurn()
            turns[id] = turn
            return turn
        }
        return try await Task {
            try await turn.hold { () async -> Result<Value, any Error> in
                do {
                    return .success(try await body())
                } catch {
                    return .failure(error)
                }
            }.get()
        }.value
    }

    func goneWithDocuments(_ id: String) async {
        do {
            if let source = stored(id) { try await runtimeSource(source).forget() }
            try await store.delete(source: id, told: nil)
            onChange()
        } catch {
            logger.error(
                "a source whose documents were taken out could not be forgotten",
                metadata: ["millrace.source": "\(id)", "millrace.reason": "\(error)"])
            return
        }
        uninstall(id)
    }

    func uninstall(_ id: String) {
        installed.withLock { installed in
            if let source = installed.removeValue(forKey: id) {
                verifier?.set(
                    nil, forLedger: Self.ledger(of: id, baseURL: source.definition.baseURL))
            }
            jobs.remove(source: id)
        }
        // Whoever waits for it finds that the source is gone.
        turns.withLock { $0[id] = nil }
    }

    private func cancelJobs(of id: String, includesRemoval: Bool = false) async throws {
        let open = try await jobs.jobs(
            source: id, states: Set(IngestJob.State.allCases.filter { !$0.isFinal }), before: nil,
            limit: 1_000)
        for job in open where includesRemoval || job.scope != .removal { try await jobs.cancel(job.id) }
    }

    /// A source that may be changed here.
    private func own(_ id: String) async throws -> StoredSource {
        guard stored(id) != nil else {
            // What there is nothing of is told so; what the settings name is not changed here.
            _ = try jobs.source(id)
            throw RequestFault.readOnlySource(id: id)
        }
        return try await store.source(id)
    }

    private func checked(_ definition: SourceDefinition) throws -> SourceDefinition {
        var definition = definition
        do {
            definition.baseURL = try checkedAddress(definition.baseURL)
        } catch {
            throw RequestFault.invalidField(name: "base_url", reason: "\(error)")
        }
        guard definition.permissions == .sync || definition.kind == .cloud else {
            throw RequestFault.invalidField(
                name: "permissions",
                reason: "can be “verify” for Cloud alone: Data Center cannot be asked for others")
        }
        return definition
    }

    private func sealed(_ secret: String, for id: String) throws -> Data {
        try seal.seal(Data(secret.utf8), name: id, owner: StoredSource.owner)
    }

    private static func deletion(of source: StoredSource, keeps: Bool, by actor: String) -> AuditAct {
        AuditAct(
            actor: actor, act: "source.delete", object: source.id,
            details: ["name": source.definition.name, "documents": keeps ? "kept" : "removed"])
    }
}
