import Corpus
import Foundation

extension PostgresCorpus: RefreshQueue, StateStore {
    public func requestRefresh(_ targets: [String], at time: Date) async throws(CorpusError) {
        guard !targets.isEmpty else { return }
        try await write { db in
            try db.query(
                """
                INSERT INTO refresh_request AS known (target, sequence, attempts, due_at)
                SELECT DISTINCT target, 1, 0, $2 FROM unnest($1) target ORDER BY target
                ON CONFLICT (target) DO UPDATE SET sequence = known.sequence + 1, attempts = 0,
                    due_at = LEAST(known.due_at, excluded.due_at)
                """, [.texts(targets), PostgresValue(time)])
            return
        }
    }

    public func dueRefreshes(at time: Date, limit: Int) async throws(CorpusError) -> [RefreshRequest] {
        try await read { db in
            try db.query(
                """
                SELECT target, sequence, attempts FROM refresh_request WHERE due_at <= $1
                ORDER BY due_at, target LIMIT $2
                """, [PostgresValue(time), .int(Int64(max(0, limit)))]
            ).rows.map {
                RefreshRequest(
                    target: try $0.text(0), sequence: try $0.int(1), attempts: Int(try $0.int(2)))
            }
        }
    }

    public func finishRefreshes(_ requests: [RefreshRequest]) async throws(CorpusError) {
        guard !requests.isEmpty else { return }
        try await write { db in
            try db.query(
                """
                DELETE FROM refresh_request r USING unnest($1, $2) AS done (target, sequence)
                WHERE r.target = done.target AND r.sequence = done.sequence
                """, Self.columns(of: requests))
            return
        }
    }

    public func postponeRefreshes(
        _ requests: [RefreshRequest], until time: Date, limit: Int
    ) async throws(CorpusError) {
        try await write { db in
            try db.pipeline([
                .init(
                    """
                    UPDATE refresh_request r SET attempts = attempts + 1, due_at = $3
                    FROM unnest($1, $2) AS failed (target, sequence)
                    WHERE r.target = failed.target AND r.sequence = failed.sequence
                    """, Self.columns(of: requests) + [PostgresValue(time)]),
                .init("DELETE FROM refresh_request WHERE attempts >= $1", [.int(Int64(limit))]),
            ])
            return
        }
    }

    private static func columns(of requests: [RefreshRequest]) -> [PostgresValue] {
        [.texts(requests.map(\.target)), .ints(requests.map { Int64($0.sequence) })]
    }

    public func state(_ key: String) async throws(CorpusError) -> String? {
        try await read { try $0.text("SELECT value FROM state WHERE key = $1", [.text(key)]) }
    }

    public func setState(_ key: String, _ value: String?) async throws(CorpusError) {
        try await write { db in
            guard let value else {
                try db.query("DELETE FROM state WHERE key = $1", [.text(key)])
                return
            }
            try db.query(
                """
                INSERT INTO state (key, value) VALUES ($1, $2)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """, [.text(key), .text(value)])
        }
    }
}
