import Backends
import Concurrency
import Crypto
import Foundation

/// Moves what a data folder's databases hold to a database server, or back: every row with its numbers, embeddings
/// among them, so that nothing is embedded again.
///
/// Tables are copied one after the other, each before those that name its rows, in pages by key. A page is one
/// transaction at the target, together with how far the table is; so a move that was killed goes on where it was when
/// it is begun again. The source is read as of one moment. At the end both sides are read and compared, row by row.
///
/// What is not in the databases stays where it is: the key of sealed variables, files, collections. Indexes are made
/// anew of the target.
public struct DatabaseMove: Sendable {
    let source: MovePlace
    let target: MovePlace
    let limit: MovePageLimit
    /// Everything waits for disks and servers; the thread is none of the cooperative pool's.
    private let executor = BlockingExecutor(label: "millrace.moving", width: 1)

    /// Hears of each page. What it throws ends the move, which can go on later.
    public typealias Report = @Sendable (MoveProgress) throws -> Void

    public init(from source: MovePlace, to target: MovePlace, limit: MovePageLimit = MovePageLimit()) {
        self.source = source
        self.target = target
        self.limit = limit
    }

    /// Copies what the target lacks and compares everything.
    ///
    /// Cancellation ends it after a page; what is written stays for the next attempt.
    ///
    /// - Throws: ``MovingError``, `CorpusError` (a folder that is in use), `WorkspaceError`, `PostgresError`.
    @discardableResult
    public func run(_ report: @escaping Report = { _ in }) async throws -> MoveOutcome {
        try await perform(makingTarget: true) { source, target in
            let survey = try SourceSurvey(source)
            try Self.copy(from: source, to: target, survey, limit, report)
            let outcome = try Self.compare(source, target, survey, limit, report)
            return (outcome, survey)
        } ending: { target in
            try target.forgetProgress()
        }
    }

    /// Compares both sides and changes nothing.
    ///
    /// - Throws: ``MovingError/different(_:)`` with the first difference of each table, and what ``run(_:)`` throws.
    @discardableResult
    public func check(_ report: @escaping Report = { _ in }) async throws -> MoveOutcome {
        try await perform(makingTarget: false) { source, target in
            try target.beginSnapshot(asSource: false)
            defer { try? target.endSnapshot() }
            let survey = try SourceSurvey(source)
            return (try Self.compare(source, target, survey, limit, report), survey)
        } ending: { _ in
        }
    }

    private func perform(
        makingTarget isMaking: Bool,
        _ body: @escaping @Sendable (any MovingSide, any MovingSide) throws -> (MoveOutcome, SourceSurvey),
        ending end: @escaping @Sendable (any MovingSide) throws -> Void
    ) async throws -> MoveOutcome {
        guard source.name != target.name else { throw MovingError.samePlace(source.name) }
        let opened = (
            source: try await OpenedPlace(source, isThere: true, on: executor),
            target: try await OpenedPlace(target, isThere: !isMaking, on: executor)
        )
        return try await executor.run {
            let (source, target) = (try opened.source.side(), try opened.target.side())
            try source.beginSnapshot(asSource: true)
            defer { try? source.endSnapshot() }
            for table in MovedTable.all {
                try source.checkColumns(of: table)
                try target.checkColumns(of: table)
            }
            let (outcome, survey) = try body(source, target)
            // SQLite has let nobody write meanwhile.
            if source is PostgresSide { try survey.demandUnchanged(source) }
            try end(target)
            return outcome
        }
    }

    /// SHA-256 as people read it.
    static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef")
        return digest.reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
}
