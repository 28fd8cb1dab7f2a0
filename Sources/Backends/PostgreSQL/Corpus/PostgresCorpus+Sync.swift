@_spi(CorpusEngine) import Corpus
import Foundation

extension PostgresCorpus: SyncLedger {
    public func syncState(source: String, space key: String) async throws(CorpusError) -> SyncState? {
        try await read { try Self.state(source, key, $0) }
    }

    public func syncedSpaces(source: String) async throws(CorpusError) -> Set<String> {
        try await read { db in
            Set(
                try db.texts(
                    "SELECT space_key FROM sync_space WHERE source = $1 AND high_water IS NOT NULL",
                    [.text(source)]))
        }
    }

    public func beginSync(
        source: String, space key: String, isFull: Bool, at time: Date
    ) async throws(CorpusError) -> SyncState {
        let server = server
        return try await write { db in
            guard let run = try db.int("SELECT nextval('sync_run')") else {
                throw PostgresError.unexpectedValue(server: server, column: "run", expected: "whole number")
            }
            let before = try Self.state(source, key, db)
            let state = SyncState(
                run: run, isFull: isFull || before?.highWater == nil, beganAt: time,
                highWater: before?.highWater, sinceFull: before?.sinceFull ?? 0)
            try Self.put(state, source, key, db)
            return state
        }
    }

    public func setSyncState(
        _ state: SyncState, source: String, space key: String
    ) async throws(CorpusError) {
        try await write { try Self.put(state, source, key, $0) }
    }

    public func finishSync(_ mark: SyncMark) async throws(CorpusError) {
        let place: [PostgresValue] = [.text(mark.source), .text(mark.spaceKey)]
        try await write { db in
            try db.pipeline([
                // Below a page the listing does not look; what is there goes with its page.
                .init(
                    """
                    DELETE FROM sync_entry WHERE source = $1 AND space_key = $2 AND owner IS NULL
                        AND listed_run < $3
                    """, place + [.int(mark.run)]),
                .init(
                    """
                    DELETE FROM sync_entry e WHERE source = $1 AND space_key = $2 AND owner IS NOT NULL
                        AND NOT EXISTS (
                            SELECT 1 FROM sync_entry page WHERE page.source = e.source AND page.id = e.owner)
                    """, place),
                .init(
                    """
                    UPDATE sync_space SET phase = 'finished', high_water = began_at,
                        since_full = CASE WHEN is_full THEN 0 ELSE since_full + 1 END
                    WHERE source = $1 AND space_key = $2 AND run = $3
                    """, place + [.int(mark.run)]),
            ])
            return
        }
    }

    public func forgetSync(source: String, space key: String) async throws(CorpusError) {
        try await write { db in
            try db.pipeline(
                ["sync_space", "sync_entry"].map { table in
                    .init(
                        "DELETE FROM \(table) WHERE source = $1 AND space_key = $2",
                        [.text(source), .text(key)])
                })
            return
        }
    }

    public func putSyncEntries(_ entries: [SyncEntry], source: String, run: Int64) async throws(CorpusError) {
        guard !entries.isEmpty else { return }
        try await write { db in
            try db.query(Self.putting, Self.columns(of: entries, source, run))
            return
        }
    }

    public func replaceSyncEntries(
        below owner: String, by entries: [SyncEntry], source: String, run: Int64
    ) async throws(CorpusError) {
        try await write { db in
            try db.pipeline([
                .init(
                    "DELETE FROM sync_entry WHERE source = $1 AND owner = $2", [.text(source), .text(owner)]),
                .init(Self.putting, Self.columns(of: entries, source, run)),
                .init(
                    "UPDATE sync_entry SET below_run = $1 WHERE source = $2 AND id = $3",
                    [.int(run), .text(source), .text(owner)]),
            ])
            return
        }
    }

    public func setSyncRestriction(
        _ restriction: String?, ofEntry id: String, source: String, run: Int64
    ) async throws(CorpusError) {
        try await write { db in
            try db.query(
                """
                UPDATE sync_entry SET restriction = $1, restriction_run = $2 WHERE source = $3 AND id = $4
                """, [PostgresValue(restriction), .int(run), .text(source), .text(id)])
            return
        }
    }

