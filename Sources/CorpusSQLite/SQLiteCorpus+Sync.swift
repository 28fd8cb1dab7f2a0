import Corpus
import Foundation
import GRDB

extension SQLiteCorpus: SyncLedger {
    /// How far the reading of a space has come, or `nil` when it never began.
    public func syncState(source: String, space key: String) async throws(CorpusError) -> SyncState? {
        try await read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM sync_space WHERE source = ? AND space_key = ?",
                arguments: [source, key]
            ).map(Self.syncState)
        }
    }

    /// Keys of the spaces of `source` that were ever read to their end.
    public func syncedSpaces(source: String) async throws(CorpusError) -> Set<String> {
        try await read { db in
            Set(
                try String.fetchAll(
                    db, sql: "SELECT space_key FROM sync_space WHERE source = ? AND high_water IS NOT NULL",
                    arguments: [source]))
        }
    }

    /// Begins a new sync of a space, whatever became of the one before.
    ///
    /// - Parameter isFull: whether everything is asked for anew; the first sync always is.
    public func beginSync(
        source: String, space key: String, isFull: Bool, at time: Date
    ) async throws(CorpusError) -> SyncState {
        try await write { db in
            let run = (try Int64.fetchOne(db, sql: "SELECT MAX(run) FROM sync_space") ?? 0) + 1
            let before = try Row.fetchOne(
                db, sql: "SELECT * FROM sync_space WHERE source = ? AND space_key = ?",
                arguments: [source, key]
            ).map(Self.syncState)
            let state = SyncState(
                run: run, isFull: isFull || before?.highWater == nil, beganAt: time,
                highWater: before?.highWater, sinceFull: before?.sinceFull ?? 0)
            try Self.put(state, source: source, space: key, db)
            return state
        }
    }

    /// Forgets how far a space was read: the next sync is its first.
    public func forgetSync(source: String, space key: String) async throws(CorpusError) {
        try await write { db in
            for table in ["sync_space", "sync_entry"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE source = ? AND space_key = ?", arguments: [source, key])
            }
        }
    }

    /// Stores a part of a listing in one transaction.
    ///
    /// What is known of an entry and not told again (its restriction, what was read below it) stays; only
    /// another version makes what hangs below it due anew.
    public func putSyncEntries(_ entries: [SyncEntry], source: String, run: Int64) async throws(CorpusError) {
        guard !entries.isEmpty else { return }
        try await write { db in
            for entry in entries { try Self.put(entry, source: source, run: run, db) }
        }
    }

    /// Notes a content's own restriction.
    public func setSyncRestriction(
        _ restriction: String?, ofEntry id: String, source: String, run: Int64
    ) async throws(CorpusError) {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE sync_entry SET restriction = ?, restriction_run = ? WHERE source = ? AND id = ?
                    """, arguments: [restriction, run, source, id])
        }
    }

    /// Replaces what is known to hang below a page by a whole listing of it.
    public func replaceSyncEntries(
        below owner: String, by entries: [SyncEntry], source: String, run: Int64
    ) async throws(CorpusError) {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM sync_entry WHERE source = ? AND owner = ?", arguments: [source, owner])
            for entry in entries { try Self.put(entry, source: source, run: run, db) }
            try db.execute(
                sql: "UPDATE sync_entry SET below_run = ? WHERE source = ? AND id = ?",
                arguments: [run, source, owner])
        }
    }

    /// Marks pages below which something may have changed, so that it is listed anew.
    public func unsettleSyncEntries(_ owners: [String], source: String) async throws(CorpusError) {
        guard !owners.isEmpty else { return }
        try await write { db in
            for id in owners {
                try db.execute(
                    sql: "UPDATE sync_entry SET below_run = 0 WHERE source = ? AND id = ?",
                    arguments: [source, id])
            }
        }
    }

    /// Forgets an entry and what hangs below it.
    public func forgetSyncEntry(_ id: String, source: String) async throws(CorpusError) {
        try await write { db in
            for column in ["id", "owner"] {
                try db.execute(
                    sql: "DELETE FROM sync_entry WHERE source = ? AND \(column) = ?", arguments: [source, id])
            }
        }
    }

    /// Notes that a sync came to its end, and forgets what its listing no longer had.
    public func finishSync(_ mark: SyncMark) async throws(CorpusError) {
        try await write { db in
            // Below a page the listing does not look; what is there goes with its page.
            try db.execute(
                sql: """
                    DELETE FROM sync_entry WHERE source = ? AND space_key = ? AND owner IS NULL
                        AND listed_run < ?
                    """, arguments: [mark.source, mark.spaceKey, mark.run])
            try db.execute(
                sql: """
                    DELETE FROM sync_entry WHERE source = ? AND space_key = ? AND owner IS NOT NULL
                        AND NOT EXISTS (
                            SELECT 1 FROM sync_entry page
                            WHERE page.source = sync_entry.source AND page.id = sync_entry.owner)
                    """, arguments: [mark.source, mark.spaceKey])
            try db.execute(
                sql: """
                    UPDATE sync_space SET phase = 'finished', high_water = began_at,
                        since_full = CASE WHEN is_full THEN 0 ELSE since_full + 1 END
                    WHERE source = ? AND space_key = ? AND run = ?
                    """, arguments: [mark.source, mark.spaceKey, mark.run])
        }
    }

    /// Notes where a sync stands.
    public func setSyncState(_ state: SyncState, source: String, space key: String) async throws(CorpusError)
    {
        try await write { db in try Self.put(state, source: source, space: key, db) }
    }

    private static func put(_ state: SyncState, source: String, space key: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO sync_space (source, space_key, run, phase, is_full, began_at,
                    high_water, since_full, touched_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                source, key, state.run, state.phase.rawValue, state.isFull,
                state.beganAt.timeIntervalSince1970, state.highWater?.timeIntervalSince1970, state.sinceFull,
                state.touchedAt.timeIntervalSince1970,
            ])
    }

    private static func put(_ entry: SyncEntry, source: String, run: Int64, _ db: Database) throws {
        let restrictionRun = entry.restriction == nil ? 0 : run
        try db.cachedStatement(
            sql: """
                INSERT INTO sync_entry (source, id, space_key, owner, parent, title, version, restriction,
                    restriction_run, facts, listed_run)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (source, id) DO UPDATE SET space_key = excluded.space_key,
                    owner = excluded.owner, parent = excluded.parent, title = excluded.title,
                    below_run = CASE WHEN version = excluded.version THEN below_run ELSE 0 END,
                    version = excluded.version,
                    restriction = COALESCE(excluded.restriction, restriction),
                    restriction_run = MAX(excluded.restriction_run, restriction_run),
                    facts = excluded.facts, listed_run = excluded.listed_run
                """
        ).execute(arguments: [
            source, entry.id, entry.spaceKey, entry.owner, entry.parent, entry.title, entry.version,
            entry.restriction, restrictionRun, entry.facts, run,
        ])
    }

    private static func syncState(_ row: Row) -> SyncState {
        var state = SyncState(
            run: row["run"], phase: SyncState.Phase(rawValue: row["phase"]) ?? .listing,
            isFull: row["is_full"], beganAt: Date(timeIntervalSince1970: row["began_at"]),
            highWater: (row["high_water"] as Double?).map { Date(timeIntervalSince1970: $0) },
            sinceFull: row["since_full"])
        state.touchedAt = Date(timeIntervalSince1970: row["touched_at"])
        return state
    }
}
