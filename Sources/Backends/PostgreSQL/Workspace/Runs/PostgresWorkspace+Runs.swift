import Foundation
import Workspace

extension PostgresWorkspace: RunStore {
    public func run(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun {
        try await read { db in
            guard let ownerID = try db.ownerID(owner),
                let row = try db.query(
                    PostgresRunRow.selection + " WHERE r.id = $1 AND r.owner_id = $2",
                    [.text(id), .int(ownerID)]
                ).first
            else { throw WorkspaceError.noRun(id) }
            return try PostgresRunRow.run(row)
        }
    }

    public func state(of id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun.State {
        try await read { db in try Self.ownRun(id, for: owner, locks: false, db).state }
    }

    public func runs(
        for owner: Owner, flow: String?, state: StoredRun.State?, before: StoredRun?, limit: Int
    ) async throws(WorkspaceError) -> [StoredRun] {
        try await readLate { db in
            guard let ownerID = try db.ownerID(owner) else { return [] }
            var condition = PostgresCondition()
            condition.demand("r.owner_id = ", .int(ownerID))
            if let flow {
                let place = condition.place(of: .text(flow))
                // The index has the beginning of a name.
                condition.demand("left(r.flow, 100) = left(\(place), 100) AND r.flow = ", .text(flow))
            }
            if let state { condition.demand("r.state = ", .text(state.rawValue)) }
            if let before {
                let time = condition.place(of: .time(before.createdAt))
                condition.demand("(r.created_at, r.id) < (\(time), ", .text(before.id), ")")
            }
            let limit = condition.place(of: .count(WorkspaceLimits.rows(limit)))
            return try db.query(
                """
                \(PostgresRunRow.listing) WHERE \(condition.sql)
                ORDER BY r.created_at DESC, r.id DESC LIMIT \(limit)
                """, condition.values
            ).rows.map { try PostgresRunRow.run($0) }
        }
    }

    public func cancel(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun {
        let time = now()
        return try await writeWithOutbox { db, outbox in
            let run = try Self.ownRun(id, for: owner, locks: true, db)
            if !run.state.isEnd {
                try db.query(
                    "UPDATE run SET is_cancel_requested = true WHERE sequence = $1", [.int(run.sequence)])
            }
            if run.state == .queued {
                try PostgresRunQueue.end(run.sequence, .cancelled, at: time, db, &outbox)
            }
            return try PostgresRunRow.run(sequence: run.sequence, db)
        }
    }

    public func requeue(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun {
        let time = now()
        return try await writeTimed { db in
            let run = try Self.ownRun(id, for: owner, locks: true, db)
            guard run.state == .dead || run.state == .failed else {
                throw WorkspaceError.wrongState(run: id, state: run.state)
            }
            let (sequence, due) = (PostgresValue.int(run.sequence), try self.leaseTime(time, db).now)
            try db.pipeline([
                .init(
                    """
                    UPDATE run SET state = 'queued', attempts = 0, due_at = $2, started_at = NULL,
                        ended_at = NULL, is_cancel_requested = false
                    WHERE sequence = $1
                    """, [sequence, .time(due)]),
                // Positions begin at 0 again.
                .init("DELETE FROM run_event WHERE run_sequence = $1", [sequence]),
                .init(
                    "UPDATE run_content SET result = NULL, failure = NULL WHERE run_sequence = $1", [sequence]
                ),
            ])
            if self.announcesRuns { try RunAnnouncing.announce(run.sequence, due: due, db) }
            return try PostgresRunRow.run(sequence: run.sequence, db)
        }
    }

    public func runCounts() async throws(WorkspaceError) -> [StoredRun.State: Int] {
        try await read { db in
            // Each by an index that holds little else.
            let rows = try db.query(
                """
                SELECT state, count(*) FROM run WHERE state IN ('queued', 'running') GROUP BY state
                UNION ALL
                SELECT 'dead', count(*) FROM run WHERE state = 'dead'
                """
            ).rows
            var counts: [StoredRun.State: Int] = [.queued: 0, .running: 0, .dead: 0]
            for row in rows {
                if let state = StoredRun.State(rawValue: try row.text(0)) { counts[state] = try row.count(1) }
            }
            return counts
        }
    }

    public func expireRuns(endedBefore time: Date) async throws(WorkspaceError) -> Int {
        var count = 0
        while true {
            // In parts, so that no transaction holds many rows for long.
            let part = try await write { db in
                try db.query(
                    """
                    WITH ended AS MATERIALIZED (
                        SELECT sequence FROM run WHERE ended_at < $1 ORDER BY ended_at LIMIT $2
                        FOR UPDATE SKIP LOCKED)
                    DELETE FROM run r USING ended WHERE r.sequence = ended.sequence
                    """, [.time(time), .count(Self.expiredAtOnce)]
                ).changed
            }
            count += part
            if part < Self.expiredAtOnce { return count }
        }
    }

    private static let expiredAtOnce = 200

    /// A run of an owner's.
    ///
    /// - Parameter locks: whether its row is locked, as it is to be changed.
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    private static func ownRun(
        _ id: String, for owner: Owner, locks: Bool, _ db: PostgresConnection
    ) throws -> (sequence: Int64, state: StoredRun.State) {
        guard let ownerID = try db.ownerID(owner),
            let row = try db.query(
                "SELECT sequence, state FROM run WHERE id = $1 AND owner_id = $2"
                    + (locks ? " FOR UPDATE" : ""), [.text(id), .int(ownerID)]
            ).first
        else { throw WorkspaceError.noRun(id) }
        return (try row.int(0), try PostgresRunRow.state(row, 1, of: id))
    }
}
