/// A step of a schema that was taken, as the database tells it.
struct TakenStep: Sendable, Hashable {
    var number: Int
    var name: String
    /// How many steps a process must know since then.
    var needs: Int
    /// The version that took it; empty where it did not say.
    var takenBy: String

    /// For messages: `8-name (by 0.2.0)`.
    var told: String { "\(number)-\(name)" + (takenBy.isEmpty ? "" : " (by \(takenBy))") }

    /// Every step that was taken, in order.
    static func all(in table: String, _ db: PostgresConnection) throws -> [TakenStep] {
        // Versions before these columns took steps without saying what they need: all of them, so.
        let columns =
            try hasColumns(in: table, db) ? "coalesce(needs, number), coalesce(taken_by, '')" : "number, ''"
        let rows = try db.query("SELECT number, name, \(columns) FROM \(table) ORDER BY number").rows
        return try rows.map { row in
            TakenStep(
                number: Int(try row.int(0)), name: try row.text(1), needs: Int(try row.int(2)),
                takenBy: try row.text(3))
        }
    }

    /// Where steps say what they need; older versions, which write neither column, go on beside it.
    static func makeColumns(in table: String, _ db: PostgresConnection) throws {
        guard try !hasColumns(in: table, db) else { return }
        try db.query("ALTER TABLE \(table) ADD COLUMN needs bigint, ADD COLUMN taken_by text")
    }

    private static func hasColumns(in table: String, _ db: PostgresConnection) throws -> Bool {
        try db.int(
            """
            SELECT count(*) FROM pg_attribute
            WHERE attrelid = to_regclass($1) AND attname IN ('needs', 'taken_by') AND NOT attisdropped
            """, [.text(table)]) == 2
    }
}
