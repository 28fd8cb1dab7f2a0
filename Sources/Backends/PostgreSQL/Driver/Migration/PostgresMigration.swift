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

    /// What a look has found, or a transaction has come to.
    private enum State: Sendable {
        case upToDate
        case tooNew(SchemaTooNew)
        case tookStep
        /// The next step builds an index, outside of a transaction.
        case lacksIndex(String, SchemaStep)
    }

    /// Takes the steps that were not taken yet, each in a transaction of its own, while others read and write.
    ///
    /// Waits for whoever is at it, and for whoever holds what a step changes, as long as they take; the pool tells so.
    ///
    /// - Returns: why the schema cannot be used here, if so; nothing is changed then.
    /// - Throws: ``PostgresError``. The steps that were taken stay taken.
    func run(over pool: PostgresPool) async throws -> SchemaTooNew? {
        // Most often all were taken, which is seen without any lock.
        switch try await pool.transaction(.snapshot, { try look($0) }) {
        case .upToDate: return nil
        case .tooNew(let refusal): return refusal
        case .tookStep, .lacksIndex, nil: break
        }
        while true {
            switch try await exclusively(over: pool, { try takeStep($0) }) {
            case .upToDate: return nil
            case .tooNew(let refusal): return refusal
            case .tookStep: continue
            case .lacksIndex(let name, let step): try await build(name, step, over: pool)
            }
        }
    }

    /// What is there, looked at without making anything; `nil` where something is to be done.
    private func look(_ db: PostgresConnection) throws -> State? {
        guard let found = try db.text("SELECT quote_ident(current_schema())"),
            try schema == nil || db.text("SELECT current_schema()::text") == schema,
            // Of this schema, not of one that stands behind it in the search path.
            try db.text("SELECT to_regclass($1)::text", [.text("\(found).\(table)")]) != nil
        else { return nil }
        let taken = try TakenStep.all(in: table, db)
        if let refusal = tooNew(taken) { return .tooNew(refusal) }
        return try firstOpen(taken) == nil && standardOfMarks(db) == Self.markTime ? .upToDate : nil
    }

    /// Takes the first step that was not taken yet.
    private func takeStep(_ db: PostgresConnection) throws -> State {
        try db.demandSchema(schema)
        try db.query(
            """
            CREATE TABLE IF NOT EXISTS \(table) (
                number bigint PRIMARY KEY, name text NOT NULL, taken_at timestamptz NOT NULL DEFAULT now())
            """)
        let taken = try TakenStep.all(in: table, db)
        if let refusal = tooNew(taken) { return .tooNew(refusal) }
        guard let offset = firstOpen(taken) else {
            try makeMarks(db)
            return .upToDate
        }
        let step = steps[offset]
        if let index = step.index {
            guard try SchemaIndex.state(of: index, db) == .ready else { return .lacksIndex(index, step) }
        } else {
            do {
                try db.simple(step.sql)
            } catch let error as PostgresError where error.isOfLocked {
                throw MigrationHindrance.tables(of: step.name)
            }
        }
        try TakenStep.makeColumns(in: table, db)
        let needed = max(taken.map(\.needs).max() ?? 1, step.needs ?? 1)
        try db.query(
            "INSERT INTO \(table) (number, name, needs, taken_by) VALUES ($1, $2, $3, $4)",
            [.int(Int64(offset + 1)), .text(step.name), .int(Int64(needed)), .text(version)])
        return .tookStep
    }

    /// The place of the first step that was not taken.
    private func firstOpen(_ taken: [TakenStep]) -> Int? {
        let numbers = Set(taken.map(\.number))
        return steps.indices.first { !numbers.contains($0 + 1) }
    }

    /// Why a schema in which these steps were taken cannot be used with ``steps``; `nil` if it can.
    func tooNew(_ taken: [TakenStep]) -> SchemaTooNew? {
        let unknown = taken.filter { $0.number > steps.count }
        guard let needed = unknown.map(\.needs).max(), needed > steps.count else { return nil }
        return SchemaTooNew(unknown: unknown.map(\.told), known: steps.count, needed: needed)
    }

    // MARK: Marks

    /// A mark is as old as it was made: the transaction that makes it last may have begun long before.
    private static let markTime = "clock_timestamp()"

    /// Where marks lie, quoted: another schema of the path may have such a table as well.
    static func marks(in schema: String?) -> String {
        (schema.map { "\"\($0.replacing("\"", with: "\"\""))\"." } ?? "") + marks
    }

    private func makeMarks(_ db: PostgresConnection) throws {
        let name = Self.marks(in: schema)
        try db.query(
            """
            CREATE TABLE IF NOT EXISTS \(name) (
                id bytea PRIMARY KEY, at timestamptz NOT NULL DEFAULT \(Self.markTime))
            """)
        // Those of before stand at the beginning of their transaction.
        if try standardOfMarks(db) != Self.markTime {
            try db.query("ALTER TABLE \(name) ALTER COLUMN at SET DEFAULT \(Self.markTime)")
        }
    }

    /// The time that a mark has unless told; `nil` where there is no table of them.
    private func standardOfMarks(_ db: PostgresConnection) throws -> String? {
        try db.text(
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = to_regclass($1)",
            [.text(Self.marks(in: schema))])
    }
}
