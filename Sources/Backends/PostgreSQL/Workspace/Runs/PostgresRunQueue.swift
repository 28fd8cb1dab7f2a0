import Foundation
import Workspace

/// Which runs are the next to be carried out. What it looks at it locks, and passes over what somebody else has
/// locked: of several workers that ask at once each finds other runs.
struct PostgresRunQueue {
    /// What is due and whose lease has ended goes by it.
    let clock: LeaseTime
    /// The caller's time, at which runs end.
    let time: Date
    /// Attempts that a run has.
    let attempts: Int
    let db: PostgresConnection

    /// Ended leases of runs that end now which one call looks at, most often none.
    private static let endedLeases = 256

    /// By priority and age; what may not be handed out any more is ended.
    func due(_ limit: Int, _ outbox: inout PostgresOutbox) throws -> [Int64] {
        for run in try lost() { try end(run, &outbox) }
        while true {
            // What is locked by this transaction is found once more.
            let candidates = try candidates(limit)
            let unwanted = candidates.filter { !isLiving($0) }
            if unwanted.isEmpty { return candidates.map(\.sequence) }
            for run in unwanted { try end(run, &outbox) }
        }
    }

    /// A run that may be handed out.
    private struct Candidate {
        var sequence: Int64
        var attempts: Int
        var isCancelRequested: Bool
    }

    /// Whether it has an attempt left, and nobody asked for its end.
    private func isLiving(_ run: Candidate) -> Bool { !run.isCancelRequested && run.attempts < attempts }

    private func end(_ run: Candidate, _ outbox: inout PostgresOutbox) throws {
        try Self.end(run.sequence, run.isCancelRequested ? .cancelled : .dead, at: time, db, &outbox)
    }

    /// Runs that lost their worker and are not begun again, wherever they stand in the queue.
    private func lost() throws -> [Candidate] {
        try found(
            """
            SELECT sequence, attempts, is_cancel_requested FROM run
            WHERE state = 'running' AND lease_expires_at <= $1 AND (attempts >= $2 OR is_cancel_requested)
            ORDER BY lease_expires_at LIMIT $3 FOR UPDATE SKIP LOCKED
            """, Self.endedLeases)
    }

    private func candidates(_ limit: Int) throws -> [Candidate] {
        try found(
            """
            SELECT sequence, attempts, is_cancel_requested FROM run
            WHERE state IN ('queued', 'running') AND due_at <= $1 AND (state = 'queued'
                OR (lease_expires_at <= $1 AND attempts < $2 AND NOT is_cancel_requested))
            ORDER BY priority DESC, due_at, sequence LIMIT $3 FOR UPDATE SKIP LOCKED
            """, limit)
    }

    private func found(_ sql: String, _ limit: Int) throws -> [Candidate] {
        try db.query(sql, [.time(clock.now), .count(attempts), .count(limit)]).rows.map {
            Candidate(
                sequence: try $0.int(0), attempts: try $0.count(1), isCancelRequested: try $0.bool(2))
        }
    }

    /// Ends a run whose result is written already, and puts word of it into the outbox.
    static func end(
        _ sequence: Int64, _ state: StoredRun.State, at time: Date, _ db: PostgresConnection,
        _ outbox: inout PostgresOutbox
    ) throws {
        let ended = try db.query(
            """
            UPDATE run SET state = $2, ended_at = $3, lease_worker = NULL, lease_expires_at = NULL
            WHERE sequence = $1 RETURNING \(EndedRun.columns)
            """, [.int(sequence), .text(state.rawValue), .time(time)])
        guard let row = ended.first, let run = try EndedRun(row) else { return }
        try outbox.tell(of: run, db)
    }
}
