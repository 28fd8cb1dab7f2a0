import Foundation
import GRDB
import Synchronization

/// What Millrace remembers: spaces, documents, chunks, embeddings, readers and full text, over SQLite.
///
/// The source of truth: the vector index is derived from it. Every write is one transaction; in a
/// folder the database runs in WAL mode, so readers never wait for the writer.
public final class CorpusStore: Sendable {
    let database: any DatabaseWriter
    /// For messages: the database's file, or `:memory:`.
    let path: String
    let accessCache = Mutex(AccessCache())
    private let folder: DataFolder?

    /// Opens the corpus of a data folder, making both if they are not there.
    ///
    /// Holds the folder's lock until the store is released.
    public static func open(at folder: DataFolder) throws(CorpusError) -> CorpusStore {
        let path = folder.url.appendingPathComponent("corpus.sqlite").path
        var configuration = Self.configuration
        configuration.maximumReaderCount = 8
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            return try CorpusStore(pool, path: path, folder: folder)
        } catch {
            throw CorpusError(error, path: path)
        }
    }

    /// A corpus that ends with the process: for tests and trials.
    public static func inMemory() throws(CorpusError) -> CorpusStore {
        do {
            return try CorpusStore(
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
            // FULL: an acknowledged write survives a power cut, not only a kill.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // In kB. There are up to eight readers, and what one of them leaves out the system has in its cache.
            let cache = db.configuration.readonly ? 8_192 : 32_768
            try db.execute(sql: "PRAGMA cache_size = -\(cache)")
        }
        return configuration
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(CorpusError) -> Value {
        do {
            return try database.read(body)
        } catch {
            throw CorpusError(error, path: path)
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(CorpusError) -> Value {
        do {
            return try database.write(body)
        } catch {
            throw CorpusError(error, path: path)
        }
    }

    /// Reads a small named value, such as the time of the last sync.
    public func state(_ key: String) throws(CorpusError) -> String? {
        try read { try String.fetchOne($0, sql: "SELECT value FROM state WHERE key = ?", arguments: [key]) }
    }

    /// Writes a small named value; `nil` removes it.
    public func setState(_ key: String, _ value: String?) throws(CorpusError) {
        try write { db in
            if let value {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)", arguments: [key, value])
            } else {
                try db.execute(sql: "DELETE FROM state WHERE key = ?", arguments: [key])
            }
        }
    }

    /// Grows with every transaction that changes chunks or who may read them. Caches are keyed by it.
    public var generation: Int64 {
        get throws(CorpusError) {
            try read { try Self.generation($0) }
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
    }
}
