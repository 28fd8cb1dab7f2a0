import Concurrency
import Corpus
import Foundation
import GRDB

/// What the database of a data folder holds, read without changing a byte of the folder: its lock is not taken,
/// nothing is migrated, and no file comes to be.
///
/// SQLite writes beside a database in WAL mode even for a reader: it makes the log (`-wal`) and the shared memory
/// (`-shm`) where they are missing, and notes its readers in the latter. Parameters of the URI keep it from that:
///
/// | beside the database | opened with | because |
/// |---|---|---|
/// | `-wal` and `-shm` | `readonly_shm=1` | a process has it open, or was killed. The log holds changes. What the shared memory says counts only while a process keeps it; without one SQLite reads the log into its own |
/// | no `-wal`, or an empty one | `immutable=1` | the database is whole in its file, and SQLite would make both |
/// | `-wal` without `-shm` | `immutable=1` | somebody copied the folder. The log cannot be read without making the other: ``leavesOutLog`` |
///
/// `immutable` promises that nobody writes, so that no lock is taken. Nobody can promise it, so the files are
/// looked at again afterwards, and read again if they have changed.
public struct CorpusInspection: Sendable, Equatable {
    /// Documents stored.
    public let documentCount: Int
    /// Chunks stored, by the name of the model that embedded them.
    public let chunkCounts: [String: Int]
    /// When a source was last read whole, in ISO 8601.
    public let lastSync: String?
    /// The number of the state of the data, with which derived indexes are compared.
    public let generation: Int64
    /// Steps of the schema that the next opening takes, in order.
    public let pendingMigrations: [String]
    /// Whether there is a log of changes that was not read.
    public let leavesOutLog: Bool

    /// How often a database that changes meanwhile is read anew.
    private static let attemptLimit = 5

    /// Reads the database in `folder`.
    ///
    /// - Returns: `nil` if there is none.
    /// - Throws: ``CorpusError/damaged(path:reason:)``, ``CorpusError/newerSchema(path:unknownMigrations:)``, or
    ///   ``CorpusError/database(path:code:message:)``, with which another attempt may help.
    public static func read(folder: URL) async throws(CorpusError) -> CorpusInspection? {
        let file = folder.appendingPathComponent(SQLiteCorpus.fileName)
        let thread = BlockingExecutor(label: "millrace.corpus.inspect", width: 1)
        return try await thread.complete { () throws(CorpusError) in try inspect(file) }
    }

    private static func inspect(_ file: URL) throws(CorpusError) -> CorpusInspection? {
        for attempt in 1... {
            guard let before = Surroundings(file) else { return nil }
            let outcome = Result { try before.open(file).read { try CorpusInspection($0, before, file) } }
            switch outcome {
            case .success(let inspection) where before.isReadWithLocks: return inspection
            case _ where attempt < attemptLimit && Surroundings(file) != before: continue
            case .success(let inspection): return inspection
            case .failure(let error): throw refusal(error, path: file.path)
            }
        }
        return nil
    }

    /// That nothing may be written is what was asked for, so it must not be told as a fault of the folder.
    private static func refusal(_ error: any Error, path: String) -> CorpusError {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_READONLY {
            return .database(
                path: path, code: error.extendedResultCode.rawValue,
                message: "it cannot be read at this moment without writing beside it; try again")
        }
        return CorpusError(error, path: path)
    }

    private init(_ db: Database, _ surroundings: Surroundings, _ file: URL) throws {
        let migrator = Migrations.migrator
        let applied = try migrator.appliedIdentifiers(db)
        let unknown = applied.subtracting(migrator.migrations).sorted()
        guard unknown.isEmpty else {
            throw CorpusError.newerSchema(path: file.path, unknownMigrations: unknown)
        }
        pendingMigrations = migrator.migrations.filter { !applied.contains($0) }
        leavesOutLog = surroundings.leavesOutLog
        // A process that was killed early leaves a database without tables.
        guard try db.tableExists("document") else {
            (documentCount, chunkCounts, lastSync, generation) = (0, [:], nil, 0)
            return
        }
        documentCount = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM document") ?? 0
        let rows = try Row.fetchAll(db, sql: "SELECT model, COUNT(*) AS chunks FROM chunk GROUP BY model")
        chunkCounts = Dictionary(rows.map { ($0["model"], $0["chunks"]) }, uniquingKeysWith: +)
        lastSync = try String.fetchOne(db, sql: "SELECT value FROM state WHERE key = 'synced_at'")
        generation = try SQLiteCorpus.generation(db)
    }
}

/// The files of a database, as they are at one moment.
private struct Surroundings: Equatable {
    private struct File: Equatable {
        var byteCount: Int
        var seconds: Int
        var nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            byteCount = Int(status.st_size)
            (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        }
    }

    private let database: File
    private let log: File?
    private let hasSharedMemory: Bool

    /// `nil` if there is no database.
    init?(_ file: URL) {
        guard let database = File(file.path) else { return nil }
        self.database = database
        log = File(file.path + "-wal")
        hasSharedMemory = File(file.path + "-shm") != nil
    }

    /// Whether SQLite sees to it that what is read is of one moment.
    var isReadWithLocks: Bool { log != nil && hasSharedMemory }
    var leavesOutLog: Bool { !isReadWithLocks && (log?.byteCount ?? 0) > 0 }

    func open(_ file: URL) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        let parameter = isReadWithLocks ? "readonly_shm=1" : "immutable=1"
        // Of the shape `file:///folder/corpus.sqlite`, percent-encoded.
        return try DatabaseQueue(
            path: "\(file.absoluteURL.absoluteString)?mode=ro&\(parameter)", configuration: configuration)
    }
}
