import Foundation
import Workspace

extension PostgresWorkspace {
    public func append(_ events: [StoredRunEvent], under lease: RunLease) async throws(WorkspaceError) {
        try Self.check(events)
        try await write { db in
            try PostgresHeldRun(lease, db).append(events, of: lease, db)
        }
    }

    static func check(_ events: [StoredRunEvent]) throws(WorkspaceError) {
        for event in events {
            try WorkspaceLimits.check(event.event.count, of: "event", limit: WorkspaceLimits.eventBytes)
        }
    }

    public func events(
        of id: String, for owner: Owner, from position: Int, limit: Int
    ) async throws(WorkspaceError) -> [StoredRunEvent] {
        try await read { db in
            guard let ownerID = try db.ownerID(owner),
                let run = try db.int(
                    "SELECT sequence FROM run WHERE id = $1 AND owner_id = $2", [.text(id), .int(ownerID)])
            else { throw WorkspaceError.noRun(id) }
            return try db.query(
                """
                SELECT position, event FROM run_event WHERE run_sequence = $1 AND position >= $2
                ORDER BY position LIMIT $3
                """, [.int(run), .count(position), .count(WorkspaceLimits.rows(limit))]
            ).rows.map { StoredRunEvent(position: try $0.count(0), event: try $0.bytes(1)) }
        }
    }

    public func forgetEvents(under lease: RunLease) async throws(WorkspaceError) {
        try await write { db in
            let run = try PostgresHeldRun(lease, db).sequence
            try db.query("DELETE FROM run_event WHERE run_sequence = $1", [.int(run)])
        }
    }
}
