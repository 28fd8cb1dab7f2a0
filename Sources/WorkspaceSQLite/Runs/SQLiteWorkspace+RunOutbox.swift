import Foundation
import GRDB
import Workspace

/// What a queue of runs is told, and taking a run that the queue has told of.
extension SQLiteWorkspace: RunOutbox {
    public func lease(
        run id: String, ofTenant tenant: String, by worker: String, for duration: Duration, at time: Date,
        attempts: Int
    ) async throws(WorkspaceError) -> RunClaim {
        try WorkspaceLimits.check(worker, as: "worker")
        return try await write { db in
            let row = try db.row(
                """
                SELECT r.sequence, r.state, r.attempts, r.due_at, r.is_cancel_requested, r.lease_expires_at
                FROM run r CROSS JOIN owner o ON o.id = r.owner_id WHERE r.id = ? AND o.tenant = ?
                """, id, tenant)
            guard let row else { return .absent }
            let state = StoredRun.State(rawValue: row["state"])
            let due = Date(microseconds: row["due_at"])
            let expiry = (row["lease_expires_at"] as Int64?).map { Date(microseconds: $0) }
            switch state {
            case .queued: if due > time { return .waits(until: due) }
            case .running: if let expiry, expiry > time { return .held(until: expiry) }
            case .finished, .failed, .cancelled, .dead, nil: return .ended
            }
            let run: Int64 = row["sequence"]
            if row["is_cancel_requested"] {
                try RunQueue.end(run, .cancelled, at: time, db)
                return .ended
            }
            guard row["attempts"] < max(attempts, 1) else {
                try RunQueue.end(run, .dead, at: time, db)
                return .ended
            }
            let taken = try Self.take(run, by: worker, for: duration, at: time, db)
            return .leased(taken.run, taken.lease)
        }
    }

    public func leaseAnnouncements(
        _ limit: Int, for duration: Duration, at time: Date, horizon: Duration
    ) async throws(WorkspaceError) -> [RunAnnouncement] {
        let limit = WorkspaceLimits.rows(limit)
        guard limit > 0 else { return [] }
        // What is held must not be due again within this call.
        let held = time.advanced(by: max(duration, .seconds(1)))
        return try await write { db in
            let rows = try db.rows(
                """
                SELECT m.sequence, m.priority, m.due_at, r.id, o.tenant
                FROM run_outbox m CROSS JOIN run r ON r.sequence = m.run_sequence
                    CROSS JOIN owner o ON o.id = r.owner_id
                WHERE m.due_at <= ? AND m.held_until <= ?
                ORDER BY m.priority DESC, m.due_at, m.sequence LIMIT ?
                """, time.advanced(by: horizon).microseconds, time.microseconds, limit)
            return try rows.map { row in
                let number: Int64 = row["sequence"]
                try db.run(
                    "UPDATE run_outbox SET held_until = ? WHERE sequence = ?", held.microseconds, number)
                return RunAnnouncement(
                    number: number, message: RunMessage(run: row["id"], tenant: row["tenant"]),
                    priority: row["priority"], due: Date(microseconds: row["due_at"]))
            }
        }
    }

    public func settle(announced: [RunAnnouncement], at time: Date) async throws(WorkspaceError) {
        guard !announced.isEmpty else { return }
        try await write { db in
            for one in announced {
                try db.run(
                    """
                    UPDATE run SET told_at = ?
                    WHERE sequence = (SELECT run_sequence FROM run_outbox WHERE sequence = ?)
                    """, time.microseconds, one.number)
                try db.run("DELETE FROM run_outbox WHERE sequence = ?", one.number)
            }
        }
    }

    public func postpone(
        announcements: [RunAnnouncement], until due: Date
    ) async throws(WorkspaceError) {
        guard !announcements.isEmpty else { return }
        try await write { db in
            for one in announcements {
                try db.run(
                    "UPDATE run_outbox SET held_until = ? WHERE sequence = ?", due.microseconds, one.number)
            }
        }
    }

    public func announceForgotten(
        since: Date, at time: Date, limit: Int
    ) async throws(WorkspaceError) -> Int {
        let limit = WorkspaceLimits.rows(limit)
        return try await write { db in
            let queued = try Self.forgotten("queued", since: "due_at", since, time, limit, db)
            let running = try Self.forgotten("running", since: "lease_expires_at", since, time, limit, db)
            let found = (queued + running).sorted { ($0.since, $0.run) < ($1.since, $1.run) }.prefix(limit)
            for (run, _) in found {
                try db.run("UPDATE run SET told_at = ? WHERE sequence = ?", time.microseconds, run)
                try RunAnnouncing.announce(run, due: time, db)
            }
            return found.count
        }
    }

    /// Runs of one state that have waited since then or longer, the oldest first.
    ///
    /// - Parameter column: since when a run waits. It has waited twice as long as when it was told of last.
    private static func forgotten(
        _ state: String, since column: String, _ latest: Date, _ time: Date, _ limit: Int, _ db: Database
    ) throws -> [(run: Int64, since: Int64)] {
        // One that is still in the outbox is told of without this.
        try db.rows(
            """
            SELECT sequence, \(column) AS since FROM run WHERE state = '\(state)' AND \(column) <= ?
                AND COALESCE(told_at, 0) <= ? AND COALESCE(2 * told_at - \(column), 0) <= ?
                AND NOT EXISTS (SELECT 1 FROM run_outbox m WHERE m.run_sequence = run.sequence)
            ORDER BY \(column), sequence LIMIT ?
            """, latest.microseconds, latest.microseconds, time.microseconds, limit
        ).map { (run: $0["sequence"], since: $0["since"]) }
    }

    public func announcementCount() async throws(WorkspaceError) -> Int {
        try await read { db in
            Int(try db.integer("SELECT COUNT(*) FROM run_outbox INDEXED BY run_outbox_by_run") ?? 0)
        }
    }
}
