import Corpus
import Foundation
import Ingest
import Sourcing
import Workspace

/// A source that an administrator has added, as jobs read it: the site behind it, with what its state and its changes
/// mean.
struct RuntimeSource: JobSource {
    let stored: StoredSource
    /// The site.
    let base: any JobSource
    let schedules: SourceSchedules
    let jobs: IngestJobs
    let store: any DocumentStore & IngestFailureLog & StateStore & SyncLedger
    /// Called when what was stored of it is out.
    let removed: @Sendable () async -> Void

    var id: String { stored.id }

    /// As ``SyncLedger`` knows a source: another one of the same site is another source.
    static func ledger(of id: String, baseURL: String) -> String { "\(baseURL)#\(id)" }

    private var ledger: String { base.description.ledger }

    var description: JobSourceDescription {
        var description = base.description
        let definition = stored.definition
        description.name = definition.name
        description.spaces = definition.spaces
        description.excludedSpaces = definition.excludedSpaces
        description.pause = pause
        description.nextSync = schedules.next(of: id)
        return description
    }

    /// How often it is synced by itself; `nil` for only when somebody asks.
    var pause: Duration? {
        let minutes = stored.definition.syncMinutes
        return stored.state == .enabled && minutes > 0 ? .seconds(60 * minutes) : nil
    }

    func check() async -> SourceCheck { await base.check() }
    func spaces() async throws -> [SourceSpace] { try await base.spaces() }

    func mayRead(space key: String) -> Bool { base.mayRead(space: key) }

    func mayRead(document id: String, account: String) async throws -> Bool {
        try await base.mayRead(document: id, account: account)
    }

    func check(_ scope: IngestJob.Scope, isDryRun: Bool) throws(IngestJobError) {
        if scope == .removal {
            guard stored.state == .removing, !isDryRun else {
                throw .badScope(reason: "what is stored of a source is taken out when it is deleted")
            }
            return
        }
        guard stored.state != .removing, isDryRun || stored.state == .enabled else {
            throw .sourceDisabled(id: id)
        }
        try base.check(scope, isDryRun: isDryRun)
    }

    func documents(of scope: IngestJob.Scope, isDryRun: Bool) async throws -> any DocumentSource {
        // It may have been switched off while the job waited.
        try check(scope, isDryRun: isDryRun)
        switch scope {
        case .removal: return removal(nil)
        case .site:
            let documents = try await base.documents(of: scope, isDryRun: isDryRun)
            let left = try await leftSpaces()
            guard !left.isEmpty else { return documents }
            return ChainedSource(sources: [removal(left, isDryRun: isDryRun), documents])
        default: return try await base.documents(of: scope, isDryRun: isDryRun)
        }
    }

    func ended(_ job: IngestJob) async {
        if job.state == .finished, !job.isDryRun {
            if job.scope == .removal {
                try? await removal(nil).forget()
                await removed()
                return
            }
            if job.scope == .site, let left = try? await leftSpaces(), !left.isEmpty {
                try? await removal(left).forget()
            }
        }
        await base.ended(job)
        schedules.ended(job)
    }

    /// Spaces that were read once and that it leaves out by now.
    private func leftSpaces() async throws -> Set<String> {
        let known = try await jobs.claims.spaces(of: ledger)
        return known.filter { !base.mayRead(space: $0) }
    }

    /// - Parameter spaces: `nil` for all.
    private func removal(_ spaces: Set<String>?, isDryRun: Bool = false) -> RemovalSource {
        RemovalSource(
            name: stored.definition.name, ledger: ledger, spaces: spaces, isDryRun: isDryRun,
            claims: jobs.claims, store: store)
    }

    /// Forgets how far it was read, so that whoever reads its spaces next takes over what is stored.
    func forget() async throws {
        try await removal(nil).forget()
        try await store.noteFailures([], of: id, seen: [], isWhole: true)
        try await store.setState(IngestJobs.syncedAt(of: id), nil)
    }
}
