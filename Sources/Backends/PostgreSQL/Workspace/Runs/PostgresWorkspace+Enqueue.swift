import Foundation
import Workspace

extension PostgresWorkspace {
    public func enqueue(
        _ run: StoredRun, key: String?, digest: Data, atMost limit: Int?
    ) async throws(WorkspaceError) -> StoredRun {
        try run.check()
        if let key { try WorkspaceLimits.check(key, as: "idempotency key") }
        return try await writeTimed { db in
            let owner = try db.ensuredOwnerID(run.owner)
            for _ in 0..<Self.enqueueTries {
                if let first = try Self.first(under: key, of: owner, digest, db) { return first }
                try Self.checkRoom(of: owner, atMost: limit, db)
                let due = try self.leaseTime(run.createdAt, db).atOnce(run.createdAt)
                if let sequence = try Self.insert(run, due: due, of: owner, key: key, digest, db) {
                    if self.announcesRuns { try RunAnnouncing.announce(sequence, due: due, db) }
                    return try PostgresRunRow.run(sequence: sequence, db)
                }
                // Another one with this key or this id was committed meanwhile.
                if let first = try Self.first(under: key, of: owner, digest, db) { return first }
                let same = try db.int("SELECT sequence FROM run WHERE id = $1", [.text(run.id)])
                guard same == nil else { throw WorkspaceError.nameTaken(kind: "run", name: run.id) }
            }
            throw WorkspaceError.changedMeanwhile(kind: "run", id: run.id)
        }
    }

    /// A run that was in the way may be removed before it is looked at; not again and again.
    private static let enqueueTries = 8

    /// The run of a key; `nil` where there is none.
    ///
    /// - Throws: ``WorkspaceError/keyReused(key:)`` where it was asked for something else.
    private static func first(
        under key: String?, of owner: Int64, _ digest: Data, _ db: PostgresConnection
    ) throws -> StoredRun? {
        guard let key else { return nil }
        let row = try db.query(
            "SELECT sequence, request_digest FROM run WHERE owner_id = $1 AND idempotency_key = $2",
            [.int(owner), .text(key)]
        ).first
        guard let row else { return nil }
        guard try row.bytes(1) == digest else { throw WorkspaceError.keyReused(key: key) }
        return try PostgresRunRow.run(sequence: row.int(0), db)
    }

    /// - Throws: ``WorkspaceError/tooManyWaiting(limit:)``.
    private static func checkRoom(of owner: Int64, atMost limit: Int?, _ db: PostgresConnection) throws {
        guard let limit else { return }
        let waiting = try db.int(
            """
            SELECT count(*) FROM (SELECT 1 FROM run WHERE owner_id = $1 AND state = 'queued' LIMIT $2) AS waiting
            """, [.int(owner), .int(Int64(limit))])
        guard (waiting ?? 0) < Int64(limit) else { throw WorkspaceError.tooManyWaiting(limit: limit) }
    }

    /// Stores a run that waits; whoever else stores one of this key or id at this moment is waited for.
    ///
    /// - Returns: its number; `nil` where one of its key or id is there already.
    private static func insert(
        _ run: StoredRun, due: Date, of owner: Int64, key: String?, _ digest: Data, _ db: PostgresConnection
    ) throws -> Int64? {
        let sequence = try db.int(
            """
            INSERT INTO run (id, owner_id, flow, version, session, state, priority, attempts, created_at, due_at,
                is_cancel_requested, callback, idempotency_key, request_digest)
            VALUES ($1, $2, $3, $4, $5, 'queued', $6, 0, $7, $11, false, $8, $9, $10)
            ON CONFLICT DO NOTHING RETURNING sequence
            """,
            [
                .text(run.id), .int(owner), .text(run.flow), .count(run.version), .text(run.session),
                .count(run.priority), .time(run.createdAt), PostgresValue(run.callback), PostgresValue(key),
                .bytes(digest), .time(due),
            ])
        guard let sequence else { return nil }
        try db.query(
            "INSERT INTO run_content (run_sequence, request) VALUES ($1, $2)",
            [.int(sequence), .bytes(run.request)])
        return sequence
    }
}
