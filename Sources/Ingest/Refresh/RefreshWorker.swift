import Corpus
import Foundation
import Logging
import Sourcing
import Synchronization

/// Reads anew what waits in the corpus's queue of refresh requests, while the server answers.
///
/// The queue is in the database: a request that was accepted survives a restart, and is done at least once. One
/// that fails is tried again with growing pauses, and given up after ``attemptLimit``; the next sync finds what it
/// meant.
public final class RefreshWorker: Sendable {
    public static let attemptLimit = 8
    /// Requests that are read together.
    private static let batch = 100
    /// How often the queue is looked at for what was put off.
    private static let pause = Duration.seconds(2)

    private let store: any RefreshQueue & StateStore
    private let pipeline: IngestPipeline
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let account: SourceAccount?
    private let source: @Sendable (_ targets: [String]) throws -> any DocumentSource
    private let wake: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

    /// - Parameters:
    ///   - pipeline: over the store and the index that the server answers from.
    ///   - account: of the source, where jobs read it too.
    ///   - source: reads targets anew.
    public init(
        store: any RefreshQueue & StateStore, pipeline: IngestPipeline, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }, account: SourceAccount? = nil,
        source: @escaping @Sendable (_ targets: [String]) throws -> any DocumentSource
    ) {
        self.store = store
        self.pipeline = pipeline
        self.logger = logger
        self.now = now
        self.account = account
        self.source = source
        wake = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Puts targets into the queue, where they outlive the process, and wakes the worker.
    public func request(_ targets: [String]) async throws {
        try await store.requestRefresh(targets, at: now())
        wake.continuation.yield()
    }

    /// Works until its task is cancelled.
    ///
    /// - Parameters:
    ///   - targets: are requested by themselves, again and again; none are unless told.
    ///   - pause: how long it waits before each time.
    public func run(requesting targets: [String] = [], every pause: Duration? = nil) async {
        await withTaskGroup(of: Void.self) { group in
            if let pause, !targets.isEmpty {
                group.addTask {
                    while (try? await Task.sleep(for: pause)) != nil { await self.requestByItself(targets) }
                }
            }
            group.addTask { [wake] in
                // What was put off comes due without anybody calling.
                while (try? await Task.sleep(for: Self.pause)) != nil { wake.continuation.yield() }
                wake.continuation.finish()
            }
            wake.continuation.yield()
            for await _ in wake.stream {
                while !Task.isCancelled, await drain() != nil {}
            }
            group.cancelAll()
        }
    }

    private func requestByItself(_ targets: [String]) async {
        do {
            try await request(targets)
        } catch {
            logger.error("a sync could not be requested", metadata: ["millrace.reason": "\(error)"])
        }
    }

    /// Reads what is due now.
    ///
    /// - Returns: `nil` when nothing is due, or the queue cannot be read.
    @discardableResult
    public func drain() async -> IngestReport? {
        guard let turn = account?.turn else { return await drainNow() }
        // A turn among several processes is not asked for in vain.
        guard let due = try? await store.dueRefreshes(at: now(), limit: 1), !due.isEmpty else { return nil }
        return (try? await turn.hold { await drainNow() }) ?? nil
    }

    private func drainNow() async -> IngestReport? {
        do {
            let due = try await store.dueRefreshes(at: now(), limit: Self.batch)
            guard !due.isEmpty else { return nil }
            let outcome = await pipeline.outcome(of: try source(due.map(\.target)))
            let report = outcome.report
            try await settle(due, report)
            try await account?.note(
                outcome, isWhole: due.contains { $0.target.hasPrefix("site:") }, at: now())
            if report.exitCode == 0 { try await store.setState("synced_at", now().formatted(.iso8601)) }
            logger.info(
                "read anew what was asked for",
                metadata: [
                    "millrace.targets": "\(due.count)", "millrace.failed": "\(report.pages.failed)",
                    "millrace.seconds": "\(report.seconds)",
                ])
            return report
        } catch {
            logger.error("the refresh queue cannot be worked on", metadata: ["millrace.reason": "\(error)"])
            return nil
        }
    }

    private func settle(_ requests: [RefreshRequest], _ report: IngestReport) async throws {
        // Whoever starts next goes on with them; nothing failed.
        if report.isInterrupted { return }
        let hasEnded = report.stopReason == nil
        let failed = Set(report.skipped.filter(\.isFailure).map(\.id))
        // A failure that no target names hangs below one of them, and what was closed may be any one's: all are
        // tried again.
        let isNamed =
            report.closed.isEmpty
            && failed.allSatisfy { id in requests.contains { Self.names($0.target, id) } }
        let again = requests.filter { request in
            if !hasEnded { return true }
            let isNamedFailure = failed.contains { Self.names(request.target, $0) }
            // A whole site or space is not read again for one bad page in it: the next sync is.
            let isSync = request.target.hasPrefix("site:") || request.target.hasPrefix("space:")
            return isNamedFailure || (!isSync && !isNamed)
        }
        try await store.finishRefreshes(requests.filter { !again.contains($0) })
        for request in again {
            let pause = TimeInterval(5 << min(request.attempts, 10))
            try await store.postponeRefreshes([request], until: now() + pause, limit: Self.attemptLimit)
        }
    }

    /// Whether a skipped id is the target itself: a content by its id, or a space as `space:KEY`.
    private static func names(_ target: String, _ id: String) -> Bool {
        target == id || target.hasSuffix(":\(id)")
    }
}
