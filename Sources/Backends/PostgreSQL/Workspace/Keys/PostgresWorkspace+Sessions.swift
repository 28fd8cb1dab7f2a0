import Corpus
import Foundation
import Workspace

extension PostgresWorkspace: SessionStore {
    public func add(_ session: SignInSession) async throws(WorkspaceError) {
        try await write { db in
            try db.pipeline([
                // Whoever adds another one at this moment removes some of them too.
                .init(
                    """
                    WITH ended AS MATERIALIZED (
                        SELECT sequence FROM sign_in_session WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)
                    DELETE FROM sign_in_session s USING ended WHERE s.sequence = ended.sequence
                    """, [.time(session.createdAt)]),
                .init(
                    """
                    INSERT INTO sign_in_session
                        (id, digest, tenant, principals, scopes, created_at, expires_at, rotated_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                    """,
                    [
                        .text(session.id), .bytes(session.digest), .text(session.tenant),
                        .text(try TextList.encoded(session.principals.sorted().map(\.description))),
                        PostgresValue(try session.scopes.map { try TextList.encoded($0.sorted()) }),
                        .time(session.createdAt), .time(session.expiresAt), .time(session.rotatedAt),
                    ]),
            ])
            return
        }
    }

    public func session(
        digest: Data, at time: Date, grace: Duration
    ) async throws(WorkspaceError) -> SignInSession? {
        try await read { db in
            let selection = "SELECT \(Self.sessionColumns) FROM sign_in_session"
            let row =
                try db.query(selection + " WHERE digest = $1", [.bytes(digest)]).first
                ?? db.query(
                    selection + " WHERE previous_digest = $1 AND rotated_at > $2",
                    [.bytes(digest), .time(time.addingTimeInterval(-(grace / .seconds(1))))]
                ).first
            guard let row, try row.int(6) > time.microseconds else { return nil }
            return try Self.session(row)
        }
    }

    public func sessions(
        of tenant: String, at time: Date, limit: Int
    ) async throws(WorkspaceError) -> [SignInSession] {
        try await read { db in
            try db.query(
                """
                SELECT \(Self.sessionColumns) FROM sign_in_session WHERE tenant = $1 AND expires_at > $2
                ORDER BY created_at DESC, id LIMIT $3
                """, [.text(tenant), .time(time), .count(WorkspaceLimits.rows(limit))]
            ).rows.map { try Self.session($0) }
        }
    }

    public func end(
        session id: String, of tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        let now = now()
        return try await write { db in
            try PostgresAudit.lock(db)
            let ended = try Self.end(db, "id = $1 AND tenant = $2", [.text(id), .text(tenant)])
            guard ended.count > 0 else { throw WorkspaceError.notFound(kind: "session", id: id) }
            try PostgresAudit.append(act, tenant: tenant, at: now, db)
            return ended
        }
    }

    /// Ends the sessions that meet a condition.
    private static func end(
        _ db: PostgresConnection, _ condition: String, _ values: [PostgresValue]
    ) throws -> EndedSessions {
        let rows = try db.query(
            "DELETE FROM sign_in_session WHERE \(condition) RETURNING digest, previous_digest", values
        ).rows
        return EndedSessions(
            count: rows.count,
            digests: Set(
                try rows.flatMap { row in
                    [try row.bytes(0), try row.optionalBytes(1)].compactMap(\.self)
                }))
    }

    public func endSessions(
        of principal: Principal, tenant: String, told act: AuditAct
    ) async throws(WorkspaceError) -> EndedSessions {
        let now = now()
        return try await write { db in
            try PostgresAudit.lock(db)
            // As it stands within a list; which of those that are found it stands in whole is looked at here.
            let part = try TextList.encoded([principal.description]).dropFirst().dropLast()
            let found = try db.query(
                """
                SELECT sequence, principals FROM sign_in_session
                WHERE tenant = $1 AND position($2 IN principals) > 0
                """, [.text(tenant), .text(String(part))])
            let sequences = try found.rows.compactMap { row in
                try TextList.decoded(row.text(1)).contains(principal.description) ? try row.int(0) : nil
            }
            let ended = try Self.end(db, "sequence = ANY($1)", [.ints(sequences)])
            if ended.count > 0 { try PostgresAudit.append(act, tenant: tenant, at: now, db) }
            return ended
        }
    }

    /// Of several requests that come with one cookie at once the first one changes it.
    public func rotate(
        session digest: Data, to next: Data, at time: Date
    ) async throws(WorkspaceError) -> Bool {
        try await write { db in
            try db.query(
                """
                UPDATE sign_in_session SET previous_digest = digest, digest = $2, rotated_at = $3
                WHERE digest = $1
                """, [.bytes(digest), .bytes(next), .time(time)]
            ).changed > 0
        }
    }

    public func end(session digest: Data) async throws(WorkspaceError) -> EndedSessions {
        try await write { db in
            try Self.end(db, "digest = $1 OR previous_digest = $1", [.bytes(digest)])
        }
    }

    private static let sessionColumns = """
        id, digest, tenant, principals, scopes, created_at, expires_at, rotated_at
        """

    private static func session(_ row: PostgresRow) throws -> SignInSession {
        SignInSession(
            id: try row.text(0), digest: try row.bytes(1), tenant: try row.text(2),
            principals: Set(try TextList.decoded(row.text(3)).compactMap(Principal.init)),
            scopes: try row.optionalText(4).map { Set(try TextList.decoded($0)) },
            createdAt: try row.time(5), expiresAt: try row.time(6), rotatedAt: try row.time(7))
    }
}
