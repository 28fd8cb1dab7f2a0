import Foundation
import GRDB

/// Copies of databases as of one moment, taken beside whoever writes to them.
///
/// A read transaction is opened in every database, one right after the other, before the first page is copied. In WAL
/// mode a reader holds up no writer, and what is committed meanwhile is not seen; SQLite's online backup copies within
/// that transaction, some pages a step. Only the WAL cannot be begun anew until the copies are there, so they are made
/// on a local disk and not sent anywhere while the transactions last.
///
/// A database that is not in WAL mode is copied without such a transaction, which would keep its writers waiting:
/// SQLite begins the copy anew when it is changed by others.
enum DatabaseSnapshots {
    struct Copy: Sendable {
        /// The database's path in the data folder.
        var path: String
        /// Where the copy lies.
        var file: URL
        var migrations: [String]?
        /// Paths in the data folder that its rows name.
        var references: Set<String>
        var stamp: String?
    }

    private struct Moment {
        var path: String
        var stamp: String?
        var connection: Connection
    }

    private static let pagesPerStep: CInt = 1_024

    /// Copies `databases` into `staging`, a folder that is there. Waits for the disk.
    ///
    /// - Parameter databases: paths in the data folder; those that name things of others come first, so that what they
    ///   name is there.
    static func take(
        _ databases: [String], of source: BackupSource, into staging: URL, now: Date
    ) throws -> [Copy] {
        var moments: [Moment] = []
        defer { for moment in moments { moment.connection.end() } }
        for path in databases {
            let stamp = stamp(of: path, source, now)
            do {
                let connection = try mapErrors(path, source) { try Connection(source.path(path)) }
                moments.append(Moment(path: path, stamp: stamp, connection: connection))
            } catch {
                // A folder may be removed with the database in it, which is no part of the backup then.
                guard access(source.path(path), F_OK) != 0 else { throw error }
            }
        }
        var byteCount = 0
        for moment in moments {
            byteCount += try mapErrors(moment.path, source) { try moment.connection.byteCount() }
        }
        if let free = DurableFiles.freeBytes(at: staging.path), free < byteCount {
            throw BackupError.noRoom(path: staging.path, neededBytes: byteCount, freeBytes: free)
        }
        return try moments.map { moment in
            let (path, connection) = (moment.path, moment.connection)
            return try mapErrors(path, source) {
                let migrations = try connection.migrations()
                try source.check(migrations, of: path)
                let file = staging.appendingPathComponent("\(UUID().uuidString).copy")
                try connection.copy(to: file, pagesPerStep: pagesPerStep)
                let references = source.references.filter { $0.database == path }
                return Copy(
                    path: path, file: file, migrations: migrations,
                    references: try connection.paths(references), stamp: moment.stamp)
            }
        }
    }

    /// What must stay the same for a database to be unchanged: its file and its log.
    static func stamp(of database: String, _ source: BackupSource, _ now: Date) -> String? {
        let path = source.path(database)
        guard let file = FileStamp(path: path)?.text(at: now) else { return nil }
        guard let log = FileStamp(path: path + "-wal") else { return file }
        return log.text(at: now).map { "\(file)/\($0)" }
    }

    private static func mapErrors<Value>(
        _ path: String, _ source: BackupSource, _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let message = error.message ?? "no reason given"
            throw error.resultCode == .SQLITE_FULL
                ? BackupError.diskFull(path: "the temporary folder")
                : BackupError.database(
                    path: source.path(path), reason: "\(message) (code \(error.extendedResultCode.rawValue))")
        }
    }
}

/// A connection that reads one moment of a database until it ends.
private final class Connection {
    private let queue: DatabaseQueue

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        // The transaction outlives the call that opens it.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = ON") }
        // Not made where there is none any more.
        let address = URL(fileURLWithPath: path).absoluteString
        queue = try DatabaseQueue(path: "\(address)?mode=rw", configuration: configuration)
        try queue.inDatabase { db in
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            guard mode == "wal" else { return }
            try db.beginTransaction(.deferred)
            // A deferred transaction sees the moment of its first reading.
            _ = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master")
        }
    }

    func end() {
        try? queue.inDatabase { db in
            if db.isInsideTransaction { try db.rollback() }
        }
        try? queue.close()
    }

    func byteCount() throws -> Int {
        try queue.inDatabase { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            let size = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0
            let (bytes, overflow) = pages.multipliedReportingOverflow(by: size)
            return overflow ? Int.max : bytes
        }
    }

    /// The steps of its schema that it has taken; `nil` where it keeps no such list.
    func migrations() throws -> [String]? {
        try queue.inDatabase { db in
            guard try db.tableExists("grdb_migrations") else { return nil }
            return try String.fetchAll(
                db, sql: "SELECT identifier FROM grdb_migrations ORDER BY identifier")
        }
    }

    func paths(_ references: [BackupReference]) throws -> Set<String> {
        try queue.inDatabase { db in
            var paths: Set<String> = []
            for reference in references where try db.tableExists(reference.table) {
                paths.formUnion(try String.fetchAll(db, sql: reference.query))
            }
            return paths
        }
    }

    func copy(to file: URL, pagesPerStep: CInt) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        let target = try DatabaseQueue(path: file.path, configuration: configuration)
        try queue.inDatabase { source in
            try target.inDatabase { copy in
                try source.backup(to: copy, pagesPerStep: pagesPerStep) { _ in
                    try Task.checkCancellation()
                }
            }
        }
        try target.close()
    }
}
