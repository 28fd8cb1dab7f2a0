import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace {
    public func lease(
        _ limit: Int, by worker: String, for duration: Duration, at time: Date, attempts: Int
    ) async throws(WorkspaceError) -> [(run: StoredRun, lease: RunLease)] {
        try WorkspaceLimits.check(worker, as: "worker")
        let limit = WorkspaceLimits.rows(limit)
        guard limit > 0 else { return [] }
        return try await write { db in
            let due = try RunQueue.due(limit, at: time, attempts: max(attempts, 1), db)
            return try due.map { try Self.take($0, by: worker, for: duration, at: time, db) }
        }
    }

    /// Begins an attempt at a run that may be handed out.
    static func take(
        _ sequence: Int64, by worker: String, for duration: Duration, at time: Date, _ db: Database
    ) throws -> (run: StoredRun, lease: RunLease) {
        let expiry = time.advanced(by: duration).stored
        try db.run(
            """
            UPDATE run SET state = 'running', attempts = attempts + 1, lease_number = lease_number + 1,
                lease_worker = ?, lease_expires_at = ?, started_at = COALESCE(started_at, ?)
            WHERE sequence = ?
            """, worker, expiry.microseconds, time.microseconds, sequence)
        let row = try RunRow.row(sequence: sequence, db)
        let lease = RunLease(
            run: row["id"], number: row["lease_number"], worker: worker, expiresAt: expiry)
        return (try RunRow.run(row), lease)
    }

    public func renew(
        _ lease: RunLease, for duration: Duration, at time: Date
    ) async throws(WorkspaceError) -> (lease: RunLease, isCancelRequested: Bool) {
        try await write { db in
            let held = try HeldRun(lease, db)
            var renewed = lease
            renewed.expiresAt = time.advanced(by: duration).stored
            try db.run(
                "UPDATE run SET lease_expires_at = ? WHERE sequence = ?", renewed.expiresAt.microseconds,
                held.sequence)
            return (renewed, held.isCancelRequested)
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
        try await write { db in
            let held = try HeldRun(lease, db)
            // A run speaks in its owner's conversations alone.
            for message in messages where try db.ownerID(message.key.owner) != held.ownerID {
                throw WorkspaceError.noConversation(message.key.session)
            }
            try Self.append(events, to: held.sequence, of: lease, db)
            try db.run(
                "UPDATE run_content SET result = ?, failure = ? WHERE run_sequence = ?", result, failure,
                held.sequence)
            try held.end(state, at: time, db)
            try MessageAppending.append(messages, db)
        }
    }

    public func release(_ lease: RunLease, at time: Date) async throws(WorkspaceError) {
        try await write { db in
            let held = try HeldRun(lease, db)
            if held.isCancelRequested { return try held.end(.cancelled, at: time, db) }
            try db.run(
                """
                UPDATE run SET state = 'queued', due_at = ?, attempts = attempts - 1, lease_worker = NULL,
                    lease_expires_at = NULL
                WHERE sequence = ?
                """, time.microseconds, held.sequence)
            if self.announcesRuns { try RunAnnouncing.announce(held.sequence, due: time, db) }
        }
    }

    public func retry(
        _ lease: RunLease, at time: Date, due: Date, failure: Data, attempts: Int
    ) async throws(WorkspaceError) {
        try WorkspaceLimits.check(failure.count, of: "failure", limit: WorkspaceLimits.documentBytes)
        try await write { db in
            let held = try HeldRun(lease, db)
            try db.run(
                "UPDATE run_content SET failure = ? WHERE run_sequence = ?", failure, held.sequence)
            if held.isCancelRequested || held.attempts >= attempts {
                return try held.end(held.isCancelRequested ? .cancelled : .dead, at: time, db)
            }
            try db.run(
                """
                UPDATE run SET state = 'queued', due_at = ?, lease_worker = NULL, lease_expires_at = NULL
                WHERE sequence = ?
                """, due.microseconds, held.sequence)
            if self.announcesRuns { try RunAnnouncing.announce(held.sequence, due: due, db) }
        }
    }
}

/// A run whose worker holds the newest lease: the only one that may write of it.
struct HeldRun {
    let sequence: Int64
    let ownerID: Int64
    let attempts: Int
    let isCancelRequested: Bool

    /// - Throws: ``WorkspaceError/leaseLost(run:)`` where the lease is not the newest, or the run does not run.
    init(_ lease: RunLease, _ db: Database) throws {
        guard
            let row = try db.row(
                """
                SELECT sequence, owner_id, attempts, is_cancel_requested FROM run
                WHERE id = ? AND lease_number = ? AND state = 'running'
                """, lease.run, lease.number)
        else { throw WorkspaceError.leaseLost(run: lease.run) }
        sequence = row["sequence"]
        ownerID = row["owner_id"]
        attempts = row["attempts"]
        isCancelRequested = row["is_cancel_requested"]
    }

    func end(_ state: StoredRun.State, at time: Date, _ db: Database) throws {
        try RunQueue.end(sequence, state, at: time, db)
    }
}
