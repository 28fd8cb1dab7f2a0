import VectorIndex

/// Where vectors are kept: the extension, the list of tables, and the table of one model.
enum PostgresVectorSchema {
    /// The first version of pgvector that goes on with a search whose results a filter refused.
    static let leastVersion = [0, 8, 0]
    static let extensionName = "vector"
    /// Any number that no ``SchemaLock`` has.
    private static let extensionLock: Int64 = 0x6d69_6c70

    private static let steps = [
        SchemaStep(
            "vector-tables",
            // How many rows a table has stands beside it: counting them would read all of it.
            """
            CREATE TABLE vector_table (
                name text COLLATE "C" PRIMARY KEY,
                model text COLLATE "C" NOT NULL,
                dimension bigint NOT NULL,
                metric text COLLATE "C" NOT NULL,
                count bigint NOT NULL DEFAULT 0,
                revision bigint NOT NULL DEFAULT 0,
                UNIQUE (model, dimension, metric)
            );
            """
        )
    ]

    /// Makes what is missing.
    ///
    /// - Throws: ``PostgresError/missingExtension(server:name:)``;
    ///   ``PostgresError/extensionTooOld(server:name:version:needed:)``;
    ///   ``PostgresError/newerSchema(server:schema:unknownSteps:)``.
    static func table(
        model: String, dimension: Int, metric: Metric, over pool: PostgresPool
    ) async throws -> PostgresVectorTable {
        let (settings, migration) = (
            pool.settings,
            PostgresMigration(table: "vector_step", schema: pool.settings.schema, steps: steps)
        )
        if let refusal = try await migration.run(over: pool) {
            throw PostgresError.newerSchema(
                server: settings.name, schema: settings.schema, unknownSteps: refusal.unknown)
        }
        return try await migration.exclusively(over: pool) { db in
            try db.demandSchema(settings.schema)
            return try table(model: model, dimension: dimension, metric: metric, db)
        }
    }

    private static func table(
        model: String, dimension: Int, metric: Metric, _ db: PostgresConnection
    ) throws -> PostgresVectorTable {
        let table = PostgresVectorTable(
            model: model, dimension: dimension, metric: metric, extensionSchema: try extensionSchema(db))
        if try db.int("SELECT to_regclass($1)::oid::bigint", [.text(table.name)]) == nil {
            try db.simple(table.creation)
        }
        try db.query(
            """
            INSERT INTO vector_table (name, model, dimension, metric) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO NOTHING
            """,
            [.text(table.name), .text(model), .int(Int64(dimension)), .text(metric.description)])
        return table
    }

    private static func extensionSchema(_ db: PostgresConnection) throws -> String {
        if let known = try installed(db) { return known }
        // It is the whole database's: a process of another schema may be about to make it as well.
        try db.query("SELECT pg_advisory_xact_lock($1)", [.int(extensionLock)])
        if let known = try installed(db) { return known }
        do {
            // Beside everybody's things: another schema of the same database finds it there.
            try db.query("CREATE EXTENSION IF NOT EXISTS \(extensionName) WITH SCHEMA public")
        } catch PostgresError.statement(_, let refusal) where Self.lacks(refusal.state) {
            throw PostgresError.missingExtension(server: db.server, name: extensionName)
        }
        guard let made = try installed(db) else {
            throw PostgresError.missingExtension(server: db.server, name: extensionName)
        }
        return made
    }

    /// Who asks may not make it, or the server does not have it.
    private static func lacks(_ state: String) -> Bool {
        ["42501", "0A000", "58P01"].contains(state)
    }

    private static func installed(_ db: PostgresConnection) throws -> String? {
        let found = try db.query(
            """
            SELECT n.nspname, e.extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = $1
            """, [.text(extensionName)])
        guard let row = found.first else { return nil }
        let version = try row.text(1)
        let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
        guard !numbers.lexicographicallyPrecedes(leastVersion) else {
            throw PostgresError.extensionTooOld(
                server: db.server, name: extensionName, version: version,
                needed: leastVersion.map(String.init).joined(separator: "."))
        }
        return try row.text(0)
    }
}
