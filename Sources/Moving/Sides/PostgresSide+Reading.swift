import Backends

extension PostgresSide {
    func checkColumns(of table: MovedTable) throws {
        let found = try db.query(
            """
            SELECT column_name::text FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = $1
            """, [.text(table.name)])
        let names = Set(try found.rows.map { try $0.text(0) })
        let known = Set(table.columns.map(\.name)).union(table.onlyPostgreSQL.map(\.name))
        let unknown = names.subtracting(table.unnamed).symmetricDifference(known)
        guard unknown.isEmpty else {
            throw MovingError.unknownSchema(place: place, table: table.name, columns: unknown.sorted())
        }
    }

    func count(_ table: MovedTable) throws -> Int {
        let found = try db.query("SELECT count(*) FROM \"\(table.name)\" WHERE \(table.condition)")
        return Int(try found.first?.int(0) ?? 0)
    }

    /// Whoever changes a row writes it anew, in another place and under the number of a transaction that no row of before
    /// has. So places and numbers tell every change, and no value has to be read. What moves rows and changes none
    /// (`VACUUM FULL`) is told as well, which costs another look.
    func fingerprint(of table: MovedTable) throws -> (count: Int, rows: [MovedValue]) {
        let found = try db.query(
            """
            SELECT count(*), coalesce(sum(hashtextextended(ctid::text || ' ' || xmin::text, 0)), 0)::text
            FROM "\(table.name)" WHERE \(table.condition)
            """)
        guard let row = found.first else { return (0, []) }
        return (Int(try row.int(0)), [.text(try row.text(1))])
    }

    func lastKey(of table: MovedTable) throws -> MovedKey? {
        let columns = table.key.map { table.columns[$0] }
        let descending = Self.order(table).map { "\($0) DESC" }.joined(separator: ", ")
        let found = try db.query(
            """
            SELECT \(columns.map(Self.selected).joined(separator: ", ")) FROM "\(table.name)"
            WHERE \(table.condition) ORDER BY \(descending) LIMIT 1
            """)
        return try found.first.map { MovedKey(values: try Self.values($0, columns)) }
    }

    /// The server adds up how large rows are, so that no more are sent than a page has.
    func page(
        of table: MovedTable, after key: MovedKey?, _ limit: MovePageLimit
    ) throws -> [[MovedValue]] {
        let order = Self.order(table).joined(separator: ", ")
        let places = (1...table.key.count).map { "$\($0)" }.joined(separator: ", ")
        let names = table.columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
        let sizes = table.columns.filter { $0.kind == .text || $0.kind == .bytes }.map {
            "coalesce(octet_length(\"\($0.name)\"), 0)::bigint"
        }
        let parameters = key == nil ? 0 : table.key.count
        let found = try db.query(
            """
            SELECT \(table.columns.map(Self.selected).joined(separator: ", ")) FROM (
                SELECT \(names), sum(moved_size) OVER (
                    ORDER BY \(order) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS moved_before
                FROM (
                    SELECT \(names), \((sizes + ["8"]).joined(separator: " + ")) AS moved_size
                    FROM "\(table.name)"
                    WHERE \(table.condition) \(key == nil ? "" : "AND (\(order)) > (\(places))")
                    ORDER BY \(order) LIMIT $\(parameters + 1)
                ) AS limited
            ) AS sized
            WHERE moved_before IS NULL OR moved_before < $\(parameters + 2) ORDER BY \(order)
            """,
            (key?.values ?? []).map(Self.parameter) + [.int(Int64(limit.rows)), .int(Int64(limit.bytes))])
        return try found.rows.map { try Self.values($0, table.columns) }
    }

    func lastNumber(of table: MovedTable) throws -> Int64 {
        guard let column = table.numbered else { return 0 }
        let last =
            try db.query("SELECT coalesce(max(\"\(column)\"), 0) FROM \"\(table.name)\"").first?.int(0) ?? 0
        guard let sequence = try sequence(of: column, in: table.name),
            let row = try db.query("SELECT last_value, is_called FROM \(sequence)").first
        else { return last }
        return max(last, try row.bool(1) ? try row.int(0) : 0)
    }

    /// The sequence that numbers a column, in a form that statements can name.
    func sequence(of column: String, in table: String) throws -> String? {
        try db.query(
            "SELECT pg_get_serial_sequence($1, $2)", [.text("\"\(table)\""), .text(column)]
        ).first?.optionalText(0)
    }

    func state(_ key: String) throws -> String? {
        try db.query("SELECT value FROM state WHERE key = $1", [.text(key)]).first?.text(0)
    }

    // MARK: Values

    /// Texts byte by byte, as SQLite orders them.
    private static func order(_ table: MovedTable) -> [String] {
        table.key.map { place in
            let column = table.columns[place]
            return "\"\(column.name)\"" + (column.kind == .text ? " COLLATE \"C\"" : "")
        }
    }

    private static func selected(_ column: MovedTable.Column) -> String {
        switch column.kind {
        case .boolean: "\"\(column.name)\"::int::bigint"
        case .list: "array_to_json(\"\(column.name)\")::text"
        default: "\"\(column.name)\""
        }
    }

    private static func values(
        _ row: PostgresRow, _ columns: [MovedTable.Column]
    ) throws -> [MovedValue] {
        var values: [MovedValue] = []
        values.reserveCapacity(columns.count)
        for (place, column) in columns.enumerated() {
            let value: MovedValue? =
                switch column.kind {
                case .text, .list: try row.optionalText(place).map { .text($0) }
                case .integer, .boolean: try row.optionalInt(place).map { .integer($0) }
                case .real: try row.optionalDouble(place).map { .real(keeping: $0) }
                case .bytes: try row.optionalBytes(place).map { .bytes($0) }
                }
            values.append(value ?? .null)
        }
        return values
    }

    private static func parameter(_ value: MovedValue) -> PostgresValue {
        switch value {
        case .null: .null
        case .integer(let value): .int(value)
        case .real(let value): .double(value)
        case .text(let value): .text(value)
        case .bytes(let value): .bytes(value)
        }
    }
}
