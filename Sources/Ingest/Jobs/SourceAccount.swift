import Corpus
import Foundation

/// What several who read one source share: whose turn it is, and what failed.
public struct SourceAccount: Sendable {
    let turn: IngestTurn
    private let log: any IngestFailureLog
    private let source: String

    /// - Parameters:
    ///   - turn: of ``IngestJobs/turn(of:)``.
    ///   - source: its id.
    public init(turn: IngestTurn, log: any IngestFailureLog, source: String) {
        self.turn = turn
        self.log = log
        self.source = source
    }

    /// Notes what failed and what did not any more.
    ///
    /// - Parameter isWhole: whether all of the source was to be read.
    func note(_ outcome: IngestOutcome, isWhole: Bool, at time: Date) async throws(CorpusError) {
        let report = outcome.report
        let hasEnded = report.stopReason == nil && !report.isInterrupted
        try await log.noteFailures(
            report.failures(at: time), of: source, seen: outcome.seen, isWhole: isWhole && hasEnded)
    }
}