    public func unsettleSyncEntries(_ owners: [String], source: String) async throws(CorpusError) {
        guard !owners.isEmpty else { return }
        try await write { db in
            try db.query(
                "UPDATE sync_entry SET below_run = 0 WHERE source = $1 AND id = ANY($2)",
                [.text(source), .texts(owners)])
            return
        }
    }

    public func forgetSyncEntry(_ id: String, source: String) async throws(CorpusError) {
        try await write { db in
            try db.query(
                "DELETE FROM sync_entry WHERE source = $1 AND (id = $2 OR owner = $2)",
                [.text(source), .text(id)])
            return
        }
    }

    // MARK: Rows

    private static func state(
        _ source: String, _ key: String, _ db: PostgresConnection
    ) throws -> SyncState? {
        let found = try db.query(
            """
            SELECT run, phase, is_full, began_at, high_water, since_full, touched_at FROM sync_space
            WHERE source = $1 AND space_key = $2
            """, [.text(source), .text(key)])
        return try found.first.map { row in
            var state = SyncState(
                run: try row.int(0), phase: SyncState.Phase(rawValue: try row.text(1)) ?? .listing,
                isFull: try row.bool(2), beganAt: try row.date(3), highWater: try row.optionalDate(4),
                sinceFull: Int(try row.int(5)))
            state.touchedAt = try row.date(6)
            return state
        }
    }

    private static func put(
        _ state: SyncState, _ source: String, _ key: String, _ db: PostgresConnection
    ) throws {
        try db.query(
            """
            INSERT INTO sync_space (source, space_key, run, phase, is_full, began_at, high_water, since_full,
                touched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (source, space_key) DO UPDATE SET run = excluded.run, phase = excluded.phase,
                is_full = excluded.is_full, began_at = excluded.began_at, high_water = excluded.high_water,
                since_full = excluded.since_full, touched_at = excluded.touched_at
            """,
            [
                .text(source), .text(key), .int(state.run), .text(state.phase.rawValue), .bool(state.isFull),
                PostgresValue(state.beganAt), PostgresValue(state.highWater), .int(Int64(state.sinceFull)),
                PostgresValue(state.touchedAt),
            ])
    }

    /// The last of several that have one id counts: a statement changes a row once at most.
    private static let putting = """
        INSERT INTO sync_entry AS known (source, id, space_key, owner, parent, title, version, restriction,
            restriction_run, facts, listed_run)
        SELECT DISTINCT ON (id) $1, id, space_key, owner, parent, title, version, restriction,
            CASE WHEN restriction IS NULL THEN 0 ELSE $2 END, facts, $2
        FROM unnest($3, $4, $5, $6, $7, $8, $9, $10) WITH ORDINALITY
            AS given (id, space_key, owner, parent, title, version, restriction, facts, place)
        ORDER BY id, place DESC
        ON CONFLICT (source, id) DO UPDATE SET space_key = excluded.space_key,
            owner = excluded.owner, parent = excluded.parent, title = excluded.title,
            below_run = CASE WHEN known.version = excluded.version THEN known.below_run ELSE 0 END,
            version = excluded.version,
            restriction = COALESCE(excluded.restriction, known.restriction),
            restriction_run = GREATEST(excluded.restriction_run, known.restriction_run),
            facts = excluded.facts, listed_run = excluded.listed_run
        """

    private static func columns(
        of entries: [SyncEntry], _ source: String, _ run: Int64
    ) -> [PostgresValue] {
        [
            .text(source), .int(run), .texts(entries.map(\.id)), .texts(entries.map(\.spaceKey)),
            .optionalTexts(entries.map(\.owner)), .optionalTexts(entries.map(\.parent)),
            .texts(entries.map(\.title)), .ints(entries.map { Int64($0.version) }),
            .optionalTexts(entries.map(\.restriction)), .texts(entries.map(\.facts)),
        ]
    }
}
