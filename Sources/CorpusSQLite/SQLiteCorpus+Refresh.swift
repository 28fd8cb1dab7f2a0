import Corpus
import Foundation
import GRDB

extension SQLiteCorpus: RefreshQueue {
    /// Remembers targets to read anew; one that waits already waits once.
    public func requestRefresh(_ targets: [String], at time: Date) async throws(CorpusError) {
        guard !targets.isEmpty else { return }
        try await write { db in
            for target in targets {
                try db.execute(
                    sql: """
                        INSERT INTO refresh_request (target, sequence, attempts, due_at) VALUES (?, 1, 0, ?)
                        ON CONFLICT (target) DO UPDATE SET sequence = sequence + 1, attempts = 0,
                            due_at = MIN(due_at, excluded.due_at)
                        """, arguments: [target, time.timeIntervalSince1970])
            }
        }
    }

    /// Targets that are due, those that wait longest first.
    public func dueRefreshes(at time: Date, limit: Int) async throws(CorpusError) -> [RefreshRequest] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT target, sequence, attempts FROM refresh_request WHERE due_at <= ?
                    ORDER BY due_at, target LIMIT ?
                    """, arguments: [time.timeIntervalSince1970, limit]
            ).map {
                RefreshRequest(target: $0["target"], sequence: $0["sequence"], attempts: $0["attempts"])
            }
        }
    }

    /// Takes requests off the queue, unless they came again meanwhile.
    public func finishRefreshes(_ requests: [RefreshRequest]) async throws(CorpusError) {
        try await write { db in
            for request in requests {
                try db.execute(
                    sql: "DELETE FROM refresh_request WHERE target = ? AND sequence = ?",
                    arguments: [request.target, request.sequence])
            }
        }
    }

    /// Puts requests off that failed, or drops them after `limit` attempts; a sync finds what they meant.
    public func postponeRefreshes(
        _ requests: [RefreshRequest], until time: Date, limit: Int
    ) async throws(CorpusError) {
        try await write { db in
            for request in requests {
                try db.execute(
                    sql: """
                        UPDATE refresh_request SET attempts = attempts + 1, due_at = ?
                        WHERE target = ? AND sequence = ?
                        """,
                    arguments: [time.timeIntervalSince1970, request.target, request.sequence])
            }
            try db.execute(sql: "DELETE FROM refresh_request WHERE attempts >= ?", arguments: [limit])
        }
    }
}
