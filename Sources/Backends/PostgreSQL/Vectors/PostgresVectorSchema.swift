import VectorIndex

/// Where vectors are kept: the extension, the list of tables, and the table of one model.
enum PostgresVectorSchema {
    /// The first version of pgvector that goes on with a search whose results a filter refused.
    static let leastVersion = [0, 8, 0]
    static let extensionName = "vector"

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

    /// Makes what is missing, in the transaction of `db`.
    ///
    /// - Throws: ``PostgresError/missingExtension(server:name:)``;
    ///   ``PostgresError/extensionTooOld(server:name:version:needed:)``.
    static func table(
        model: String, dimension: Int, metric: Metric, schema: String?, _ db: PostgresConnection
    ) throws -> PostgresVectorTable {
        // Takes the lock that the extension is made under, too.
        if let refusal = try PostgresMigration(table: "vector_step", schema: schema, steps: steps).run(db) {
            throw PostgresError.unexpectedValue(
                server: db.server, column: "vector_step \(refusal.unknown.joined(separator: ", "))",
                expected: "step of this version; use the newer version of Millrace that took it")
        }
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
