import Corpus
import Foundation
import Ingest
import Logging
import Workspace

/// Tells webhooks of ingest jobs that have ended: `sync.finished`, `sync.failed`, and `ingest.…` of files.
///
/// A job's end is in the database of documents and its webhooks are in the workspace, so that both cannot be written at
/// once. A job is told of after its end is stored, and what ended lately is looked through every now and then, for ends
/// that nobody lived to tell and those of other processes; the outbox takes each job once for each endpoint.
public struct JobNotices: Sendable {
    private let jobs: IngestJobs
    private let webhooks: any WebhookStore
    private let tenant: String?
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// How often what ended lately is looked through.
    static let pause = Duration.seconds(60)
    /// How far back that goes: at the start, and later on.
    static let reach = (first: TimeInterval(86_400), later: TimeInterval(3_600))
    /// Jobs that one look reads at once, and how often.
    static let page = 500
    static let pages = 20

    /// - Parameter tenant: whose jobs these are, and whose owners' webhooks are told; `nil` where tenants are not kept apart.
    public init(
        _ jobs: IngestJobs, webhooks: any WebhookStore, tenant: String?, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.jobs = jobs
        self.webhooks = webhooks
        self.tenant = tenant
        self.logger = logger
        self.now = now
    }

    /// Tells until its task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            // Asked for before the look, so that none ends between the two.
            let endings = jobs.endings()
            group.addTask {
                for await job in endings { await tell(of: job) }
            }
            group.addTask {
                var reach = Self.reach.first
                while !Task.isCancelled {
                    await lookThrough(since: now().addingTimeInterval(-reach))
                    reach = Self.reach.later
                    try? await Task.sleep(for: Self.pause)
                }
            }
        }
    }

    /// Tells of every job that ended at `time` or later and of which nothing was told.
    public func lookThrough(since time: Date) async { await lookThrough(since: time, page: Self.page) }

    /// Jobs come by when they were asked for, the newest first: one that took long ends behind many that were asked for later.
    func lookThrough(since time: Date, page: Int) async {
        do {
            var last: String?
            for _ in 0..<Self.pages {
                let found = try await jobs.jobs(
                    source: nil, states: [.finished, .failed, .interrupted], before: last, limit: page)
                let ended = found.filter { job in job.endedAt.map { $0 >= time } ?? false }
                for job in ended { await tell(of: job) }
                guard found.count == page, !ended.isEmpty, !Task.isCancelled else { return }
                last = found.last?.id
            }
        } catch {
            logger.warning(
                "ingest jobs that have ended could not be looked through",
                metadata: ["millrace.reason": "\(error)"])
        }
    }

    private func tell(of job: IngestJob) async {
        guard let message = EndedJobMessage(job, sourceName: (try? jobs.source(job.source))?.description.name)
        else { return }
        do {
            _ = try await webhooks.tell(of: message, tenant: tenant)
        } catch {
            logger.warning(
                "webhooks could not be told of an ingest job; it is tried again",
                metadata: ["millrace.job": "\(job.id)", "millrace.reason": "\(error)"])
        }
    }
}

extension EndedJobMessage {
    /// - Parameter sourceName: `nil` for a source that is there no more.
    /// - Returns: `nil` for a job that has not ended, that somebody cancelled, or that changed nothing on purpose.
    init?(_ job: IngestJob, sourceName: String?) {
        guard let ended = job.endedAt, !job.isDryRun else { return nil }
        var isFile = false
        if case .upload = job.scope { isFile = true }
        let event: WebhookEvent
        switch job.state {
        case .finished: event = isFile ? .ingestFinished : .syncFinished
        case .failed, .interrupted: event = isFile ? .ingestFailed : .syncFailed
        case .queued, .running, .paused, .cancelling, .cancelled: return nil
        }
        let counts = job.counts
        self.init(
            id: job.id, event: event, source: job.source, sourceName: sourceName ?? job.source,
            scope: job.scope.description, state: job.state.rawValue, attempts: job.attempts,
            createdAt: job.createdAt, startedAt: job.startedAt, endedAt: ended,
            counts: [
                "seen": counts.seen, "stored": counts.stored, "unchanged": counts.unchanged,
                "readers_changed": counts.readersChanged, "removed": counts.removed,
                "failed": counts.failed, "left_out": counts.leftOut, "chunks": counts.chunks,
                "embedded": counts.embedded,
            ], failures: counts.failed)
    }
}
