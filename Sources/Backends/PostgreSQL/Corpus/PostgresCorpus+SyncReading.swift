import Corpus

extension PostgresCorpus {
    private static let entryColumns = """
        id, space_key, owner, parent, title, version, restriction, facts, listed_run, below_run, restriction_run
        """

    private static func entry(_ row: PostgresRow) throws -> StoredSyncEntry {
        StoredSyncEntry(
            entry: SyncEntry(
                id: try row.text(0), spaceKey: try row.text(1), owner: try row.optionalText(2),
                parent: try row.optionalText(3), title: try row.text(4), version: Int(try row.int(5)),
                restriction: try row.optionalText(6), facts: try row.text(7)),
            listedRun: try row.int(8), belowRun: try row.int(9), restrictionRun: try row.int(10))
    }

    private static func entries(
        _ condition: String, _ values: [PostgresValue], _ db: PostgresConnection
    ) throws -> [StoredSyncEntry] {
        try db.query("SELECT \(entryColumns) FROM sync_entry WHERE \(condition)", values).rows
            .map { try entry($0) }
    }

    public func syncEntry(_ id: String, source: String) async throws(CorpusError) -> StoredSyncEntry? {
        try await read { try Self.entries("source = $1 AND id = $2", [.text(source), .text(id)], $0).first }
    }

    public func syncEntries(
        source: String, space key: String, run: Int64, after id: String, limit: Int, lacksRestriction: Bool
    ) async throws(CorpusError) -> [StoredSyncEntry] {
        try await read { db in
            try Self.entries(
                """
                source = $1 AND space_key = $2 AND listed_run = $3 AND owner IS NULL AND id > $4
                    \(lacksRestriction ? "AND restriction_run < listed_run" : "")
                ORDER BY id LIMIT $5
                """,
                [.text(source), .text(key), .int(run), .text(id), .int(Int64(max(0, limit)))], db)
        }
    }

    public func syncEntryCount(
        source: String, space key: String, run: Int64
    ) async throws(CorpusError) -> Int {
        try await read { db in
            Int(
                try db.int(
                    """
                    SELECT count(*) FROM sync_entry
                    WHERE source = $1 AND space_key = $2 AND listed_run = $3 AND owner IS NULL
                    """, [.text(source), .text(key), .int(run)]) ?? 0)
        }
    }

    public func syncEntries(
        below owner: String, source: String
    ) async throws(CorpusError) -> [StoredSyncEntry] {
        try await read { db in
            try Self.entries("source = $1 AND owner = $2 ORDER BY id", [.text(source), .text(owner)], db)
        }
    }

    public func syncChildren(of id: String, source: String) async throws(CorpusError) -> [String] {
        try await read { db in
            try db.texts(
                "SELECT id FROM sync_entry WHERE source = $1 AND parent = $2 ORDER BY id",
                [.text(source), .text(id)])
        }
    }

    /// What stands between may be in no listing, as a folder is: the ancestors of stored documents tell then.
    public func syncDescendants(of id: String, source: String) async throws(CorpusError) -> [String] {
        try await read { db in
            try db.texts(
                """
                WITH RECURSIVE below (id) AS (
                    SELECT id FROM sync_entry WHERE source = $1 AND parent = $2
                    UNION
                    SELECT e.id FROM sync_entry e JOIN below b ON e.parent = b.id WHERE e.source = $1
                )
                SELECT id FROM below WHERE id <> $2
                UNION
                SELECT d.id FROM document d JOIN sync_entry e ON e.source = $1 AND e.id = d.id
                WHERE d.kind IN ('page', 'blogPost') AND d.id <> $2
                    AND d.ancestors::jsonb @> jsonb_build_array(jsonb_build_object('id', $2))
                ORDER BY id
                """, [.text(source), .text(id)])
        }
    }
}
