import Foundation
import GRDB
import Workspace

/// Which runs are the next to be carried out.
enum RunQueue {
    /// A run that may be handed out.
    private struct Candidate {
        var sequence: Int64
        var priority: Int
        var dueAt: Int64
        var attempts: Int
        var isCancelRequested: Bool

        init(_ row: Row) {
            sequence = row["sequence"]
            priority = row["priority"]
            dueAt = row["due_at"]
            attempts = row["attempts"]
            isCancelRequested = row["is_cancel_requested"]
        }

        static let columns = "sequence, priority, due_at, attempts, is_cancel_requested"
    }

    /// Ended leases that one call looks at beyond what it hands out: those of runs that end now, most often none.
    private static let endedLeases = 256

    /// By priority and age; what may not be handed out any more is ended.
    static func due(_ limit: Int, at time: Date, attempts: Int, _ db: Database) throws -> [Int64] {
        let lost = try db.rows(
            """
            SELECT \(Candidate.columns) FROM run WHERE state = 'running' AND lease_expires_at <= ?
            ORDER BY lease_expires_at LIMIT ?
            """, time.microseconds, limit + endedLeases
        ).map { Candidate($0) }
        let candidates =
            try living(lost, at: time, attempts: attempts, db)
            + waiting(limit, at: time, attempts: attempts, db)
        return candidates.sorted {
            ($1.priority, $0.dueAt, $0.sequence) < ($0.priority, $1.dueAt, $1.sequence)
        }.prefix(limit).map(\.sequence)
    }

    /// Queued runs, one priority after another: within one, those that are due stand together in the index, however
    /// many wait for a later time.
    private static func waiting(
        _ limit: Int, at time: Date, attempts: Int, _ db: Database
    ) throws -> [Candidate] {
        var found: [Candidate] = []
        var priority = try db.integer(
            "SELECT priority FROM run WHERE state = 'queued' ORDER BY priority DESC LIMIT 1")
        while let this = priority, found.count < limit {
            let due = try db.rows(
                """
                SELECT \(Candidate.columns) FROM run WHERE state = 'queued' AND priority = ? AND due_at <= ?
                ORDER BY due_at, sequence LIMIT ?
                """, this, time.microseconds, limit - found.count
            ).map { Candidate($0) }
            found += try living(due, at: time, attempts: attempts, db)
            priority = try db.integer(
                "SELECT priority FROM run WHERE state = 'queued' AND priority < ? ORDER BY priority DESC LIMIT 1",
                this)
        }
        return found
    }

    /// Those that have an attempt left. The others end here: cancelled if somebody asked for it, else dead.
    private static func living(
        _ candidates: [Candidate], at time: Date, attempts: Int, _ db: Database
    ) throws -> [Candidate] {
        try candidates.filter { run in
            if run.isCancelRequested {
                try end(run.sequence, .cancelled, at: time, db)
            } else if run.attempts >= attempts {
                try end(run.sequence, .dead, at: time, db)
            } else {
                return true
            }
            return false
        }
    }

    /// Ends a run whose result is written already, and puts word of it into the outbox.
    static func end(_ sequence: Int64, _ state: StoredRun.State, at time: Date, _ db: Database) throws {
        try db.run(
            """
            UPDATE run SET state = ?, ended_at = ?, lease_worker = NULL, lease_expires_at = NULL
            WHERE sequence = ?
            """, state.rawValue, time.microseconds, sequence)
        try WebhookOutbox.tell(ofRun: sequence, db)
    }
}
