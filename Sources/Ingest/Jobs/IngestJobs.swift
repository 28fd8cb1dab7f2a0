import Concurrency
import Corpus
import Foundation
import Logging
import Sourcing
import Synchronization

/// Ingests inside a process that serves: jobs that wait for their turn, run, and tell how far they are.
///
/// Of each source one job runs at a time, the one that waits longest; jobs of different sources run side by side.
/// Jobs are in the database: one that was accepted outlives the process, and one that was running is begun again by
/// the next process, which finds what was stored unchanged. After ``attemptLimit`` processes that ended under it, a
/// job is given up as `interrupted`.
public final class IngestJobs: Sendable {
    /// How often a job is begun before it is given up.
    public static let attemptLimit = 3
    /// Jobs of a source that may wait.
    public static let waitingLimit = 100
    /// How often the database is asked for jobs although nobody called.
    private static let pause = Duration.seconds(5)
    /// How often files are looked for that processes left behind.
    private static let tidyingPause = Duration.seconds(86_400)
    /// Ended jobs whose events are kept.
    private static let endedFeeds = 64

    /// Does the work of a job, and counts what it uses.
    public typealias Accounting =
        @Sendable (_ job: IngestJob, _ work: @escaping @Sendable () async -> Void) async -> Void

    struct Live {
        var gate: JobGate
        /// Ends its work at the next safe point.
        var cancel: @Sendable () -> Void
    }

    struct State {
        var feeds: [String: JobFeed] = [:]
        /// Ids of feeds, oldest first.
        var feedOrder: [String] = []
        /// Jobs that run, by id.
        var live: [String: Live] = [:]
        /// What jobs read, by id.
        var lanes: [String: Lane] = [:]
        /// Ids of the lanes, in the order in which they came.
        var laneOrder: [String] = []
        /// Takes the ids of lanes that work is to begin on, while ``run()`` runs.
        var openings: AsyncStream<String>.Continuation?
        /// Those who are told of jobs that end.
        var endings: [UUID: AsyncStream<IngestJob>.Continuation] = [:]
        /// Jobs of other processes that are looked at for somebody.
        var watched: Set<String> = []
    }

    /// Takes files; `nil` where none are taken.
    public let uploads: UploadSource?
    /// Takes no more files, and reads those that wait; `nil` where there are none.
    let earlierUploads: UploadSource?
    let store: any DocumentStore & IngestFailureLog & IngestJobStore & StateStore & SyncLedger
    /// Whose turn it is among the processes that share the database; `nil` where this one has it for itself.
    let leases: (any SourceLeases)?
    /// Names this process to the others.
    let worker: String
    let ledgers = LedgerNames()
    /// Which source each space belongs to.
    public let claims: SpaceClaims
    let pipeline: @Sendable (_ isDryRun: Bool) async throws -> IngestPipeline
    let accounting: Accounting
    let logger: Logger
    let now: @Sendable () -> Date
    let freshID: @Sendable () -> String
    let state = Mutex(State())

    /// - Parameters:
    ///   - sources: what is read from the beginning; others may come and go (``IngestJobs/add(_:)``).
    ///   - pipeline: over the store and the indexes that the server answers from. It must not level the indexes:
    ///     another job may write to them at the same time.
    ///   - earlierUploads: has files that were taken before `uploads` was, elsewhere; their jobs are still carried out.
    ///   - leases: of the store, where other processes may work on it.
    ///   - verifier: asks sources before documents are shown; `nil` where none is asked.
    ///   - accounting: counts what jobs use; each attempt uses what it uses.
    ///   - freshID: names jobs and uploads.
    public init(
        store: any DocumentStore & IngestFailureLog & IngestJobStore & StateStore & SyncLedger,
        sources: [any JobSource],
        uploads: UploadSource? = nil, earlierUploads: UploadSource? = nil, leases: (any SourceLeases)? = nil,
        verifier: ReadVerifier? = nil,
        accounting: @escaping Accounting = { _, work in await work() }, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() },
        freshID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() },
        pipeline: @escaping @Sendable (_ isDryRun: Bool) async throws -> IngestPipeline
    ) {
        self.store = store
        claims = SpaceClaims(store: store, sources: ledgers, verifier: verifier)
        self.uploads = uploads
        self.earlierUploads = earlierUploads
        self.leases = leases
        worker = UUID().uuidString.lowercased()
        self.logger = logger
        self.now = now
        self.freshID = freshID
        self.pipeline = pipeline
        self.accounting = accounting
        for source in sources { add(source) }
        for files in [uploads, earlierUploads].compactMap(\.self) { add(files) }
    }

    /// One of ``sources``.
    ///
    /// - Throws: ``IngestJobError/noSuchSource(id:known:)``.
    public func source(_ id: String) throws(IngestJobError) -> any JobSource {
        guard let found = sources.first(where: { $0.id == id }) else {
            throw .noSuchSource(id: id, known: sources.map(\.id))
        }
        return found
    }

    func feed(of job: IngestJob) -> JobFeed {
        state.withLock { state in
            if let feed = state.feeds[job.id] { return feed }
            let feed = JobFeed(job, isNew: true)
            state.feeds[job.id] = feed
            state.feedOrder.append(job.id)
            if state.feedOrder.count > 2 * Self.endedFeeds { state.forgetFeeds(besides: Self.endedFeeds) }
            return feed
        }
    }

    /// Removes a document from the database and from the indexes that follow it. It comes back when its source is
    /// read in full and still has it.
    public func removeDocument(_ id: String) async throws {
        try await pipeline(false).removeDocuments([id])
    }

    /// Carries jobs out until the task is cancelled. What runs then is stopped at its next safe point, and taken up
    /// again by the next process.
    public func run() async {
        await recover()
        await withDiscardingTaskGroup { group in
            if uploads?.isShared == true {
                group.addTask {
                    repeat { await self.tidy() } while (try? await Task.sleep(for: Self.tidyingPause)) != nil
                }
            }
            for await id in openings() { group.addTask { await self.work(id) } }
        }
    }

    /// Carries out the jobs of a lane until the task is cancelled or the lane is removed.
    private func work(_ id: String) async {
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        guard begin(lane: id, wake) else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while (try? await Task.sleep(for: Self.pause)) != nil { wake.yield() }
                wake.finish()
            }
            wake.yield()
            for await _ in wakes {
                // Asked for anew each time: it may have been replaced meanwhile.
                while !Task.isCancelled, let source = lane(id), await runNext(of: source) != nil {}
            }
            group.cancelAll()
        }
    }
}

extension IngestJobs.State {
    /// Forgets the oldest feeds of jobs that have ended; who follows one keeps it.
    mutating func forgetFeeds(besides kept: Int) {
        let ended = feedOrder.filter { feeds[$0]?.job.state.isFinal ?? true }
        for id in ended.dropLast(kept) { feeds[id] = nil }
        feedOrder.removeAll { feeds[$0] == nil }
    }
}
