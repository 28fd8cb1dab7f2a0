import CorpusSQLite
import Foundation
import GRDB
import WorkspaceSQLite

/// A data folder as one end of a move: its two databases, under its lock.
final class SQLiteSide: MovingSide {
    let place: String
    var replacedTexts = 0
    private let queues: [MovedTable.Database: DatabaseQueue]
    /// Which databases have an open transaction.
    private var open: [MovedTable.Database] = []

    static func fileName(_ database: MovedTable.Database) -> String {
        switch database {
        case .corpus: SQLiteCorpus.fileName
        case .workspace: SQLiteWorkspace.fileName
        }
    }

    /// - Parameter folder: one whose databases are there, with today's schema; the caller holds its lock.
    init(_ folder: URL, place: String) throws {
        self.place = place
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(10)
        // A source's transaction stays open from the first page to the last.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        var queues: [MovedTable.Database: DatabaseQueue] = [:]
        for database in MovedTable.Database.allCases {
            let path = folder.appendingPathComponent(Self.fileName(database)).path
            do {
                queues[database] = try DatabaseQueue(path: path, configuration: configuration)
            } catch {
                throw Self.told(error, place)
            }
        }
        self.queues = queues
    }

    /// Does `body` with a database, in whatever transaction it has.
    func run<Value>(_ database: MovedTable.Database, _ body: (Database) throws -> Value) throws -> Value {
        guard let queue = queues[database] else {
            throw MovingError.database(place: place, reason: "there is no \(database.rawValue)")
        }
        do {
            return try queue.writeWithoutTransaction(body)
        } catch {
            throw Self.told(error, place)
        }
    }

    private static func told(_ error: any Error, _ place: String) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return MovingError.database(place: place, reason: error.message ?? error.resultCode.description)
    }

    func beginSnapshot(asSource: Bool) throws {
        for database in MovedTable.Database.allCases {
            // IMMEDIATE: another process, which the folder's lock does not keep from the workspace, writes nothing
            // that would stay behind.
            try run(database) { try $0.execute(sql: asSource ? "BEGIN IMMEDIATE" : "BEGIN") }
            open.append(database)
        }
    }

    func endSnapshot() throws {
        while let database = open.popLast() { try run(database) { try $0.execute(sql: "ROLLBACK") } }
    }
}
