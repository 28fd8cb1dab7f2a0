import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace {
    public func append(_ events: [StoredRunEvent], under lease: RunLease) async throws(WorkspaceError) {
        try Self.check(events)
        try await write { db in
            try Self.append(events, to: try HeldRun(lease, db).sequence, of: lease, db)
        }
    }

    static func check(_ events: [StoredRunEvent]) throws(WorkspaceError) {
        for event in events {
            try WorkspaceLimits.check(event.event.count, of: "event", limit: WorkspaceLimits.eventBytes)
        }
    }

    static func append(
        _ events: [StoredRunEvent], to run: Int64, of lease: RunLease, _ db: Database
    ) throws {
        guard !events.isEmpty else { return }
        let last = try db.integer(
            "SELECT position FROM run_event WHERE run_sequence = ? ORDER BY position DESC LIMIT 1", run)
        var next = last.map { Int($0) + 1 } ?? 0
        for event in events where event.position >= next {
            guard event.position == next else {
                throw WorkspaceError.eventGap(run: lease.run, expected: next, actual: event.position)
            }
            try db.run(
                "INSERT INTO run_event (run_sequence, position, event) VALUES (?, ?, ?)", run,
                event.position, event.event)
            next += 1
        }
    }

    public func events(
        of id: String, for owner: Owner, from position: Int, limit: Int
    ) async throws(WorkspaceError) -> [StoredRunEvent] {
        try await read { db in
            try db.rows(
                """
                SELECT position, event FROM run_event WHERE run_sequence = ? AND position >= ?
                ORDER BY position LIMIT ?
                """, try Self.ownRun(id, for: owner, db), position, WorkspaceLimits.rows(limit)
            ).map { StoredRunEvent(position: $0["position"], event: $0["event"]) }
        }
    }

    public func forgetEvents(under lease: RunLease) async throws(WorkspaceError) {
        try await write { db in
            try db.run(
                "DELETE FROM run_event WHERE run_sequence = ?", try HeldRun(lease, db).sequence)
        }
    }
}
