import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `What is written to PostgreSQL` {
    /// A table of numbers, with marks of what was kept, in a schema of its own.
    private func database(_ pool: PostgresPool) async throws -> PostgresDatabase {
        let database = PostgresDatabase(
            pool, replica: nil, table: "schema_step",
            steps: [SchemaStep("n", "CREATE TABLE n (id bigint PRIMARY KEY)")]
        )
        try await database.open()
        return database
    }

    private func put(_ id: Int64, in database: PostgresDatabase) async throws {
        try await database.write { db in
            try db.query("INSERT INTO n VALUES ($1)", [.int(id)])
            return
        }
    }

    private func ids(in database: PostgresDatabase) async throws -> [Int64] {
        try await database.read { try $0.query("SELECT id FROM n ORDER BY id").rows.map { try $0.int(0) } }
    }

    @Test func `leaves its marks in its own schema, whatever lies in others`() async throws {
        let schema = PostgresServer.freshSchema()
        let server = try PostgresServer.shared(.v18)
        let pool = server.pool(schema: schema)
        // As a version before this one made them, in a schema that is looked through as well.
        try await server.pool().withConnection { db in
            try db.simple(
                """
                CREATE TABLE IF NOT EXISTS public.commit_mark (
                    id bytea PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())
                """)
            return
        }
        let database = try await database(pool)
        try await put(1, in: database)
        #expect(try await ids(in: database) == [1])
        let standard = try await pool.withConnection { db in
            try db.text(
                """
                SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
                WHERE adrelid = '\(schema).commit_mark'::regclass
                """)
        }
        #expect(standard == "clock_timestamp()", "a write that took long leaves no mark that is old already")
        // Those that were made before are brought to that, too.
        let marks = PostgresMigration.marks(in: schema)
        _ = try await pool.withConnection { try $0.simple("ALTER TABLE \(marks) ALTER at SET DEFAULT now()") }
        let again = try await self.database(server.pool(schema: schema))
        try await put(2, in: again)
        let isNew = try await pool.withConnection { db in
            try db.text(
                "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = to_regclass($1)",
                [.text(marks)])
        }
        #expect(isNew == "clock_timestamp()")
    }

    @Test func `lies in its own schema, though a pooler drops what sessions are given`() async throws {
        let schema = PostgresServer.freshSchema()
        let server = try PostgresServer.shared(.v18)
        let pool = server.pool(size: 1, schema: schema, keepsStatements: false)
        let database = try await database(pool)
        // The next session is one that nobody gave our options.
        let drop: @Sendable (PostgresConnection) throws -> Void = { db in
            try db.simple("SET search_path = public")
            return
        }
        try await pool.withConnection(drop)
        try await put(1, in: database)
        #expect(try await ids(in: database) == [1])
        #expect(
            try await pool.withConnection { try $0.reading { try $0.query("SELECT id FROM n").count } } == 1)
        let kept = server.pool(size: 1, schema: schema)
        try await kept.withConnection(drop)
        let error = await #expect(throws: PostgresError.self) { _ = try await self.database(kept) }
        #expect(
            error == .otherSchema(server: kept.settings.name, schema: schema, found: "public"),
            "\(String(describing: error))")
    }

    @Test(arguments: [true, false])
    func `knows when it began by the server's clock, where it asked for that`(
        keepsStatements: Bool
    ) async throws {
        let pool = try PostgresServer.shared(.v18).pool(
            size: 1, schema: PostgresServer.freshSchema(), keepsStatements: keepsStatements)
        let database = try await database(pool)
        let (began, now) = try await database.write(tellsTime: true) { db in
            (db.beganAt, try db.int("SELECT \(PostgresConnection.clock)"))
        }
        let (start, end) = (try #require(began), try #require(now))
        #expect(start <= end && end - start < 60_000_000)
        // What the session was told then is not taken for the time of another transaction.
        #expect(try await database.write { $0.beganAt } == nil)
        #expect(try await ids(in: database).isEmpty)
    }
}
