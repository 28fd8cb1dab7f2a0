/// Numbered steps that bring a schema up to date, each one transaction under one lock: of several processes that
/// start together one takes a step and the others find it taken.
///
/// Beside each step stands how many steps a process must know to use the schema from then on: a newer version's steps
/// that only add something (``SchemaStep/needs``) turn no older process away, so that both serve side by side.
struct PostgresMigration: Sendable {
    /// Where it stands which steps were taken.
    let table: String
    /// Made if it is not there; `nil` for the user's own.
    let schema: String?
    /// A step's number is its place, from 1 on.
    let steps: [SchemaStep]
    /// The version of the product, for whoever is turned away by its steps.
    var version = ""

    /// Where transactions leave marks, by which it is found out whether they were kept when a connection ends in the very
    /// commit. Derived data of a few minutes: no step of any schema, and never moved or backed up.
    static let marks = "commit_mark"

    /// Any number, the same for every process (“mill”).
    static let lock: Int64 = 0x6d69_6c6c

    /// Takes the steps that were not taken yet, in the transaction of `db`.
    ///
    /// - Returns: why the schema cannot be used here, if so; nothing is changed then.
    func run(_ db: PostgresConnection) throws -> SchemaTooNew? {
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
        let taken = try TakenStep.all(in: table, db)
        if let refusal = tooNew(taken) { return refusal }
        let numbers = Set(taken.map(\.number))
        let open = steps.enumerated().filter { !numbers.contains($0.offset + 1) }
        if !open.isEmpty { try TakenStep.makeColumns(in: table, db) }
        var needed = taken.map(\.needs).max() ?? 1
        for (offset, step) in open {
            needed = max(needed, step.needs ?? 1)
            try db.simple(step.sql)
            try db.query(
                "INSERT INTO \(table) (number, name, needs, taken_by) VALUES ($1, $2, $3, $4)",
                [.int(Int64(offset + 1)), .text(step.name), .int(Int64(needed)), .text(version)])
        }
        try makeMarks(db)
        return nil
    }

    /// Why a schema in which these steps were taken cannot be used with ``steps``; `nil` if it can.
    func tooNew(_ taken: [TakenStep]) -> SchemaTooNew? {
        let unknown = taken.filter { $0.number > steps.count }
        guard let needed = unknown.map(\.needs).max(), needed > steps.count else { return nil }
        return SchemaTooNew(unknown: unknown.map(\.told), known: steps.count, needed: needed)
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
