import Components
import Concurrency
import Foundation

/// A SQLite file that flows may ask and cannot change.
///
/// Four things stand in the way of a change, each by itself: the file is opened for reading, `query_only` is set, the
/// statement must be one that SQLite calls read-only, and SQLite's authorizer refuses everything but selecting, reading
/// columns and calling functions while it compiles, so also `ATTACH`, `PRAGMA` and the loading of extensions.
///
/// Full-text tables (FTS4, FTS5) and JSON functions work; R-trees do not, since SQLite compiles their changes with
/// every query.
///
/// Every query has a connection of its own: queries share no state, and a file that was replaced is seen at once.
/// Opening takes a fraction of a millisecond. A database in WAL mode needs its `-wal` and `-shm` beside it, or a folder
/// in which SQLite may make them.
public struct ReadOnlyDatabase: QueryableDatabase {
    /// What one query may use.
    public struct Limits: Sendable, Hashable {
        /// Working time, without the wait for a thread.
        public var time: Duration
        /// Bytes of a result, and of any one value on the way to it.
        public var resultBytes: Int
        /// Bytes of a statement.
        public var statementBytes: Int

        public init(
            time: Duration = .seconds(10), resultBytes: Int = 16 * 1_048_576, statementBytes: Int = 65_536
        ) {
            self.time = time
            self.resultBytes = resultBytes
            self.statementBytes = statementBytes
        }
    }

    let name: String
    let file: URL
    let limits: Limits
    private let threads: BlockingExecutor

    /// - Parameters:
    ///   - name: what flows and messages call it.
    ///   - file: opened with the first query, and anew with each; it need not be there yet.
    ///   - width: queries at once.
    public init(name: String, file: URL, limits: Limits = Limits(), width: Int = 2) {
        self.name = name
        self.file = file
        self.limits = limits
        threads = BlockingExecutor(label: "millrace.query.\(name)", width: width)
    }

    /// A cancelled query stops at its next thousand steps.
    public func query(_ sql: String, limit: Int) async throws -> Table {
        let bytes = Array(sql.utf8)
        guard bytes.count <= limits.statementBytes else {
            throw DatabaseQueryError.refused(
                reason: "it has \(bytes.count) bytes; at most \(limits.statementBytes) are taken")
        }
        guard !bytes.contains(0) else { throw DatabaseQueryError.refused(reason: "it has a zero byte") }
        return try await threads.run { [name, file, limits] in
            let connection = try ReadOnlyConnection(file, name: name, limits: limits)
            return try connection.rows(of: sql, limit: limit)
        }
    }
}
