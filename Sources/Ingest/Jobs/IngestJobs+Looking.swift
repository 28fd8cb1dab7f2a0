import Concurrency
import Corpus
import Foundation
import Synchronization

extension IngestJobs {
    /// A job as it stands at this moment.
    ///
    /// - Throws: ``IngestJobError/noSuchJob(id:)``, ``CorpusError``.
    public func job(_ id: String) async throws -> IngestJob {
        guard let stored = try await store.ingestJob(id) else { throw IngestJobError.noSuchJob(id: id) }
        return current(stored)
    }

    /// Jobs, newest first, without what dry runs found: ``job(_:)`` has it.
    ///
    /// - Parameter id: the last one of the page before; `nil` for the first page.
    /// - Throws: ``IngestJobError/noSuchJob(id:)``, ``CorpusError``.
    public func jobs(
        source: String?, states: Set<IngestJob.State>, before id: String?, limit: Int
    ) async throws -> [IngestJob] {
        if let id { _ = try await job(id) }
        return try await store.ingestJobs(source: source, states: states, before: id, limit: limit).map {
            var job = current($0)
            job.planned = nil
            return job
        }
    }

    /// What is told about a job, from the first event that is kept, or behind `position`, to its last.
    ///
    /// - Throws: ``IngestJobError/noSuchJob(id:)``, ``CorpusError``.
    public func events(of id: String, after position: Int = -1) async throws -> PulledSequence<JobEvent> {
        guard let stored = try await store.ingestJob(id) else { throw IngestJobError.noSuchJob(id: id) }
        let feed = feed(of: stored)
        watch(stored, feed)
        return feed.events(after: position)
    }

    private func current(_ stored: IngestJob) -> IngestJob {
        // What another process does is known from the database alone.
        if leases != nil, !isLive(stored.id) { return stored }
        guard let known = state.withLock({ $0.feeds[stored.id] })?.job, known.revision >= stored.revision
        else { return stored }
        return known
    }

    /// Counts the stored documents of each space that belongs to a source.
    public func documentsBySpace(of ledger: String) async throws(CorpusError) -> [String: Int] {
        guard !ledger.isEmpty else { return [:] }
        var counts: [String: Int] = [:]
        for key in try await claims.spaces(of: ledger) {
            counts[key] = try await store.documentIDs(inSpace: key).count
        }
        return counts
    }

    /// Jobs that end in this process, from now on, each once its end is stored. Those of other processes are in the
    /// store alone, and so is one that was given up without having been begun.
    public func endings() -> AsyncStream<IngestJob> {
        let (jobs, told) = AsyncStream.makeStream(of: IngestJob.self, bufferingPolicy: .bufferingNewest(100))
        let id = UUID()
        told.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.endings.removeValue(forKey: id) }
        }
        state.withLock { $0.endings[id] = told }
        return jobs
    }
}
