import Backends
import Foundation

extension PostgresSide {
    func progress() throws -> (tables: [String: TableProgress], sources: Set<String>) {
        // Of this schema, not of one that stands behind it in the search path.
        let isThere = try db.query(
            "SELECT to_regclass(quote_ident(current_schema()) || '.moving_progress')::text"
        ).first?.optionalText(0)
        guard isThere != nil else { return ([:], []) }
        var tables: [String: TableProgress] = [:]
        var sources: Set<String> = []
        let found = try db.query(
            "SELECT table_name, source, last_key, row_count, is_done FROM moving_progress")
        for row in found.rows {
            let name = try row.text(0)
            sources.insert(try row.text(1))
            tables[name] = try Self.progress(
                table: name, lastKey: try row.optionalBytes(2).map { [UInt8]($0) },
                rows: Int(try row.int(3)), isDone: try row.bool(4), place: place)
        }
        return (tables, sources)
    }

    func begin(source: String) throws {
        try transaction {
            try db.query(
                """
                CREATE TABLE IF NOT EXISTS moving_progress (
                    table_name text COLLATE "C" PRIMARY KEY,
                    source text NOT NULL,
                    last_key bytea,
                    row_count bigint NOT NULL,
                    is_done boolean NOT NULL
                )
                """)
            try db.query(
                """
                INSERT INTO moving_progress (table_name, source, row_count, is_done)
                SELECT name, $1, 0, false FROM unnest($2) name ON CONFLICT DO NOTHING
                """, [.text(source), .texts(MovedTable.all.map(\.name))])
        }
    }

    /// A page is one statement: its columns travel as arrays, and triggers run once.
    func write(_ rows: [[MovedValue]], to table: MovedTable, _ progress: TableProgress) throws {
        try transaction {
            if !rows.isEmpty {
                try db.query(
                    Self.insertion(into: table),
                    table.columns.enumerated().map { Self.array(rows, $0.offset, $0.element.kind) })
            }
            let lastKey = progress.lastKey.map { Data(MovedValue.form($0.values)) }
            try db.query(
                """
                UPDATE moving_progress SET last_key = $1, row_count = $2, is_done = $3 WHERE table_name = $4
                """,
                [
                    PostgresValue(lastKey), .int(Int64(progress.rows)), .bool(progress.isDone),
                    .text(table.name),
                ])
        }
    }

    private static func insertion(into table: MovedTable) -> String {
        let names = table.columns.map(\.name) + table.onlyPostgreSQL.map(\.name)
        let values = table.columns.map { column in
            switch column.kind {
            case .boolean: "given.\"\(column.name)\" <> 0"
            case .list: "ARRAY(SELECT json_array_elements_text(given.\"\(column.name)\"::json))"
            default: "given.\"\(column.name)\""
            }
        }
        let derived = table.onlyPostgreSQL.map { derived in
            table.columns.reduce(derived.expression) { text, column in
                text.replacing("{\(column.name)}", with: "given.\"\(column.name)\"")
            }
        }
        func listed(_ names: [String]) -> String { names.map { "\"\($0)\"" }.joined(separator: ", ") }
        let places = (1...table.columns.count).map { "$\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO "\(table.name)" (\(listed(names)))
            SELECT \((values + derived).joined(separator: ", "))
            FROM unnest(\(places)) AS given (\(listed(table.columns.map(\.name))))
            """
    }

    /// One column of a page.
    private static func array(
        _ rows: [[MovedValue]], _ place: Int, _ kind: MovedTable.Kind
    ) -> PostgresValue {
        switch kind {
        case .text, .list:
            .optionalTexts(rows.map { if case .text(let value) = $0[place] { value } else { nil } })
        case .integer, .boolean:
            .optionalInts(rows.map { if case .integer(let value) = $0[place] { value } else { nil } })
        case .real:
            .optionalDoubles(rows.map { if case .real(let value) = $0[place] { value } else { nil } })
        case .bytes:
            .optionalBlobs(rows.map { if case .bytes(let value) = $0[place] { value } else { nil } })
        }
    }

    func finish(lastNumbers: [String: Int64]) throws {
        try transaction {
            for table in MovedTable.all {
                guard let column = table.numbered, let number = lastNumbers[table.name], number > 0,
                    let sequence = try sequence(of: column, in: table.name)
                else { continue }
                try db.query("SELECT setval($1::regclass, $2)", [.text(sequence), .int(number)])
            }
            // SQLite finds a run's number by looking; here it has a sequence of its own.
            try db.query(
                """
                SELECT setval('sync_run', last) FROM (
                    SELECT greatest(
                        (SELECT max(run) FROM sync_space), (SELECT max(listed_run) FROM sync_entry),
                        (SELECT max(restriction_run) FROM sync_entry), (SELECT max(below_run) FROM sync_entry)
                    ) AS last
                ) AS runs WHERE last > 0
                """)
            // Both indexes are made anew of the passages themselves.
            try db.query("TRUNCATE chunk_change")
        }
        for table in MovedTable.all { try db.simple("ANALYZE \"\(table.name)\"") }
    }

    func forgetProgress() throws {
        try db.simple("DROP TABLE IF EXISTS moving_progress")
    }
}
