import Concurrency
import Foundation
import GRDB
import Workspace

/// Flows, conversations, runs, files and variables in one SQLite database.
///
/// Every write is acknowledged once it is on the disk; writes that come at once share a transaction (see
/// ``GroupCommit``). Messages alone are acknowledged as soon as they survive the process: a conversation that waits
/// for the disk with each sentence would be slower than the flow that speaks. In a folder the database runs in WAL mode, so readers never wait for the writer, and several
/// processes may have it open: SQLite's own lock lets one of them write at a time.
public final class SQLiteWorkspace: Sendable {
    let database: any DatabaseWriter
    /// For messages: the database's file, or `:memory:`.
    let path: String
    /// The time of changes whose caller gives none.
    let now: @Sendable () -> Date
    /// Whether a queue is to be told of each run that waits.
    let announcesRuns: Bool
    let writes: GroupCommit
    /// SQLite waits for disks and locks; its threads are none of the cooperative pool's.
    private let readers = BlockingExecutor(
        label: "millrace.workspace.read", width: SQLiteWorkspace.readerLimit)
    static let readerLimit = 8
    /// How long a write waits for another process's.
    static let busySeconds = 10
    /// The name of the database in the data folder.
    public static let fileName = "workspace.sqlite"

    /// Opens the workspace of a folder that is there, making its database if need be. Waits for the disk.
    ///
    /// - Parameters:
    ///   - announcesRuns: whether a queue is to be told of each run that waits; see ``Workspace/RunOutbox``.
    ///   - now: the time of changes whose caller gives none.
    public static func open(
        at folder: URL, announcesRuns: Bool = false, now: @escaping @Sendable () -> Date = { Date() }
    ) throws(WorkspaceError) -> SQLiteWorkspace {
        let path = folder.appendingPathComponent(fileName).path
        // One process at a time makes the database and brings its schema level.
        let lock = try OpeningLock(path: folder.appendingPathComponent("workspace.lock").path)
        defer { lock.release() }
        var configuration = Self.configuration
        configuration.maximumReaderCount = readerLimit
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // FULL: an acknowledged write survives a power cut, not only a kill. Said here and not while the
            // connection is prepared, as GRDB says NORMAL behind that when it turns WAL on.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return try SQLiteWorkspace(pool, path: path, announcesRuns: announcesRuns, now: now)
        } catch {
            throw WorkspaceError(error, path: path)
        }
    }

    /// A workspace that ends with the process: for tests and trials.
    public static func inMemory(
        announcesRuns: Bool = false, now: @escaping @Sendable () -> Date = { Date() }
    ) throws(WorkspaceError) -> SQLiteWorkspace {
        do {
            return try SQLiteWorkspace(
                DatabaseQueue(configuration: Self.configuration), path: ":memory:",
                announcesRuns: announcesRuns, now: now)
        } catch {
            throw WorkspaceError(error, path: ":memory:")
        }
    }

    private init(
        _ database: any DatabaseWriter, path: String, announcesRuns: Bool,
        now: @escaping @Sendable () -> Date
    ) throws {
        let migrator = Migrations.migrator
        let unknown = try database.read { db in
            try migrator.hasBeenSuperseded(db)
                ? try migrator.appliedIdentifiers(db).subtracting(migrator.migrations).sorted() : []
        }
        guard unknown.isEmpty else {
            throw WorkspaceError.newerSchema(path: path, unknownMigrations: unknown)
        }
        try migrator.migrate(database)
        self.database = database
        self.path = path
        self.now = now
        self.announcesRuns = announcesRuns
        writes = GroupCommit(database, path: path)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(TimeInterval(busySeconds))
        configuration.prepareDatabase { db in
            // In kB. There are up to eight readers, and what one of them leaves out the system has in its cache.
            let cache = db.configuration.readonly ? 2_048 : 8_192
            try db.execute(sql: "PRAGMA cache_size = -\(cache)")
            // In pages, 32 MB: a busy hour writes the same pages again and again, and each checkpoint waits for the
            // disk twice more than a commit does.
            if !db.configuration.readonly { try db.execute(sql: "PRAGMA wal_autocheckpoint = 8000") }
        }
        return configuration
    }

    /// Reads in one snapshot, on a thread that may wait.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        try await readers.complete { () throws(WorkspaceError) in
            do {
                return try self.database.read(body)
            } catch {
                throw WorkspaceError(error, path: self.path)
            }
        }
    }

    /// Writes all of `body` or nothing, and returns when the disk has it.
    ///
    /// - Parameter body: changes nothing but the database: it is done a second time when the transaction that it
    ///   shared with others fails.
    func write<Value: Sendable>(
        _ durability: GroupCommit.Durability = .power,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        try await writes.write(durability, body)
    }
}
