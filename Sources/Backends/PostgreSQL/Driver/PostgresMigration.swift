/// Numbered steps that bring a schema up to date, each one transaction under one lock: of several processes that
/// start together one takes a step and the others find it taken.
struct PostgresMigration: Sendable {
    /// Where it stands which steps were taken.
    let table: String
    /// Made if it is not there; `nil` for the user's own.
    let schema: String?
    /// A step's number is its place, from 1 on.
    let steps: [(name: String, sql: String)]

    /// Where transactions leave marks, by which it is found out whether they were kept when a connection ends in the very
    /// commit. Derived data of a few minutes: no step of any schema, and never moved or backed up.
    static let marks = "commit_mark"

    /// Any number, the same for every process (“mill”).
    static let lock: Int64 = 0x6d69_6c6c

    /// Takes the steps that were not taken yet, in the transaction of `db`.
    ///
    /// - Returns: the steps that a newer version took, `4-name`; nothing is changed then.
    func run(_ db: PostgresConnection) throws -> [String] {
        try db.query("SELECT pg_advisory_xact_lock($1)", [.int(Self.lock)])
        if let schema,
            try db.text("SELECT nspname FROM pg_namespace WHERE nspname = $1", [.text(schema)]) == nil
        {
            try db.query("CREATE SCHEMA \"\(schema.replacing("\"", with: "\"\""))\"")
        }
        try db.demandSchema(schema)
        try db.query(
            """
            CREATE TABLE IF NOT EXISTS \(table) (
                number bigint PRIMARY KEY, name text NOT NULL, taken_at timestamptz NOT NULL DEFAULT now())
            """)
        let rows = try db.query("SELECT number, name FROM \(table) ORDER BY number").rows
        let taken = try rows.map { (number: try $0.int(0), name: try $0.text(1)) }
        let unknown = taken.filter { $0.number > steps.count }.map { "\($0.number)-\($0.name)" }
        guard unknown.isEmpty else { return unknown }
        let numbers = Set(taken.map(\.number))
        for (offset, step) in steps.enumerated() where !numbers.contains(Int64(offset + 1)) {
            try db.simple(step.sql)
            try db.query(
                "INSERT INTO \(table) (number, name) VALUES ($1, $2)",
                [.int(Int64(offset + 1)), .text(step.name)])
        }
        try makeMarks(db)
        return []
    }

    /// Where marks lie, quoted: another schema of the path may have such a table as well.
    static func marks(in schema: String?) -> String {
        (schema.map { "\"\($0.replacing("\"", with: "\"\""))\"." } ?? "") + marks
    }

    /// A mark is as old as it was made: the transaction that makes it last may have begun long before.
    private func makeMarks(_ db: PostgresConnection) throws {
        let name = Self.marks(in: schema)
        try db.query(
            """
            CREATE TABLE IF NOT EXISTS \(name) (
                id bytea PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())
            """)
        // Those of before stand at the beginning of their transaction.
        let standard = try db.text(
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = to_regclass($1)",
            [.text(name)])
        if standard != "clock_timestamp()" {
            try db.query("ALTER TABLE \(name) ALTER COLUMN at SET DEFAULT clock_timestamp()")
        }
    }
}
