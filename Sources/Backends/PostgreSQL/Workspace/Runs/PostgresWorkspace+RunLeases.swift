import Foundation
import Workspace

extension PostgresWorkspace {
    public func lease(
        _ limit: Int, by worker: String, for duration: Duration, at time: Date, attempts: Int
    ) async throws(WorkspaceError) -> [(run: StoredRun, lease: RunLease)] {
        try WorkspaceLimits.check(worker, as: "worker")
        let limit = WorkspaceLimits.rows(limit)
        guard limit > 0 else { return [] }
        return try await writeWithOutbox { db, outbox in
            let clock = try self.leaseTime(time, db)
            let queue = PostgresRunQueue(clock: clock, time: time, attempts: max(attempts, 1), db: db)
            let due = try queue.due(limit, &outbox)
            guard !due.isEmpty else { return [] }
            return try Self.take(due, by: worker, for: duration, clock, at: time, db)
        }
    }

    public func renew(
        _ lease: RunLease, for duration: Duration, at time: Date
    ) async throws(WorkspaceError) -> (lease: RunLease, isCancelRequested: Bool) {
        var renewed = lease
        renewed.expiresAt = time.addingTimeInterval(duration / .seconds(1)).stored
        let renewal = renewed
        return try await writeTimed { db in
            let expiry = try self.leaseTime(time, db).after(duration)
            let row = try db.query(
                """
                UPDATE run SET lease_expires_at = $3
                WHERE id = $1 AND lease_number = $2 AND state = 'running' RETURNING is_cancel_requested
                """, [.text(lease.run), .count(lease.number), .time(expiry)]
            ).first
            guard let row else { throw WorkspaceError.leaseLost(run: lease.run) }
            return (lease: renewal, isCancelRequested: try row.bool(0))
        }
    }

    public func end(
        _ lease: RunLease, _ state: StoredRun.State, result: Data?, failure: Data?,
        messages: [StoredMessage], events: [StoredRunEvent], at time: Date
    ) async throws(WorkspaceError) {
        guard state.isEnd else { throw .wrongState(run: lease.run, state: state) }
        try Self.check(events)
        for document in [result, failure].compactMap(\.self) {
            try WorkspaceLimits.check(document.count, of: "result", limit: WorkspaceLimits.documentBytes)
        }
        for message in messages { try message.check() }
        try await writeWithOutbox { db, outbox in
            let held = try PostgresHeldRun(lease, db)
            // A run speaks in its owner's conversations alone.
            for message in messages where !held.owns(message.key) {
                throw WorkspaceError.noConversation(message.key.session)
            }
            try held.append(events, of: lease, db)
            try db.query(
                "UPDATE run_content SET result = $2, failure = $3 WHERE run_sequence = $1",
                [.int(held.sequence), PostgresValue(result), PostgresValue(failure)])
            if !messages.isEmpty { try PostgresMessages.append(messages, db) }
            // Last, as the webhooks that are told are held until the transaction ends.
            try PostgresRunQueue.end(held.sequence, state, at: time, db, &outbox)
        }
    }

    public func release(_ lease: RunLease, at time: Date) async throws(WorkspaceError) {
        try await writeWithOutbox { db, outbox in
            let held = try PostgresHeldRun(lease, db)
            if held.isCancelRequested {
                return try PostgresRunQueue.end(held.sequence, .cancelled, at: time, db, &outbox)
            }
            let due = try self.leaseTime(time, db).now
            try held.requeue(due: due, counts: false, announces: self.announcesRuns, db)
        }
    }

    public func retry(
        _ lease: RunLease, at time: Date, due: Date, failure: Data, attempts: Int
    ) async throws(WorkspaceError) {
        try WorkspaceLimits.check(failure.count, of: "failure", limit: WorkspaceLimits.documentBytes)
        try await writeWithOutbox { db, outbox in
            let held = try PostgresHeldRun(lease, db)
            try db.query(
                "UPDATE run_content SET failure = $2 WHERE run_sequence = $1",
                [.int(held.sequence), .bytes(failure)])
            guard held.isCancelRequested || held.attempts >= attempts else {
                let due = try self.leaseTime(time, db).kept(due)
                return try held.requeue(due: due, counts: true, announces: self.announcesRuns, db)
            }
            try PostgresRunQueue.end(
                held.sequence, held.isCancelRequested ? .cancelled : .dead, at: time, db, &outbox)
        }
    }
}
