import Foundation
import GRDB

extension SQLiteSide: LevellingSide {
    func beginLevelling(of origin: String) throws {
        for database in MovedTable.Database.allCases {
            // Outside of a transaction, and for this session alone: rows go and come before those that they name.
            try run(database) { try $0.execute(sql: "PRAGMA foreign_keys = OFF") }
            try write(database) { db in
                for table in MovedTable.all where table.database == database {
                    // No fingerprint: whatever the source holds by now, this is to be levelled first.
                    try db.execute(
                        sql: """
                            INSERT OR REPLACE INTO moving_progress (table_name, source, row_count, is_done)
                            VALUES (?, ?, 0, 0)
                            """, arguments: [table.name, "\(origin):"])
                }
            }
        }
    }

    func remove(_ keys: [MovedKey], from table: MovedTable) throws {
        let condition = Self.names(table.key, table).map { "\($0) = ?" }.joined(separator: " AND ")
        try write(table.database) { db in
            let delete = try db.cachedStatement(sql: "DELETE FROM \"\(table.name)\" WHERE \(condition)")
            for key in keys {
                try delete.execute(arguments: StatementArguments(key.values.map(Self.databaseValue)))
            }
        }
    }

    func endLevelling() throws {
        for table in MovedTable.all {
            for derived in table.onlySQLite {
                let expression = table.columns.reduce(derived.expression) { text, column in
                    text.replacing("{\(column.name)}", with: "\"\(table.name)\".\"\(column.sqliteName)\"")
                }
                try write(table.database) { db in
                    try db.execute(
                        sql: """
                            UPDATE "\(table.name)" SET "\(derived.name)" = \(expression)
                            WHERE "\(derived.name)" IS NOT \(expression)
                            """)
                }
            }
        }
        for database in MovedTable.Database.allCases {
            let orphan = try run(database) { db in
                try Row.fetchOne(db, sql: "PRAGMA foreign_key_check").map { $0[0] as String }
            }
            if let orphan {
                throw MovingError.database(
                    place: place, reason: "a row of \(orphan) names one that is not there")
            }
            try run(database) { try $0.execute(sql: "PRAGMA foreign_keys = ON") }
        }
    }
}
