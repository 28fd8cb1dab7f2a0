import Concurrency
@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

/// What Millrace remembers: spaces, documents, chunks, embeddings and readers, over SQLite.
///
/// The source of truth: both indexes are derived from it. Every write is one transaction; in a
/// folder the database runs in WAL mode, so readers never wait for the writer.
public final class SQLiteCorpus: Sendable {
    let database: any DatabaseWriter
    /// For messages: the database's file, or `:memory:`.
    let path: String
    let accessRules = AccessRuleCache()
    let holdings = SnapshotCache<[String: SpaceHolding]>()
    let facts = PassageFactsCache()
    let evidencePlaces = EvidencePlaces()
    let recentTitles = SnapshotCache<[String]>()
    let activity = ActivityCounters()
    /// SQLite waits for disks and locks; its threads are none of the cooperative pool's.
    let readers = BlockingExecutor(label: "millrace.corpus.read", width: SQLiteCorpus.readerLimit)
    private let writer = BlockingExecutor(label: "millrace.corpus.write", width: 1)
    static let readerLimit = 8
    /// The name of the database in the data folder.
    public static let fileName = "corpus.sqlite"
    private let folder: DataFolder?

    /// Opens the corpus of a data folder, making both if they are not there.
    ///
    /// Holds the folder's lock until the store is released.
    public static func open(at folder: DataFolder) throws(CorpusError) -> SQLiteCorpus {
        let path = folder.url.appendingPathComponent(fileName).path
        var configuration = Self.configuration
        configuration.maximumReaderCount = readerLimit
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // Once more: GRDB says NORMAL behind what prepares a connection when it turns WAL on.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            return try SQLiteCorpus(pool, path: path, folder: folder)
        } catch {
            throw CorpusError(error, path: path)
        }
    }

    /// A corpus that ends with the process: for tests and trials.
    public static func inMemory() throws(CorpusError) -> SQLiteCorpus {
        do {
            return try SQLiteCorpus(
                DatabaseQueue(configuration: Self.configuration), path: ":memory:", folder: nil)
        } catch {
            throw CorpusError(error, path: ":memory:")
        }
    }

    private init(_ database: any DatabaseWriter, path: String, folder: DataFolder?) throws {
        let migrator = Migrations.migrator
        let unknown = try database.read { db in
            try migrator.hasBeenSuperseded(db)
                ? try migrator.appliedIdentifiers(db).subtracting(migrator.migrations).sorted() : []
        }
        guard unknown.isEmpty else { throw CorpusError.newerSchema(path: path, unknownMigrations: unknown) }
        try migrator.migrate(database)
        self.database = database
        self.path = path
        self.folder = folder
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            db.add(function: foldedReason)
            // FULL: an acknowledged write survives a power cut, not only a kill.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // In kB, of each of up to eight readers and of the writer, which touch other pages all the time: the cache is
            // full some day, whatever its size, and what it leaves out the system has in its own.
            try db.execute(sql: "PRAGMA cache_size = -8192")
        }
        return configuration
    }

    /// Reads in one snapshot, on a thread that may wait.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(CorpusError) -> Value {
        activity.readBegan()
        return try await readers.complete { () throws(CorpusError) in
            try self.mapErrors { try self.database.read(body) }
        }
    }

    /// Writes in one transaction, on the one thread that may wait for the disk.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(CorpusError) -> Value {
        try await writer.complete { () throws(CorpusError) in
            try self.mapErrors { try self.database.write(body) }
        }
    }

    /// How much was asked for since the corpus was opened.
    public var statistics: CorpusActivity { activity.now }

    func mapErrors<Value>(_ body: () throws -> Value) throws(CorpusError) -> Value {
        do {
            return try body()
        } catch {
            throw CorpusError(error, path: path)
        }
    }

    static func generation(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT CAST(value AS INTEGER) FROM state WHERE key = 'generation'") ?? 0
    }

    static func advanceGeneration(_ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO state (key, value) VALUES ('generation', '1')
                ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1
                """)
        try ChangeLog.trim(db)
    }
}
