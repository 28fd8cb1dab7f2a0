import Corpus
import Foundation
import Synchronization

/// Jobs of a database that several processes work on.
extension IngestJobs {
    /// Whether other processes may carry out jobs of the same database.
    public var isShared: Bool { leases != nil }

    /// Whether a source was synced whole, or is being synced, so lately that its next sync, one of many on an
    /// interval, is not due yet. Always `false` where no other process could have done it.
    public func isSyncedElsewhere(_ source: String, within pause: Duration) async throws -> Bool {
        guard isShared else { return false }
        let last = try await jobs(source: source, states: [], before: nil, limit: 20).first { $0.isSync }
        guard let last else { return false }
        guard last.state.isFinal, let end = last.endedAt else { return true }
        return now().timeIntervalSince(end) < 0.9 * (pause / .seconds(1))
    }

    func isLive(_ id: String) -> Bool { state.withLock { $0.live[id] != nil } }

    /// Whether a job of a source waits, or was left by another process: a turn is not asked for in vain.
    func hasWork(_ source: String) async -> Bool {
        guard isShared else { return true }
        let found = try? await store.ingestJobs(
            source: source, states: [.queued, .running, .cancelling], before: nil, limit: 1)
        return found?.isEmpty == false
    }

    /// Goes on with jobs of a source whose turn this process has: whoever else worked on them has lost it.
    func takeOver(_ source: String) async throws {
        guard isShared else { return }
        await claims.forget()
        try await takeOver(
            try await store.ingestJobs(
                source: source, states: [.running, .cancelling], before: nil, limit: .max))
    }

    /// Goes on with jobs whose process is gone.
    func takeOver(_ open: [IngestJob]) async throws {
        let known = Set(lanes.map(\.id))
        let time = now()
        for job in open where !isLive(job.id) {
            guard
                let found = try await store.changeIngestJob(
                    job.id,
                    { job in
                        guard !job.state.isFinal else { return false }
                        job.recover(known: known.contains(job.source), at: time)
                        return true
                    })
            else { continue }
            if found.job.state.isFinal { await lane(found.job.source)?.ended(found.job) }
            feed(of: found.job).apply(found.job)
        }
    }

    // MARK: Following what others do

    /// Follows a job of another process for those who follow it here.
    func watch(_ job: IngestJob, _ feed: JobFeed) {
        guard isShared, !job.state.isFinal, !isLive(job.id),
            state.withLock({ $0.watched.insert(job.id).inserted })
        else { return }
        Task { [weak self] in
            while (try? await Task.sleep(for: Self.savePause)) != nil, let self,
                await self.look(at: job.id, feed)
            {}
            _ = self?.state.withLock { $0.watched.remove(job.id) }
        }
    }

    /// - Returns: whether there is more to come from another process.
    private func look(at id: String, _ feed: JobFeed) async -> Bool {
        guard !isLive(id) else { return false }
        // A database that is away for a moment is asked again.
        guard let found = try? await store.ingestJob(id) else { return true }
        feed.follow(found)
        return !found.state.isFinal
    }
}
