import Components
import Foundation
import GRDBSQLite

/// A connection to SQLite that reads, for one query on one thread.
///
/// SQLite's own interface and not GRDB's: GRDB has the connection's only authorizer for itself.
final class ReadOnlyConnection {
    private let handle: OpaquePointer
    private let name: String
    private let limits: ReadOnlyDatabase.Limits
    private let watch: QueryWatch

    /// Steps of SQLite's machine between two looks at the clock: some 10 µs.
    private static let stepsPerLook: Int32 = 1_000
    /// Milliseconds for which a lock of a writer is waited for.
    private static let lockWait: Int32 = 2_000

    init(_ file: URL, name: String, limits: ReadOnlyDatabase.Limits) throws(DatabaseQueryError) {
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(file.path, &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle = opened else {
            let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory is left"
            // SQLite gives a handle with most failures, which is to be closed as well.
            sqlite3_close_v2(opened)
            throw .unreadable(name: name, reason: "\(reason).")
        }
        self.handle = handle
        self.name = name
        self.limits = limits
        watch = QueryWatch(limit: limits.time)
        setLimits()
        try check(
            sqlite3_exec(handle, "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF", nil, nil, nil))
        // From here on nothing but reading is compiled.
        sqlite3_set_authorizer(
            handle, { _, action, first, second, _, _ in permit(action, first, second) }, nil)
    }

    // The statements of `rows(of:limit:)` are finalized there, so nothing holds the connection.
    deinit { sqlite3_close_v2(handle) }

    /// What SQLite refuses by itself.
    private func setLimits() {
        for (limit, value) in [
            (SQLITE_LIMIT_LENGTH, limits.resultBytes),
            (SQLITE_LIMIT_EXPR_DEPTH, 200), (SQLITE_LIMIT_COMPOUND_SELECT, 100), (SQLITE_LIMIT_COLUMN, 2_000),
            (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000), (SQLITE_LIMIT_ATTACHED, 0),
            (SQLITE_LIMIT_WORKER_THREADS, 0),
        ] {
            sqlite3_limit(handle, limit, Int32(clamping: value))
        }
        sqlite3_busy_timeout(handle, Self.lockWait)
        // The connection keeps the watch, and outlives every call of SQLite that may ask it.
        sqlite3_progress_handler(
            handle, Self.stepsPerLook,
            { watch in
                guard let watch else { return 1 }
                return Unmanaged<QueryWatch>.fromOpaque(watch).takeUnretainedValue().mustStop ? 1 : 0
            }, Unmanaged.passUnretained(watch).toOpaque())
    }

    /// The rows of one statement.
    ///
    /// - Parameter limit: rows; more are refused.
    func rows(of sql: String, limit: Int) throws -> Table {
        let statement = try compiled(sql)
        defer { sqlite3_finalize(statement) }
        let columns = Self.columns(of: statement)
        var rows: [Record] = []
        var bytes = 0
        while true {
            let code = sqlite3_step(statement)
            guard code == SQLITE_ROW else {
                if code == SQLITE_INTERRUPT, !watch.isOverdue { throw CancellationError() }
                guard code == SQLITE_DONE else { throw failure(code) }
                return Table(rows, columns: columns)
            }
            guard rows.count < limit else { throw DatabaseQueryError.tooManyRows(limit: limit) }
            let row = SQLiteRow(statement, columns: columns)
            bytes += row.byteCount
            guard bytes <= limits.resultBytes else {
                throw DatabaseQueryError.tooLarge(limitBytes: limits.resultBytes)
            }
            rows.append(row.record)
        }
    }

    /// The only statement of a text.
    private func compiled(_ sql: String) throws -> OpaquePointer {
        try sql.withCString { text in
            var statement: OpaquePointer?
            var rest: UnsafePointer<CChar>?
            try check(sqlite3_prepare_v2(handle, text, -1, &statement, &rest))
            guard let statement else { throw DatabaseQueryError.empty }
            do {
                var next: OpaquePointer?
                // Spaces and comments compile to nothing; SQLite passes over semicolons.
                let code = sqlite3_prepare_v2(handle, rest, -1, &next, nil)
                sqlite3_finalize(next)
                guard code == SQLITE_OK, next == nil else {
                    throw DatabaseQueryError.refused(reason: "there are several statements")
                }
                guard sqlite3_stmt_readonly(statement) != 0 else {
                    throw DatabaseQueryError.refused(reason: "it changes the database")
                }
                return statement
            } catch {
                sqlite3_finalize(statement)
                throw error
            }
        }
    }

    private func check(_ code: Int32) throws(DatabaseQueryError) {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseQueryError {
        let message = String(cString: sqlite3_errmsg(handle))
        // The low byte is the plain code, the rest says more of it.
        switch code & 0xFF {
        case SQLITE_AUTH: return .refused(reason: message)
        case SQLITE_INTERRUPT: return .tooSlow(limit: limits.time)
        case SQLITE_TOOBIG: return .tooLarge(limitBytes: limits.resultBytes)
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy(name: name)
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_PERM:
            return .unreadable(name: name, reason: "\(message).")
        case SQLITE_READONLY: return .refused(reason: message)
        // A function or a table that may not be had is told with the code of any mistake.
        default:
            return message.hasPrefix("not authorized")
                ? .refused(reason: message) : .failed(reason: "\(message).")
        }
    }

    /// The names of the result's columns; one that stands twice gets a number.
    private static func columns(of statement: OpaquePointer) -> [String] {
        var seen: Set<String> = []
        return (0..<sqlite3_column_count(statement)).map { column in
            let name = sqlite3_column_name(statement, column).map { String(cString: $0) } ?? "column"
            var new = name
            var number = 2
            while !seen.insert(new).inserted {
                new = "\(name)_\(number)"
                number += 1
            }
            return new
        }
    }
}

/// What a statement may be made of; everything else is refused while it is compiled.
///
/// Functions that reach outside of the database are refused by name. Three things are let through because full-text
/// tables and `json_each` need them where a query does not say so: SQLite asks whether it may update `sqlite_master`
/// when it connects to a virtual table, and the tables ask for `data_version` and `page_size`. A statement that itself
/// updates `sqlite_master` is refused by SQLite, and for not being read-only; the numbers anybody may know.
private func permit(
    _ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?
) -> Int32 {
    let isPermitted =
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: true
        case SQLITE_FUNCTION: !outsideFunctions.contains(lowercased(second))
        case SQLITE_UPDATE: lowercased(first) == "sqlite_master"
        case SQLITE_PRAGMA: second == nil && ["data_version", "page_size"].contains(lowercased(first))
        default: false
        }
    return isPermitted ? SQLITE_OK : SQLITE_DENY
}

private let outsideFunctions: Set<String> = [
    "edit", "fts3_tokenizer", "load_extension", "readfile", "writefile",
]

private func lowercased(_ text: UnsafePointer<CChar>?) -> String {
    text.map { String(cString: $0).lowercased() } ?? ""
}
