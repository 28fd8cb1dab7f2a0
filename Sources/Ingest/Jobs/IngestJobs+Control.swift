import Corpus
import Synchronization

extension IngestJobs {
    /// Holds a job before its next document, or before its beginning.
    ///
    /// A job that has begun keeps its source's turn: nothing else of the source is read meanwhile.
    ///
    /// - Throws: ``IngestJobError``, ``CorpusError``.
    @discardableResult
    public func pause(_ id: String) async throws -> IngestJob {
        let job = try await change(id, wanted: "queued or running") { job in
            switch job.state {
            case .paused: return true
            case .queued, .running:
                job.enter(.paused)
                return true
            default: return false
            }
        }
        state.withLock { $0.live[id]?.gate }?.follow(job)
        return job
    }

    /// Lets a paused job go on.
    ///
    /// - Throws: ``IngestJobError``, ``CorpusError``.
    @discardableResult
    public func resume(_ id: String) async throws -> IngestJob {
        let isLive = state.withLock { $0.live[id] != nil }
        let job = try await change(id, wanted: "paused") { job in
            switch job.state {
            case .running, .queued: return true
            case .paused:
                job.enter(isLive ? .running : .queued)
                return true
            default: return false
            }
        }
        state.withLock { $0.live[id]?.gate }?.follow(job)
        wake(job.source)
        return job
    }

    /// Ends a job: at once if it has not begun, else at its next safe point. What it has stored stays. One that has
    /// ended stays as it is.
    ///
    /// - Throws: ``IngestJobError/noSuchJob(id:)``, ``CorpusError``.
    @discardableResult
    public func cancel(_ id: String) async throws -> IngestJob {
        let isLive = state.withLock { $0.live[id] != nil }
        let time = now()
        let job = try await change(id, wanted: "open") { job in
            switch job.state {
            case .queued:
                job.cancelWaiting(at: time)
            case .paused where !isLive:
                job.cancelWaiting(at: time)
            case .running, .paused: job.enter(.cancelling)
            case .cancelling, .cancelled, .finished, .failed, .interrupted: break
            }
            return true
        }
        if job.state == .cancelling { state.withLock { $0.live[id]?.cancel }?() }
        if job.state == .cancelled { await lane(job.source)?.ended(job) }
        return job
    }

    /// - Parameters:
    ///   - wanted: the states that `change` takes, for people.
    ///   - change: returns whether the job is in one of them.
    private func change(
        _ id: String, wanted: String, _ change: @escaping @Sendable (inout IngestJob) -> Bool
    ) async throws -> IngestJob {
        guard let stored = try await store.ingestJob(id) else { throw IngestJobError.noSuchJob(id: id) }
        let feed = feed(of: stored)
        let told = feed.job.position
        guard
            let found = try await store.changeIngestJob(
                id,
                { job in
                    job.position = max(job.position, told)
                    return change(&job)
                })
        else { throw IngestJobError.noSuchJob(id: id) }
        guard found.isChanged else {
            throw IngestJobError.wrongState(id: id, state: found.job.state, wanted: wanted)
        }
        feed.apply(found.job)
        return feed.job
    }
}
