import Foundation
import Workspace

/// What a queue of runs is told. Several processes tell it, each of other runs.
extension PostgresWorkspace: RunOutbox {
    public func leaseAnnouncements(
        _ limit: Int, for duration: Duration, at time: Date, horizon: Duration
    ) async throws(WorkspaceError) -> [RunAnnouncement] {
        let limit = WorkspaceLimits.rows(limit)
        guard limit > 0 else { return [] }
        return try await writeTimed { db in
            let clock = try self.leaseTime(time, db)
            let (latest, held) = (clock.after(horizon), clock.after(max(duration, .seconds(1))))
            let rows = try db.query(
                """
                WITH chosen AS MATERIALIZED (
                    SELECT sequence FROM run_outbox WHERE due_at <= $1 AND held_until <= $2
                    ORDER BY priority DESC, due_at, sequence LIMIT $4 FOR UPDATE SKIP LOCKED)
                UPDATE run_outbox m SET held_until = $3
                FROM chosen, run r JOIN owner o ON o.id = r.owner_id
                WHERE m.sequence = chosen.sequence AND r.sequence = m.run_sequence
                RETURNING m.sequence, m.priority, m.due_at, r.id, o.tenant
                """, [.time(latest), .time(clock.now), .time(held), .count(limit)]
            ).rows
            return try rows.map { row in
                RunAnnouncement(
                    number: try row.int(0),
                    message: RunMessage(run: try row.text(3), tenant: try row.text(4)),
                    priority: try row.count(1), due: clock.told(try row.time(2)))
            }.sorted { ($1.priority, $0.due, $0.number) < ($0.priority, $1.due, $1.number) }
        }
    }

    public func settle(announced: [RunAnnouncement], at time: Date) async throws(WorkspaceError) {
        guard !announced.isEmpty else { return }
        let numbers = PostgresValue.ints(announced.map(\.number))
        try await writeTimed { db in
            let now = try self.leaseTime(time, db).now
            // In one order, so that two who hold runs wait for each other in a row and not in a circle.
            _ = try db.pipeline([
                .init(
                    """
                    UPDATE run SET told_at = $2 WHERE sequence IN (
                        SELECT r.sequence FROM run r JOIN run_outbox m ON m.run_sequence = r.sequence
                        WHERE m.sequence = ANY($1) ORDER BY r.sequence FOR NO KEY UPDATE OF r)
                    """, [numbers, .time(now)]),
                .init("DELETE FROM run_outbox WHERE sequence = ANY($1)", [numbers]),
            ])
        }
    }

    public func postpone(
        announcements: [RunAnnouncement], until due: Date
    ) async throws(WorkspaceError) {
        guard !announcements.isEmpty else { return }
        let time = now()
        try await writeTimed { db in
            let due = try self.leaseTime(time, db).kept(due)
            _ = try db.query(
                "UPDATE run_outbox SET held_until = $2 WHERE sequence = ANY($1)",
                [.ints(announcements.map(\.number)), .time(due)])
        }
    }

    public func announceForgotten(
        since: Date, at time: Date, limit: Int
    ) async throws(WorkspaceError) -> Int {
        let limit = WorkspaceLimits.rows(limit)
        return try await writeTimed { db in
            let clock = try self.leaseTime(time, db)
            let latest = clock.kept(since)
            // One that is still in the outbox is told of without this; one that somebody holds is not forgotten. What is
            // told once more has waited twice as long as when it was told of last.
            let since = "CASE state WHEN 'queued' THEN due_at ELSE lease_expires_at END"
            return try db.query(
                """
                WITH forgotten AS MATERIALIZED (
                    SELECT sequence, priority FROM run
                    WHERE state IN ('queued', 'running') AND COALESCE(told_at, 0) <= $1 AND \(since) <= $1
                        AND COALESCE(2 * told_at - \(since), 0) <= $2
                        AND NOT EXISTS (SELECT FROM run_outbox m WHERE m.run_sequence = run.sequence)
                    ORDER BY \(since), sequence LIMIT $3 FOR UPDATE SKIP LOCKED
                ), told AS (
                    UPDATE run SET told_at = $2 WHERE sequence IN (SELECT sequence FROM forgotten))
                INSERT INTO run_outbox (run_sequence, priority, due_at, held_until)
                SELECT sequence, priority, $2, 0 FROM forgotten
                """, [.time(latest), .time(clock.now), .count(limit)]
            ).changed
        }
    }

    public func announcementCount() async throws(WorkspaceError) -> Int {
        try await read { db in Int(try db.int("SELECT count(*) FROM run_outbox") ?? 0) }
    }
}
