import Corpus
import Foundation
import Workspace

extension PostgresWorkspace: APIKeyStore {
    public func add(
        _ key: APIKey, replacing replaced: (id: String, until: Date)?, told act: AuditAct
    ) async throws(WorkspaceError) {
        try key.check()
        let now = now()
        try await write { db in
            // Nobody else changes keys meanwhile: they are counted.
            try PostgresAudit.lock(db)
            let count =
                try db.int(
                    """
                    SELECT count(*) FROM api_key
                    WHERE tenant = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
                    """, [.text(key.tenant), .time(now)]) ?? 0
            guard count < Int64(WorkspaceLimits.keys) else {
                throw WorkspaceError.tooMany(kind: "key", limit: WorkspaceLimits.keys)
            }
            if let replaced {
                // Never later than it would have ended anyway.
                let changed = try db.query(
                    """
                    UPDATE api_key SET expires_at = LEAST($1, expires_at)
                    WHERE id = $2 AND tenant = $3 AND revoked_at IS NULL
                        AND (expires_at IS NULL OR expires_at > $4)
                    """, [.time(replaced.until), .text(replaced.id), .text(key.tenant), .time(now)]
                ).changed
                guard changed > 0 else { throw WorkspaceError.noKey(replaced.id) }
            }
            try Self.insert(key, db)
            try PostgresAudit.append(act, tenant: key.tenant, at: now, db)
        }
    }

    private static func insert(_ key: APIKey, _ db: PostgresConnection) throws {
        try db.query(
            """
            INSERT INTO api_key (id, tenant, lineage, digest, name, principals, scopes, created_at, created_by,
                expires_at, requests_per_minute, concurrent_runs)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            [
                .text(key.id), .text(key.tenant), .text(key.lineage), .bytes(key.digest), .text(key.name),
                .text(try TextList.encoded(key.principals.sorted().map(\.description))),
                .text(try TextList.encoded(key.scopes.sorted())), .time(key.createdAt),
                .text(key.createdBy), .time(key.expiresAt), PostgresValue(key.requestsPerMinute),
                PostgresValue(key.concurrentRuns),
            ])
    }

    public func key(digest: Data) async throws(WorkspaceError) -> APIKey? {
        try await read { db in
            try db.query("SELECT \(Self.keyColumns) FROM api_key WHERE digest = $1", [.bytes(digest)]).first
                .map { try Self.key($0) }
        }
    }

    public func keys(of tenant: String) async throws(WorkspaceError) -> [APIKey] {
        try await read { db in
            try db.query(
                "SELECT \(Self.keyColumns) FROM api_key WHERE tenant = $1 ORDER BY sequence DESC",
                [.text(tenant)]
            ).rows.map { try Self.key($0) }
        }
    }

    public func revoke(
        key id: String, of tenant: String, at time: Date, told act: AuditAct
    ) async throws(WorkspaceError) -> APIKey {
        try await write { db in
            try PostgresAudit.lock(db)
            let changed = try db.query(
                "UPDATE api_key SET revoked_at = $1 WHERE id = $2 AND tenant = $3 AND revoked_at IS NULL",
                [.time(time), .text(id), .text(tenant)]
            ).changed
            let row = try db.query(
                "SELECT \(Self.keyColumns) FROM api_key WHERE id = $1 AND tenant = $2",
                [.text(id), .text(tenant)]
            ).first
            guard let row else { throw WorkspaceError.noKey(id) }
            if changed > 0 { try PostgresAudit.append(act, tenant: tenant, at: time, db) }
            return try Self.key(row)
        }
    }

    /// Waits neither for the disk nor for anybody who changes the key at this moment; of several processes that note
    /// a use at once one does.
    public func noteUse(ofKey id: String, at time: Date) async throws(WorkspaceError) {
        try await write { db in
            try db.pipeline([
                .init("SELECT set_config('synchronous_commit', 'off', true)"),
                .init(
                    """
                    WITH used AS MATERIALIZED (
                        SELECT sequence FROM api_key
                        WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2) FOR UPDATE SKIP LOCKED)
                    UPDATE api_key k SET last_used_at = $2 FROM used WHERE k.sequence = used.sequence
                    """, [.text(id), .time(time)]),
            ])
            return
        }
    }

    public func activeKeyCount(at time: Date) async throws(WorkspaceError) -> Int {
        try await read { db in
            Int(
                try db.int(
                    """
                    SELECT count(*) FROM api_key
                    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
                    """, [.time(time)]) ?? 0)
        }
    }

    private static let keyColumns = """
        id, tenant, lineage, digest, name, principals, scopes, created_at, created_by, expires_at, revoked_at,
            last_used_at, requests_per_minute, concurrent_runs
        """

    private static func key(_ row: PostgresRow) throws -> APIKey {
        APIKey(
            id: try row.text(0), tenant: try row.text(1), lineage: try row.text(2), digest: try row.bytes(3),
            name: try row.text(4),
            principals: Set(try TextList.decoded(row.text(5)).compactMap(Principal.init)),
            scopes: Set(try TextList.decoded(row.text(6))), createdAt: try row.time(7),
            createdBy: try row.text(8), expiresAt: try row.optionalTime(9),
            revokedAt: try row.optionalTime(10), lastUsedAt: try row.optionalTime(11),
            requestsPerMinute: try row.optionalCount(12), concurrentRuns: try row.optionalCount(13))
    }
}

extension WorkspaceError {
    static func noKey(_ id: String) -> WorkspaceError { .notFound(kind: "key", id: id) }
}
