import Corpus
import Foundation
import GRDB

extension SQLiteCorpus {
    /// What is known of one content of a source.
    public func syncEntry(_ id: String, source: String) async throws(CorpusError) -> StoredSyncEntry? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT * FROM sync_entry WHERE source = ? AND id = ?")
            return try Row.fetchOne(statement, arguments: [source, id]).map(Self.syncEntry)
        }
    }

    /// Entries of a space's listing, a part at a time, by id.
    ///
    /// - Parameters:
    ///   - run: the sync whose listing they stood in.
    ///   - id: the last id of the part before; empty for the first part.
    ///   - lacksRestriction: only those whose restriction this sync has not learned yet.
    public func syncEntries(
        source: String, space key: String, run: Int64, after id: String, limit: Int,
        lacksRestriction: Bool
    ) async throws(CorpusError) -> [StoredSyncEntry] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM sync_entry
                    WHERE source = ? AND space_key = ? AND listed_run = ? AND owner IS NULL AND id > ?
                        \(lacksRestriction ? "AND restriction_run < listed_run" : "")
                    ORDER BY id LIMIT ?
                    """, arguments: [source, key, run, id, limit]
            ).map(Self.syncEntry)
        }
    }

    /// How many entries stood in a space's listing.
    public func syncEntryCount(
        source: String, space key: String, run: Int64
    ) async throws(CorpusError) -> Int {
        try await read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT COUNT(*) FROM sync_entry
                    WHERE source = ? AND space_key = ? AND listed_run = ? AND owner IS NULL
                    """, arguments: [source, key, run]) ?? 0
        }
    }

    /// What hangs below a page, as it was listed last.
    public func syncEntries(below owner: String, source: String) async throws(CorpusError)
        -> [StoredSyncEntry]
    {
        try await read { db in
            // Named, because the planner would rather walk the whole source in the order asked for.
            let statement = try db.cachedStatement(
                sql: """
                    SELECT * FROM sync_entry INDEXED BY sync_entry_by_owner
                    WHERE source = ? AND owner = ? ORDER BY id
                    """)
            return try Row.fetchAll(statement, arguments: [source, owner]).map(Self.syncEntry)
        }
    }

    /// Ids of the contents right below `id` in the tree.
    public func syncChildren(of id: String, source: String) async throws(CorpusError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT id FROM sync_entry WHERE source = ? AND parent = ? ORDER BY id",
                arguments: [source, id])
        }
    }

    /// Ids of all contents below `id` in the tree, itself left out; circles are cut.
    ///
    /// What stands between may be in no listing, as a folder is: the ancestors of stored documents tell then.
    public func syncDescendants(of id: String, source: String) async throws(CorpusError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    WITH RECURSIVE below (id) AS (
                        SELECT id FROM sync_entry WHERE source = ?1 AND parent = ?2
                        UNION
                        SELECT e.id FROM sync_entry e JOIN below b ON e.parent = b.id WHERE e.source = ?1
                    )
                    SELECT id FROM below WHERE id <> ?2
                    UNION
                    SELECT d.id FROM document d JOIN sync_entry e ON e.source = ?1 AND e.id = d.id
                    WHERE d.kind IN ('page', 'blogPost') AND d.id <> ?2 AND EXISTS (
                        SELECT 1 FROM json_each(d.ancestors) a WHERE json_extract(a.value, '$.id') = ?2)
                    ORDER BY id
                    """, arguments: [source, id])
        }
    }

    private static func syncEntry(_ row: Row) -> StoredSyncEntry {
        StoredSyncEntry(
            entry: SyncEntry(
                id: row["id"], spaceKey: row["space_key"], owner: row["owner"], parent: row["parent"],
                title: row["title"], version: row["version"], restriction: row["restriction"],
                facts: row["facts"]),
            listedRun: row["listed_run"], belowRun: row["below_run"],
            restrictionRun: row["restriction_run"])
    }
}
