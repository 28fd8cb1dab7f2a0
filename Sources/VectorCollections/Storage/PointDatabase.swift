import Foundation
import GRDB

/// The points of one collection in an SQLite database: the source of truth, of which the index is derived.
///
/// The vectors are kept here too, as little-endian float32: only so can an index that is lost, damaged or behind be
/// made anew, and a snapshot be one file. They have a table of their own, so that filters, which read every payload,
/// do not read them.
///
/// | table | |
/// |---|---|
/// | `state` | one row: the settings, the number of the last change, the next id to be given |
/// | `points` | `id` as in the index, `name` where the id does not say it (``PointID/key``), `payload`, and the change that wrote it |
/// | `vectors` | the vector of each point |
/// | `removals` | ids that are gone, with the change that removed them, until the index has followed |
struct PointDatabase: Sendable {
    let path: String
    let pool: DatabasePool

    static let fileName = "points.sqlite"
    /// “MVCS”, so that a snapshot is known from any other database.
    static let applicationID: Int32 = 0x4D56_4353
    static let version = 1
    static let readerLimit = 4

    static let schema = """
        CREATE TABLE state (
            one INTEGER PRIMARY KEY CHECK (one = 1), settings TEXT NOT NULL, sequence INTEGER NOT NULL,
            next_id INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE points (
            id INTEGER PRIMARY KEY, name TEXT, payload TEXT NOT NULL, sequence INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX points_by_name ON points (name) WHERE name IS NOT NULL;
        CREATE INDEX points_by_sequence ON points (sequence);
        CREATE TABLE vectors (id INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;
        CREATE TABLE removals (id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL) STRICT;
        """

    /// Makes the database of a new collection; the file must not be there.
    static func create(at path: String, _ settings: CollectionSettings) throws(CollectionError) {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration())
            try queue.write { db in
                try db.execute(sql: schema)
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(version)")
                try db.execute(
                    sql: "INSERT INTO state VALUES (1, ?, 0, ?)",
                    arguments: [try settings.text, Int64(bitPattern: PointID.firstMapped)])
            }
            try queue.close()
        } catch {
            throw CollectionError(error, file: path)
        }
    }

    /// Opens the database of a collection, which must be there.
    init(at path: String) throws(CollectionError) {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw .damaged(file: path, reason: "it is missing")
        }
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration())
            // FULL: an acknowledged write survives a power cut, not only a kill. Said here and not while the
            // connection is prepared, as GRDB says NORMAL behind that when it turns WAL on.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let found = try pool.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
            guard found <= Self.version else {
                throw CollectionError.newerVersion(file: path, found: found, supported: Self.version)
            }
        } catch {
            throw CollectionError(error, file: path)
        }
    }

    static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.maximumReaderCount = readerLimit
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { db in
            // In kB: there may be dozens of collections, each with some connections.
            let cache = db.configuration.readonly ? 1_024 : 4_096
            try db.execute(sql: "PRAGMA cache_size = -\(cache)")
            // Nothing that a file brings along in its schema is run.
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    /// Reads in one snapshot; waits for the disk.
    func read<Value>(_ body: (Database) throws -> Value) throws(CollectionError) -> Value {
        do {
            return try pool.read(body)
        } catch {
            throw CollectionError(error, file: path)
        }
    }
}

extension CollectionSettings {
    /// As they are kept.
    package var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// Of ``text``, where it says none. A version that stores something which older ones must not pass over raises it, and
    /// says it there.
    package static let version = 1

    private struct StoredVersion: Decodable {
        var version: Int?
    }

    /// Settings as they are kept, or why this program cannot use the collection that they are of.
    package static func stored(
        _ text: String, of name: String
    ) -> Result<CollectionSettings, CollectionError> {
        let (decoder, data) = (JSONDecoder(), Data(text.utf8))
        do {
            let found = try decoder.decode(StoredVersion.self, from: data).version ?? version
            guard found <= version else {
                return .failure(.newerCollection(name: name, found: found, supported: version))
            }
            let settings = try decoder.decode(CollectionSettings.self, from: data)
            try settings.check()
            return .success(settings)
        } catch {
            return .failure(
                .damaged(
                    file: "The description of the collection “\(name)”",
                    reason: "its settings are none that this program knows"))
        }
    }
}

extension CollectionError {
    /// What a failure of SQLite, of the index or of the file system means.
    init(_ error: any Error, file: String) {
        switch error {
        case let error as CollectionError: self = error
        case let error as DatabaseError:
            let reason = "\(error.message ?? "no message") (code \(error.extendedResultCode.rawValue))"
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(file: file, reason: reason)
            case .SQLITE_BUSY: self = .busy(reason: "Others are writing.")
            default: self = .storage(file: file, reason: reason)
            }
        case is CancellationError: self = .busy(reason: "The request was given up.")
        default: self = .storage(file: file, reason: String(describing: error))
        }
    }
}
