import CorpusSQLite
import Foundation
import GRDB
import Testing
import WorkspaceSQLite

@testable import Moving

/// Every row of a folder's databases, written down without any code of a move.
struct FolderRows: Equatable {
    var tables: [String: [String]] = [:]

    init(_ folder: URL) throws {
        for file in [SQLiteCorpus.fileName, SQLiteWorkspace.fileName] {
            let queue = try DatabaseQueue(path: folder.appendingPathComponent(file).path)
            let found = try queue.read { db in
                var found: [String: [String]] = [:]
                let names = try String.fetchAll(
                    db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL")
                for name in names where !MovedTable.leftOut.contains(name) && !name.hasPrefix("sqlite_") {
                    found[name] = try Self.rows(of: name, db)
                }
                return found
            }
            tables.merge(found) { first, _ in first }
            try queue.close()
        }
    }

    /// Text and bytes in hexadecimal; numbers as SQLite writes them so that they come back exactly.
    private static func rows(of table: String, _ db: Database) throws -> [String] {
        let columns = try String.fetchAll(
            db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]
        ).filter { !(table == "embedding" && $0 == "id") }
        let parts = columns.map {
            "CASE WHEN typeof(\"\($0)\") IN ('text', 'blob') THEN hex(\"\($0)\") ELSE quote(\"\($0)\") END"
        }
        return try String.fetchAll(
            db, sql: "SELECT \(parts.joined(separator: " || '|' || ")) FROM \"\(table)\""
        ).sorted()
    }
}
