import Foundation
import Workspace

extension PostgresWorkspace: ReplyStore {
    public func claim(
        _ key: ReplyKey, until: Date, at time: Date
    ) async throws(WorkspaceError) -> ReplyClaim {
        try WorkspaceLimits.check(key.operation, as: "operation")
        return try await writeTimed { db in
            let owner = try db.ensuredOwnerID(key.owner)
            let clock = try self.leaseTime(time, db)
            // Of several that come at once one makes the row, or takes an ended one over; the others wait for that
            // and find it. A row that stays as it is is held too, so that it is still there when it is read.
            let claim = try db.int(
                """
                INSERT INTO reply AS known (owner_id, operation, key_digest, fingerprint, expires_at)
                VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (owner_id, operation, key_digest) DO UPDATE SET claim = excluded.claim,
                    fingerprint = excluded.fingerprint, expires_at = excluded.expires_at, status = NULL,
                    headers = NULL, body = NULL
                WHERE known.expires_at <= $6
                RETURNING claim
                """,
                [
                    .int(owner), .text(key.operation), .bytes(key.digest), .bytes(key.fingerprint),
                    .time(clock.kept(until)), .time(clock.now),
                ])
            guard let claim else { return try Self.outcome(of: key, owner, db) }
            try Self.makeRoom(beside: claim, of: owner, at: clock.now, db)
            return .first(claim: claim)
        }
    }

    /// Ended ones that a claim removes on its way.
    private static let removedAtOnce = 100

    /// Removes what has ended, and what an owner keeps beyond the limit, the earliest to end first. What somebody
    /// else holds is passed over: nobody waits here, whoever has claimed what.
    private static func makeRoom(
        beside claim: Int64, of owner: Int64, at time: Date, _ db: PostgresConnection
    ) throws {
        let results = try db.pipeline([
            .init(
                """
                WITH ended AS MATERIALIZED (
                    SELECT claim FROM reply WHERE expires_at <= $1 AND claim <> $2 ORDER BY expires_at LIMIT $3
                    FOR UPDATE SKIP LOCKED)
                DELETE FROM reply r USING ended WHERE r.claim = ended.claim
                """, [.time(time), .int(claim), .count(removedAtOnce)]),
            .init("SELECT count(*) FROM reply WHERE owner_id = $1", [.int(owner)]),
        ])
        let surplus = (try results[1].first?.count(0) ?? 0) - WorkspaceLimits.replies
        guard surplus > 0 else { return }
        try db.query(
            """
            WITH earliest AS MATERIALIZED (
                SELECT claim FROM reply WHERE owner_id = $1 AND claim <> $2
                ORDER BY (status IS NULL), expires_at LIMIT $3 FOR UPDATE SKIP LOCKED)
            DELETE FROM reply r USING earliest WHERE r.claim = earliest.claim
            """, [.int(owner), .int(claim), .count(surplus)])
    }

    private static func outcome(
        of key: ReplyKey, _ owner: Int64, _ db: PostgresConnection
    ) throws -> ReplyClaim {
        let row = try db.query(
            """
            SELECT fingerprint, status, headers, body FROM reply
            WHERE owner_id = $1 AND operation = $2 AND key_digest = $3
            """, [.int(owner), .text(key.operation), .bytes(key.digest)]
        ).first
        guard let row else {
            throw WorkspaceError.changedMeanwhile(kind: "idempotency key", id: key.operation)
        }
        guard try row.bytes(0) == key.fingerprint else { return .otherRequest }
        guard let status = try row.optionalCount(1) else { return .underWay }
        let headers = try row.optionalText(2).map { Data($0.utf8) } ?? Data("[]".utf8)
        return .replied(
            StoredReply(
                status: status, headers: try JSONDecoder().decode([StoredReply.Header].self, from: headers),
                body: try row.optionalBytes(3)))
    }

    public func renew(_ key: ReplyKey, claim: Int64, until: Date) async throws(WorkspaceError) {
        let time = now()
        try await writeTimed { db in
            let until = try self.leaseTime(time, db).kept(until)
            try db.query(
                """
                UPDATE reply SET expires_at = GREATEST(expires_at, $3)
                WHERE claim = $1 AND key_digest = $2 AND status IS NULL
                """, [.int(claim), .bytes(key.digest), .time(until)])
            return
        }
    }

    public func settle(
        _ key: ReplyKey, claim: Int64, with reply: StoredReply, until end: Date
    ) async throws(WorkspaceError) {
        try WorkspaceLimits.check(
            reply.body?.count ?? 0, of: "response", limit: WorkspaceLimits.replyBytes)
        let time = now()
        try await writeTimed { db in
            let end = try self.leaseTime(time, db).kept(end)
            let headers = String(decoding: try JSONEncoder().encode(reply.headers), as: UTF8.self)
            try db.query(
                """
                UPDATE reply SET status = $3, headers = $4, body = $5, expires_at = $6
                WHERE claim = $1 AND key_digest = $2 AND status IS NULL
                """,
                [
                    .int(claim), .bytes(key.digest), .count(reply.status), .text(headers),
                    PostgresValue(reply.body), .time(end),
                ])
        }
    }

    public func release(_ key: ReplyKey, claim: Int64) async throws(WorkspaceError) {
        try await write { db in
            try db.query(
                "DELETE FROM reply WHERE claim = $1 AND key_digest = $2 AND status IS NULL",
                [.int(claim), .bytes(key.digest)])
            return
        }
    }
}
