import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: ReplyStore {
    /// Ended ones that a claim removes on its way.
    private static let removedAtOnce = 100

    public func claim(
        _ key: ReplyKey, until: Date, at time: Date
    ) async throws(WorkspaceError) -> ReplyClaim {
        try WorkspaceLimits.check(key.operation, as: "operation")
        return try await write { db in
            let owner = try db.ensuredOwnerID(key.owner)
            try db.run(
                """
                DELETE FROM reply WHERE claim IN
                    (SELECT claim FROM reply WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
                """, time.microseconds, Self.removedAtOnce)
            let row = try db.row(
                """
                SELECT claim, fingerprint, expires_at, status, headers, body FROM reply
                WHERE owner_id = ? AND operation = ? AND key_digest = ?
                """, owner, key.operation, key.digest)
            if let row, (row["expires_at"] as Int64) > time.microseconds {
                return try Self.outcome(row, of: key)
            }
            if let row { try db.run("DELETE FROM reply WHERE claim = ?", row["claim"] as Int64) }
            let count = try db.integer("SELECT COUNT(*) FROM reply WHERE owner_id = ?", owner) ?? 0
            if count >= WorkspaceLimits.replies {
                try db.run(
                    """
                    DELETE FROM reply WHERE claim =
                        (SELECT claim FROM reply WHERE owner_id = ? ORDER BY status IS NULL, expires_at LIMIT 1)
                    """, owner)
            }
            try db.run(
                """
                INSERT INTO reply (owner_id, operation, key_digest, fingerprint, expires_at)
                VALUES (?, ?, ?, ?, ?)
                """, owner, key.operation, key.digest, key.fingerprint, until.microseconds)
            return .first(claim: db.lastInsertedRowID)
        }
    }

    private static func outcome(_ row: Row, of key: ReplyKey) throws -> ReplyClaim {
        guard row["fingerprint"] == key.fingerprint else { return .otherRequest }
        guard let status: Int = row["status"] else { return .underWay }
        let headers = (row["headers"] as String?).map { Data($0.utf8) } ?? Data("[]".utf8)
        return .replied(
            StoredReply(
                status: status, headers: try JSONDecoder().decode([StoredReply.Header].self, from: headers),
                body: row["body"]))
    }

    public func renew(_ key: ReplyKey, claim: Int64, until: Date) async throws(WorkspaceError) {
        try await write { db in
            try db.run(
                """
                UPDATE reply SET expires_at = MAX(expires_at, ?)
                WHERE claim = ? AND key_digest = ? AND status IS NULL
                """, until.microseconds, claim, key.digest)
        }
    }

    public func settle(
        _ key: ReplyKey, claim: Int64, with reply: StoredReply, until end: Date
    ) async throws(WorkspaceError) {
        try WorkspaceLimits.check(
            reply.body?.count ?? 0, of: "response", limit: WorkspaceLimits.replyBytes)
        try await write { db in
            let headers = String(decoding: try JSONEncoder().encode(reply.headers), as: UTF8.self)
            try db.run(
                """
                UPDATE reply SET status = ?, headers = ?, body = ?, expires_at = ?
                WHERE claim = ? AND key_digest = ? AND status IS NULL
                """, reply.status, headers, reply.body, end.microseconds, claim, key.digest)
        }
    }

    public func release(_ key: ReplyKey, claim: Int64) async throws(WorkspaceError) {
        try await write { db in
            try db.run(
                "DELETE FROM reply WHERE claim = ? AND key_digest = ? AND status IS NULL", claim, key.digest)
        }
    }
}
