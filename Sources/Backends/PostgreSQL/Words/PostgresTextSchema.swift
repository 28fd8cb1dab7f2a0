import TextIndex

/// Where words are kept: the list of tables, and the tables of one corpus.
enum PostgresTextSchema {
    private static let steps = [
        SchemaStep(
            "word-tables",
            // How many passages a table has, and how many words, stands beside it: counting them would read all of it.
            """
            CREATE TABLE word_table (
                name text COLLATE "C" PRIMARY KEY,
                content text COLLATE "C" NOT NULL,
                rules text COLLATE "C" NOT NULL,
                count bigint NOT NULL DEFAULT 0,
                revision bigint NOT NULL DEFAULT 0,
                totals bigint[] NOT NULL,
                level bigint,
                UNIQUE (content, rules)
            );
            """
        )
    ]

    /// Makes what is missing.
    ///
    /// - Throws: ``PostgresError/newerSchema(server:schema:unknownSteps:)``.
    static func table(
        content: String, rules: String, format: TextFormat, over pool: PostgresPool
    ) async throws -> PostgresTextTable {
        let (settings, migration) = (
            pool.settings, PostgresMigration(table: "word_step", schema: pool.settings.schema, steps: steps)
        )
        if let refusal = try await migration.run(over: pool) {
            throw PostgresError.newerSchema(
                server: settings.name, schema: settings.schema, unknownSteps: refusal.unknown)
        }
        return try await migration.exclusively(over: pool) { db in
            try db.demandSchema(settings.schema)
            return try table(content: content, rules: rules, format: format, db)
        }
    }

    private static func table(
        content: String, rules: String, format: TextFormat, _ db: PostgresConnection
    ) throws -> PostgresTextTable {
        let table = PostgresTextTable(content: content, rules: rules, fieldCount: format.fields.count)
        if try db.int("SELECT to_regclass($1)::oid::bigint", [.text(table.name)]) == nil {
            try db.simple(table.creation)
        }
        try db.query(
            """
            INSERT INTO word_table (name, content, rules, totals) VALUES ($1, $2, $3, $4)
            ON CONFLICT (name) DO NOTHING
            """,
            [
                .text(table.name), .text(content), .text(rules),
                .ints([Int64](repeating: 0, count: table.fieldCount)),
            ])
        return table
    }
}
