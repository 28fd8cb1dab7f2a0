import Foundation

/// Keeps ingest jobs, so that what was accepted outlives the process.
public protocol IngestJobStore: Sendable {
    /// Stores a job that waits for its turn, and forgets the oldest that have ended beyond what is kept.
    ///
    /// - Returns: the job as it is stored: one that waits already and reads the same, or this; `nil` when
    ///   `limit` jobs of its source wait.
    func enqueue(_ job: IngestJob, limit: Int) async throws(CorpusError) -> IngestJob?

    func ingestJob(_ id: String) async throws(CorpusError) -> IngestJob?

    /// Newest first. What dry runs found (``IngestJob/planned``) may be left out: ``ingestJob(_:)`` has it.
    ///
    /// - Parameters:
    ///   - source: `nil` for all.
    ///   - states: empty for all.
    ///   - id: the last job of the page before; `nil` for the first page.
    func ingestJobs(
        source: String?, states: Set<IngestJob.State>, before id: String?, limit: Int
    ) async throws(CorpusError) -> [IngestJob]

    /// The job of `source` that waits longest and is not held beyond `time` (``IngestJob/heldUntil``), which is `running`
    /// from then on; `nil` when none waits.
    func takeIngestJob(source: String, at time: Date) async throws(CorpusError) -> IngestJob?

    /// Changes a job in one transaction.
    ///
    /// - Parameter change: returns whether it changed anything; it may be called more than once.
    /// - Returns: the job as it is then, and whether it was changed; `nil` when it is not there.
    func changeIngestJob(
        _ id: String, _ change: @escaping @Sendable (inout IngestJob) -> Bool
    ) async throws(CorpusError) -> (job: IngestJob, isChanged: Bool)?
}

/// Which documents of a source failed when they were last read.
public protocol IngestFailureLog: Sendable {
    /// Notes what a reading of a source found.
    ///
    /// - Parameters:
    ///   - seen: ids that the reading told of: what it did not fail with is forgotten.
    ///   - isWhole: whether all of the source was read to its end: everything else is forgotten too.
    func noteFailures(
        _ failures: [IngestFailure], of source: String, seen: Set<String>, isWhole: Bool
    ) async throws(CorpusError)

    /// By id.
    ///
    /// - Parameters:
    ///   - reason: only failures for this one, as ``IngestFailureReason/folded(_:)`` has it; `nil` for all.
    ///   - id: the last one of the page before; empty for the first page.
    func ingestFailures(
        of source: String, for reason: String?, after id: String, limit: Int
    ) async throws(CorpusError) -> [IngestFailure]

    /// What documents of a source failed for: the most frequent reason first, equal ones by their words.
    func ingestFailureReasons(
        of source: String, limit: Int
    ) async throws(CorpusError) -> [IngestFailureReason]

    func countIngestFailures(of source: String) async throws(CorpusError) -> Int

    /// Counts the stored documents of the spaces that syncs of a source read, whoever may read them.
    ///
    /// - Parameter ledger: the source as ``SyncLedger`` knows it.
    func documentCounts(ofSource ledger: String) async throws(CorpusError) -> [Document.Kind: Int]
}

extension IngestFailureLog {
    /// By id, for whatever reason.
    public func ingestFailures(
        of source: String, after id: String, limit: Int
    ) async throws(CorpusError) -> [IngestFailure] {
        try await ingestFailures(of: source, for: nil, after: id, limit: limit)
    }
}
