import Concurrency
import Corpus
import Foundation

extension IngestJobs {
    /// Puts a job into the queue, where it outlives the process.
    ///
    /// - Parameters:
    ///   - author: who asks for it, for people.
    ///   - account: for whom what it uses is counted.
    /// - Returns: the job, or one that waits already and reads the same.
    /// - Throws: ``IngestJobError``, ``CorpusError``.
    @discardableResult
    public func submit(
        source id: String, scope: IngestJob.Scope, isDryRun: Bool = false, by author: String = "",
        for account: IngestJob.Account? = nil
    ) async throws -> IngestJob {
        try source(id).check(scope, isDryRun: isDryRun)
        let job = try await enqueue(
            IngestJob(
                id: freshID(), source: id, scope: scope, isDryRun: isDryRun, createdBy: author,
                account: account, createdAt: now()))
        do {
            // It may have been switched off or deleted while the job was stored, and its jobs cancelled before.
            try source(id).check(scope, isDryRun: isDryRun)
        } catch {
            // What took the source's documents out, and the source with them, has done what was asked.
            guard try await cancel(job.id).state == .finished else { throw error }
        }
        return job
    }

    /// Keeps a file and puts its ingest into the queue.
    ///
    /// - Parameters:
    ///   - readers: who may read what is in it; `nil` for a space export, which says so itself.
    ///   - limitBytes: of the file.
    ///   - account: for whom what it uses is counted.
    /// - Throws: ``IngestJobError``, ``CorpusError``, and what reading `pieces` throws.
    public func submit(
        upload pieces: PulledSequence<Data>, named name: String, readers: AccessRule?, isDryRun: Bool = false,
        by author: String = "", for account: IngestJob.Account? = nil
    ) async throws -> IngestJob {
        guard let uploads else { throw IngestJobError.noSuchSource(id: "uploads", known: sources.map(\.id)) }
        let upload = try await uploads.keep(pieces, as: freshID(), named: name, readers: readers)
        do {
            return try await enqueue(
                IngestJob(
                    id: freshID(), source: uploads.id, scope: .upload(upload), isDryRun: isDryRun,
                    createdBy: author, account: account, createdAt: now()))
        } catch {
            // A job that may be there for all that needs its file; if it is not, the file goes as one that no job names.
            if case .outcomeUnknown? = error as? CorpusError { throw error }
            await uploads.remove(upload)
            throw error
        }
    }

    private func enqueue(_ job: IngestJob) async throws -> IngestJob {
        guard let stored = try await store.enqueue(job, limit: Self.waitingLimit) else {
            throw IngestJobError.tooMany(source: job.source, limit: Self.waitingLimit)
        }
        _ = feed(of: stored)
        wake(job.source)
        return stored
    }
}
