import Corpus
import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: SessionStore {
    public func add(_ session: SignInSession) async throws(WorkspaceError) {
        try await write { db in
            try db.run("DELETE FROM sign_in_session WHERE expires_at <= ?", session.createdAt.microseconds)
            try db.run(
                """
                INSERT INTO sign_in_session
                    (id, digest, tenant, principals, scopes, created_at, expires_at, rotated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """, session.id, session.digest, session.tenant,
                try TextList.encoded(session.principals.sorted().map(\.description)),
                try session.scopes.map { try TextList.encoded($0.sorted()) },
                session.createdAt.microseconds, session.expiresAt.microseconds,
                session.rotatedAt.microseconds)
        }
    }

    public func session(
        digest: Data, at time: Date, grace: Duration
    ) async throws(WorkspaceError) -> SignInSession? {
        try await read { db in
            let row =
                try db.row("SELECT * FROM sign_in_session WHERE digest = ?", digest)
                ?? db.row(
                    "SELECT * FROM sign_in_session WHERE previous_digest = ? AND rotated_at > ?", digest,
                    time.addingTimeInterval(-(grace / .seconds(1))).microseconds)
            guard let row, (row["expires_at"] as Int64) > time.microseconds else { return nil }
            return try Self.session(row)
        }
    }

    public func sessions(
        of tenant: String, at time: Date, limit: Int
    ) async throws(WorkspaceError) -> [SignInSession] {
        try await read { db in
            try db.rows(
                """
                SELECT * FROM sign_in_session WHERE tenant = ? AND expires_at > ?
                ORDER BY created_at DESC, id LIMIT ?
                """, tenant, time.microseconds, WorkspaceLimits.rows(limit)
            ).map { try Self.session($0) }
        }
    }

    public func end(
        session id: String, of tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        let now = now()
        return try await write { db in
            let ended = try Self.end(db, "id = ? AND tenant = ?", id, tenant)
            guard ended.count > 0 else { throw WorkspaceError.notFound(kind: "session", id: id) }
            try db.tell(act, tenant: tenant, at: now)
            return ended
        }
    }

    /// Ends the sessions that meet a condition.
    private static func end(
        _ db: Database, _ condition: String, _ values: Database.Value...
    ) throws -> EndedSessions {
        let rows = try db.rows(
            "SELECT digest, previous_digest FROM sign_in_session WHERE \(condition)", values)
        _ = try db.changes("DELETE FROM sign_in_session WHERE \(condition)", values)
        return EndedSessions(
            count: rows.count,
            digests: Set(
                rows.flatMap { [$0["digest"] as Data?, $0["previous_digest"] as Data?].compactMap(\.self) }))
    }

    public func endSessions(
        of principal: Principal, tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        let now = now()
        return try await write { db in
            let ended = try Self.end(
                db, "tenant = ? AND EXISTS (SELECT 1 FROM json_each(principals) WHERE value = ?)",
                tenant, principal.description)
            if ended.count > 0 { try db.tell(act, tenant: tenant, at: now) }
            return ended
        }
    }

    private static func session(_ row: Row) throws -> SignInSession {
        SignInSession(
            id: row["id"], digest: row["digest"], tenant: row["tenant"],
            principals: Set(try TextList.decoded(row["principals"]).compactMap(Principal.init)),
            scopes: try (row["scopes"] as String?).map { Set(try TextList.decoded($0)) },
            createdAt: Date(microseconds: row["created_at"]),
            expiresAt: Date(microseconds: row["expires_at"]),
            rotatedAt: Date(microseconds: row["rotated_at"]))
    }

    public func rotate(
        session digest: Data, to next: Data, at time: Date
    ) async throws(WorkspaceError) -> Bool {
        try await write { db in
            try db.changes(
                """
                UPDATE sign_in_session SET previous_digest = digest, digest = ?, rotated_at = ? WHERE digest = ?
                """, next, time.microseconds, digest) > 0
        }
    }

    public func end(session digest: Data) async throws(WorkspaceError) -> EndedSessions {
        try await write { db in try Self.end(db, "digest = ? OR previous_digest = ?", digest, digest) }
    }
}
