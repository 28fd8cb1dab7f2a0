import Foundation
import Workspace

/// Taking a run that a queue has told of.
extension PostgresWorkspace {
    public func lease(
        run id: String, ofTenant tenant: String, by worker: String, for duration: Duration, at time: Date,
        attempts: Int
    ) async throws(WorkspaceError) -> RunClaim {
        try WorkspaceLimits.check(worker, as: "worker")
        return try await writeWithOutbox { db, outbox in
            let row = try db.query(
                """
                SELECT r.sequence, r.state, r.attempts, r.due_at, r.is_cancel_requested, r.lease_expires_at
                FROM run r JOIN owner o ON o.id = r.owner_id
                WHERE r.id = $1 AND o.tenant = $2 FOR UPDATE OF r
                """, [.text(id), .text(tenant)]
            ).first
            guard let row else { return .absent }
            let clock = try self.leaseTime(time, db)
            switch try PostgresRunRow.state(row, 1, of: id) {
            case .queued:
                let due = try row.time(3)
                if due > clock.now { return .waits(until: clock.told(due)) }
            case .running:
                if let expiry = try row.optionalTime(5), expiry > clock.now {
                    return .held(until: clock.told(expiry))
                }
            case .finished, .failed, .cancelled, .dead: return .ended
            }
            let run = try row.int(0)
            let isCancelRequested = try row.bool(4)
            guard try !isCancelRequested && row.count(2) < max(attempts, 1) else {
                try PostgresRunQueue.end(run, isCancelRequested ? .cancelled : .dead, at: time, db, &outbox)
                return .ended
            }
            let taken = try Self.take([run], by: worker, for: duration, clock, at: time, db)
            return taken.first.map { .leased($0.run, $0.lease) } ?? .absent
        }
    }

    /// Begins an attempt at each of runs that may be handed out, whose rows the transaction holds.
    static func take(
        _ runs: [Int64], by worker: String, for duration: Duration, _ clock: LeaseTime, at time: Date,
        _ db: PostgresConnection
    ) throws -> [(run: StoredRun, lease: RunLease)] {
        let (expiry, told) = (clock.after(duration), time.addingTimeInterval(duration / .seconds(1)).stored)
        let results = try db.pipeline([
            .init(
                """
                UPDATE run SET state = 'running', attempts = attempts + 1, lease_number = lease_number + 1,
                    lease_worker = $2, lease_expires_at = $3, started_at = COALESCE(started_at, $4)
                WHERE sequence = ANY($1)
                """, [.ints(runs), .text(worker), .time(expiry), .time(time)]),
            .init(
                PostgresRunRow.selection
                    + " WHERE r.sequence = ANY($1) ORDER BY r.priority DESC, r.due_at, r.sequence",
                [.ints(runs)]),
        ])
        return try results[1].rows.map { row in
            let run = try PostgresRunRow.run(row)
            let lease = RunLease(
                run: run.id, number: try PostgresRunRow.leaseNumber(row), worker: worker, expiresAt: told)
            return (run: run, lease: lease)
        }
    }
}
