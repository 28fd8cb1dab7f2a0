import Foundation
import GRDB

extension SQLiteSide {
    func progress() throws -> (tables: [String: TableProgress], sources: Set<String>) {
        var tables: [String: TableProgress] = [:]
        var sources: Set<String> = []
        for database in MovedTable.Database.allCases {
            let rows = try run(database) { db in
                try db.tableExists("moving_progress")
                    ? try Row.fetchAll(db, sql: "SELECT * FROM moving_progress") : []
            }
            for row in rows {
                let (name, lastKey): (String, Data?) = (row["table_name"], row["last_key"])
                sources.insert(row["source"])
                tables[name] = try Self.progress(
                    table: name, lastKey: lastKey.map { [UInt8]($0) }, rows: row["row_count"],
                    isDone: row["is_done"], place: place)
            }
        }
        return (tables, sources)
    }

    func begin(source: String) throws {
        for database in MovedTable.Database.allCases {
            try write(database) { db in
                try db.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS moving_progress (
                            table_name TEXT PRIMARY KEY NOT NULL,
                            source TEXT NOT NULL,
                            last_key BLOB,
                            row_count INTEGER NOT NULL,
                            is_done INTEGER NOT NULL
                        )
                        """)
                for table in MovedTable.all where table.database == database {
                    try db.execute(
                        sql: """
                            INSERT OR IGNORE INTO moving_progress (table_name, source, row_count, is_done)
                            VALUES (?, ?, 0, 0)
                            """, arguments: [table.name, source])
                }
            }
        }
    }

    func write(_ rows: [[MovedValue]], to table: MovedTable, _ progress: TableProgress) throws {
        try write(table.database) { db in
            let insert = try db.cachedStatement(sql: Self.insertion(into: table))
            for row in rows {
                try insert.execute(arguments: StatementArguments(row.map(Self.databaseValue)))
            }
            let lastKey = progress.lastKey.map { Data(MovedValue.form($0.values)) }
            try db.execute(
                sql: """
                    UPDATE moving_progress SET last_key = ?, row_count = ?, is_done = ? WHERE table_name = ?
                    """, arguments: [lastKey, progress.rows, progress.isDone, table.name])
        }
    }

    /// `?3` is the value of the third column.
    private static func insertion(into table: MovedTable) -> String {
        let names = table.columns.map(\.sqliteName) + table.onlySQLite.map(\.name)
        let values = table.columns.enumerated().map { offset, column in
            // A text of no bytes stands for bytes of which there are none.
            column.kind == .bytes ? "CAST(?\(offset + 1) AS BLOB)" : "?\(offset + 1)"
        }
        let derived = table.onlySQLite.map { derived in
            table.columns.enumerated().reduce(derived.expression) { text, column in
                text.replacing("{\(column.element.name)}", with: "?\(column.offset + 1)")
            }
        }
        return """
            INSERT INTO "\(table.name)" (\(names.map { "\"\($0)\"" }.joined(separator: ", ")))
            VALUES (\((values + derived).joined(separator: ", ")))
            """
    }

    func finish(lastNumbers: [String: Int64]) throws {
        for database in MovedTable.Database.allCases {
            try write(database) { db in
                for table in MovedTable.all where table.database == database && table.numbered != nil {
                    guard let number = lastNumbers[table.name], number > 0 else { continue }
                    try Self.goOn(behind: number, in: table.name, db)
                }
                if database == .corpus { try db.execute(sql: "DELETE FROM chunk_change") }
            }
            try run(database) { try $0.execute(sql: "ANALYZE") }
        }
    }

    /// A table that was never written to has no row of its numbers, and one that is not AUTOINCREMENT needs none.
    private static func goOn(behind number: Int64, in table: String, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", arguments: [number, table])
        guard db.changesCount == 0 else { return }
        try db.execute(
            sql: """
                INSERT INTO sqlite_sequence (name, seq) SELECT name, ? FROM sqlite_schema
                WHERE type = 'table' AND name = ? AND sql LIKE '%AUTOINCREMENT%'
                """, arguments: [number, table])
    }

    func forgetProgress() throws {
        for database in MovedTable.Database.allCases {
            try write(database) { try $0.execute(sql: "DROP TABLE IF EXISTS moving_progress") }
        }
    }

    func write(_ database: MovedTable.Database, _ body: (Database) throws -> Void) throws {
        try run(database) { db in
            try db.inTransaction(.immediate) {
                try body(db)
                return .commit
            }
        }
    }
}
