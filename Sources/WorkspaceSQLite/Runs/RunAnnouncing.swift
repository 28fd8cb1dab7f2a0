import Foundation
import GRDB
import Workspace

/// Puts word into the outbox that a run waits, within the transaction that has it wait.
enum RunAnnouncing {
    /// - Parameter due: when the run may be taken.
    static func announce(_ run: Int64, due: Date, _ db: Database) throws {
        try db.run(
            """
            INSERT INTO run_outbox (run_sequence, priority, due_at, held_until)
            SELECT sequence, priority, ?, 0 FROM run WHERE sequence = ?
            """, due.microseconds, run)
    }
}
