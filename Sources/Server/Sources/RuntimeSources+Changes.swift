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
    /// - Throws: ``RequestFault``, ``WorkspaceError``, ``IngestJobError``, ``CorpusError``.
    func change(
        _ id: String, if condition: RevisionCondition, fields: [String], isEnabled: Bool?, secret: String?,
        by actor: String, _ change: (inout SourceDefinition) throws -> Void
    ) async throws -> StoredSource {
        let before = try await own(id)
        try condition.check(before.revision)
        guard before.state != .removing else { throw IngestJobError.sourceDisabled(id: id) }
        var source = before
        try change(&source.definition)
        source.definition = try checked(source.definition)
        if let secret { source.secret = try sealed(secret, for: id) }
        if let isEnabled { source.state = isEnabled ? .enabled : before.state == .draft ? .draft : .disabled }
        let act = AuditAct(
            actor: actor, act: "source.change", object: id,
            details: ["fields": fields.sorted().joined(separator: ","), "state": source.state.rawValue])
        let stored = try await store.replace(source, from: before.revision, told: act)
        install(stored)
        if stored.state != before.state || stored.definition.syncMinutes != before.definition.syncMinutes {
            try await schedules.set(id, every: pause(of: stored))
        }
        if stored.state == .enabled, before.state != .enabled {
            try await jobs.submit(source: id, scope: .site, by: actor)
        } else if stored.state != .enabled, before.state == .enabled {
            try await cancelJobs(of: id)
        }
        return stored
    }

    /// Forgets a source, and leaves what is stored of it as it is.
    func deleteKeepingDocuments(_ id: String, if condition: RevisionCondition, by actor: String) async throws
    {
        let source = try await own(id)
        try condition.check(source.revision, isRequired: false)
        try await schedules.set(id, every: nil)
        try await store.delete(source: id, told: Self.deletion(of: source, keeps: true, by: actor))
        try await cancelJobs(of: id)
        try await runtimeSource(source).forget()
        uninstall(id)
    }

    /// Has what is stored of a source taken out; then it goes, too.
    ///
    /// - Returns: the job that does so.
    func deleteWithDocuments(
        _ id: String, if condition: RevisionCondition, by actor: String
    ) async throws -> IngestJob {
        var source = try await own(id)
        try condition.check(source.revision, isRequired: false)
        try await schedules.set(id, every: nil)
        if source.state != .removing {
            let revision = source.revision
            source.state = .removing
            source = try await store.replace(
                source, from: revision, told: Self.deletion(of: source, keeps: false, by: actor))
            install(source)
        }
        try await cancelJobs(of: id)
        return try await jobs.submit(source: id, scope: .removal, by: actor)
    }

    func goneWithDocuments(_ id: String) async {
        do {
            if let source = stored(id) { try await runtimeSource(source).forget() }
            try await store.delete(source: id, told: nil)
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
    }

    private func cancelJobs(of id: String) async throws {
        let open = try await jobs.jobs(
            source: id, states: Set(IngestJob.State.allCases.filter { !$0.isFinal }), before: nil,
            limit: 1_000)
        for job in open where job.scope != .removal { try await jobs.cancel(job.id) }
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
