import Foundation
import GRDB

extension SQLiteSide {
    func checkColumns(of table: MovedTable) throws {
        let names = try run(table.database) { db in
            Set(
                try String.fetchAll(
                    db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table.name]))
        }
        let known = Set(table.columns.map(\.sqliteName)).union(table.onlySQLite.map(\.name))
        let unknown = names.subtracting(table.unnamed).symmetricDifference(known)
        guard unknown.isEmpty else {
            throw MovingError.unknownSchema(place: place, table: table.name, columns: unknown.sorted())
        }
    }

    func count(_ table: MovedTable) throws -> Int {
        try run(table.database) { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM \"\(table.name)\" WHERE \(table.condition)") ?? 0
        }
    }

    func fingerprint(of table: MovedTable) throws -> (count: Int, rows: [MovedValue]) {
        (try count(table), try lastKey(of: table)?.values ?? [])
    }

    func lastKey(of table: MovedTable) throws -> MovedKey? {
        let (columns, order) = (table.key.map { table.columns[$0] }, Self.names(table.key, table))
        let descending = order.map { "\($0) DESC" }.joined(separator: ", ")
        return try run(table.database) { db in
            let sql = """
                SELECT \(columns.map(Self.selected).joined(separator: ", ")) FROM "\(table.name)"
                WHERE \(table.condition) ORDER BY \(descending) LIMIT 1
                """
            return try Row.fetchOne(db, sql: sql).map { row in
                MovedKey(values: try self.values(row, columns, of: table))
            }
        }
    }

    func page(
        of table: MovedTable, after key: MovedKey?, _ limit: MovePageLimit
    ) throws -> [[MovedValue]] {
        let order = Self.names(table.key, table).joined(separator: ", ")
        let places = table.key.map { _ in "?" }.joined(separator: ", ")
        let sql = """
            SELECT \(table.columns.map(Self.selected).joined(separator: ", ")) FROM "\(table.name)"
            WHERE \(table.condition) \(key == nil ? "" : "AND (\(order)) > (\(places))")
            ORDER BY \(order) LIMIT ?
            """
        let arguments = (key?.values ?? []).map(Self.databaseValue) + [limit.rows.databaseValue]
        return try run(table.database) { db in
            let cursor = try Row.fetchCursor(
                try db.cachedStatement(sql: sql), arguments: StatementArguments(arguments))
            var rows: [[MovedValue]] = []
            var byteCount = 0
            while byteCount < limit.bytes, let row = try cursor.next() {
                let values = try self.values(row, table.columns, of: table)
                byteCount += values.reduce(0) { $0 + $1.byteCount }
                rows.append(values)
            }
            return rows
        }
    }

    func lastNumber(of table: MovedTable) throws -> Int64 {
        guard let column = table.numbered else { return 0 }
        return try run(table.database) { db in
            // What is not AUTOINCREMENT has no row there, and goes on behind its last row.
            let given =
                try Int64.fetchOne(
                    db, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table.name]) ?? 0
            let last = try Int64.fetchOne(db, sql: "SELECT max(\"\(column)\") FROM \"\(table.name)\"") ?? 0
            return max(given, last)
        }
    }

    func state(_ key: String) throws -> String? {
        try run(.corpus) { db in
            try String.fetchOne(db, sql: "SELECT value FROM state WHERE key = ?", arguments: [key])
        }
    }

    // MARK: Values

    static func names(_ places: [Int], _ table: MovedTable) -> [String] {
        places.map { "\"\(table.columns[$0].sqliteName)\"" }
    }

    /// Text is read as bytes: as text it would end at the first U+0000. Where bytes belong, an empty text may stand.
    private static func selected(_ column: MovedTable.Column) -> String {
        switch column.kind {
        case .text, .list, .bytes: "CAST(\"\(column.sqliteName)\" AS BLOB)"
        case .integer, .real, .boolean: "\"\(column.sqliteName)\""
        }
    }

    private func values(
        _ row: Row, _ columns: [MovedTable.Column], of table: MovedTable
    ) throws -> [MovedValue] {
        var values: [MovedValue] = []
        values.reserveCapacity(columns.count)
        for (place, column) in columns.enumerated() {
            let value: DatabaseValue = row[place]
            values.append(try self.value(value, column, of: table))
        }
        return values
    }

    private func value(
        _ value: DatabaseValue, _ column: MovedTable.Column, of table: MovedTable
    ) throws -> MovedValue {
        switch (value.storage, column.kind) {
        case (.null, _): return .null
        case (.int64(let number), .integer), (.int64(let number), .boolean): return .integer(number)
        case (.int64(let number), .real): return .real(keeping: Double(number))
        case (.double(let number), .real): return .real(keeping: number)
        case (.blob(let bytes), .bytes): return .bytes(bytes)
        case (.blob(let bytes), .text), (.blob(let bytes), .list):
            return .text(try text(bytes, column, of: table))
        default:
            throw MovingError.unexpectedValue(place: place, table: table.name, column: column.name)
        }
    }

    /// The text that PostgreSQL can hold too.
    private func text(
        _ bytes: Data, _ column: MovedTable.Column, of table: MovedTable
    ) throws -> String {
        let whole = String(decoding: bytes, as: UTF8.self)
        let kept = whole.utf8.contains(0) ? whole.replacing("\0", with: "\u{FFFD}") : whole
        guard !kept.utf8.elementsEqual(bytes) else { return kept }
        // Two keys might become one, and the order of rows would be another.
        guard !table.key.contains(where: { table.columns[$0].name == column.name }) else {
            throw MovingError.unmovableKey(place: place, table: table.name)
        }
        replacedTexts += 1
        return kept
    }

    static func databaseValue(_ value: MovedValue) -> DatabaseValue {
        switch value {
        case .null: .null
        case .integer(let value): value.databaseValue
        case .real(let value): value.databaseValue
        case .text(let value): value.databaseValue
        // SQLite is told NULL where there are no bytes; see the statement that writes.
        case .bytes(let value): value.isEmpty ? "".databaseValue : value.databaseValue
        }
    }
}
