import Concurrency
import Corpus
import Foundation
import Ingest
import Logging
import Synchronization
import Workspace

/// The sources that administrators add, change and delete while the server runs.
///
/// They are kept in the workspace, their secrets sealed. Each becomes one of the sources of the ``IngestJobs``, takes its
/// turns as those of the settings do, and is synced on its own interval.
public final class RuntimeSources: Sendable {
    /// Makes what reads a site.
    ///
    /// Its ledger must be its own: ``ledger(of:baseURL:)``.
    public typealias Make = @Sendable (_ source: StoredSource, _ secret: String) throws -> any JobSource

    let jobs: IngestJobs
    let schedules: SourceSchedules
    let store: any SourceStore
    let corpus: any DocumentStore & IngestFailureLog & StateStore & SyncLedger
    let seal: VariableSeal
    let verifier: ReadVerifier?
    let onChange: @Sendable () -> Void
    /// How often it is looked for what others have changed, unless somebody tells.
    let followingPause: Duration
    let followingNudge = Nudge()
    private let make: Make
    /// The address in its normal form, if sources may have it.
    let checkedAddress: @Sendable (String) throws -> String
    let logger: Logger
    let now: @Sendable () -> Date
    let freshID: @Sendable () -> String
    /// As they are read, by id.
    let installed = Mutex<[String: StoredSource]>([:])
    /// Of those that are changed, by id: one change at a time.
    let turns = Mutex<[String: IngestTurn]>([:])

    /// - Parameters:
    ///   - followingPause: how often it is looked for what other processes have changed, unless that is told.
    ///   - onChange: called after a source was added, changed or deleted here, for other processes to be told of it; must
    ///     not wait.
    public init(
        store: any SourceStore, jobs: IngestJobs,
        corpus: any DocumentStore & IngestFailureLog & StateStore & SyncLedger, seal: VariableSeal,
        verifier: ReadVerifier? = nil, logger: Logger, followingPause: Duration = .seconds(5),
        onChange: @escaping @Sendable () -> Void = {}, now: @escaping @Sendable () -> Date = { Date() },
        freshID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        checkedAddress: @escaping @Sendable (String) throws -> String, make: @escaping Make
    ) {
        self.store = store
        self.jobs = jobs
        self.corpus = corpus
        self.seal = seal
        self.verifier = verifier
        self.logger = logger
        self.followingPause = followingPause
        self.onChange = onChange
        self.now = now
        self.freshID = freshID
        self.checkedAddress = checkedAddress
        self.make = make
        schedules = SourceSchedules(jobs: jobs, logger: logger, now: now)
    }

    /// As ``SyncLedger`` knows a source.
    public static func ledger(of id: String, baseURL: String) -> String {
        RuntimeSource.ledger(of: id, baseURL: baseURL)
    }

    // MARK: Reading them

    /// Makes those that are kept readable; before ``IngestJobs/run()``, so that their jobs go on.
    public func load() async throws {
        for source in try await store.sources() {
            install(source)
            try await jobs.claims.tell(
                spacesOf: Self.ledger(of: source.id, baseURL: source.definition.baseURL))
            try await schedules.set(source.id, every: pause(of: source))
        }
    }

    /// Asks for the syncs that are due, and follows what other processes do with sources, until the task is cancelled.
    public func run() async {
        guard jobs.isShared else { return await schedules.run() }
        await withDiscardingTaskGroup { group in
            group.addTask { await self.schedules.run() }
            group.addTask { await self.followOthers() }
        }
    }

    /// One of them as it is kept; `nil` for a source of the settings.
    func stored(_ id: String) -> StoredSource? { installed.withLock { $0[id] } }

    func runtimeSource(_ source: StoredSource) -> RuntimeSource {
        RuntimeSource(
            stored: source, base: site(of: source), schedules: schedules, jobs: jobs, store: corpus
        ) { [weak self] in await self?.goneWithDocuments(source.id) }
    }

    private func site(of source: StoredSource) -> any JobSource {
        do {
            let secret = try seal.open(source.secret, name: source.id, owner: StoredSource.owner)
            return try make(source, String(decoding: secret, as: UTF8.self))
        } catch {
            logger.error(
                "a source cannot be read",
                metadata: ["millrace.source": "\(source.id)", "millrace.reason": "\(error)"])
            let definition = source.definition
            return UnusableSource(
                id: source.id,
                description: JobSourceDescription(
                    name: definition.name, kind: "confluence", dialect: definition.kind.rawValue,
                    baseURL: definition.baseURL,
                    ledger: Self.ledger(of: source.id, baseURL: definition.baseURL),
                    spaces: definition.spaces, excludedSpaces: definition.excludedSpaces),
                reason: "\(error)")
        }
    }

    /// Has jobs read a source as it is now, unless a newer revision is read already.
    func install(_ source: StoredSource) {
        let made = runtimeSource(source)
        let base = made.base
        var ask: ReadVerifier.Ask?
        if source.definition.permissions == .verify {
            ask = { try await base.mayRead(document: $0, account: $1) }
        }
        let ledger = Self.ledger(of: source.id, baseURL: source.definition.baseURL)
        installed.withLock { [ask] installed in
            if let known = installed[source.id], known.revision >= source.revision { return }
            installed[source.id] = source
            // Before anything of it is stored.
            verifier?.set(ask, forLedger: ledger)
            jobs.add(made)
        }
    }

    func pause(of source: StoredSource) -> Duration? {
        let minutes = source.definition.syncMinutes
        return source.state == .enabled && minutes > 0 ? .seconds(60 * minutes) : nil
    }
}
