import Corpus
import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: APIKeyStore {
    public func add(
        _ key: APIKey, replacing replaced: (id: String, until: Date)?, told act: AuditAct
    ) async throws(WorkspaceError) {
        try key.check()
        let now = now()
        try await write { db in
            let count =
                try db.integer(
                    """
                    SELECT COUNT(*) FROM api_key
                    WHERE tenant = ? AND revoked_at IS NULL AND COALESCE(expires_at, ?) > ?
                    """, key.tenant, Int64.max, now.microseconds) ?? 0
            guard count < WorkspaceLimits.keys else {
                throw WorkspaceError.tooMany(kind: "key", limit: WorkspaceLimits.keys)
            }
            if let replaced {
                // Never later than it would have ended anyway.
                let changed = try db.changes(
                    """
                    UPDATE api_key SET expires_at = MIN(?, COALESCE(expires_at, ?))
                    WHERE id = ? AND tenant = ? AND revoked_at IS NULL AND COALESCE(expires_at, ?) > ?
                    """, replaced.until.microseconds, replaced.until.microseconds, replaced.id, key.tenant,
                    Int64.max, now.microseconds)
                guard changed > 0 else { throw WorkspaceError.noKey(replaced.id) }
            }
            try db.run(
                """
                INSERT INTO api_key (id, tenant, lineage, digest, name, principals, scopes, created_at, created_by,
                    expires_at, requests_per_minute, concurrent_runs)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, key.id, key.tenant, key.lineage, key.digest, key.name,
                try TextList.encoded(key.principals.sorted().map(\.description)),
                try TextList.encoded(key.scopes.sorted()), key.createdAt.microseconds, key.createdBy,
                key.expiresAt?.microseconds, key.requestsPerMinute, key.concurrentRuns)
            try db.tell(act, tenant: key.tenant, at: now)
        }
    }

    public func key(digest: Data) async throws(WorkspaceError) -> APIKey? {
        try await read { db in
            try db.row("SELECT * FROM api_key WHERE digest = ?", digest).map { try Self.key($0) }
        }
    }

    public func keys(of tenant: String) async throws(WorkspaceError) -> [APIKey] {
        try await read { db in
            try db.rows("SELECT * FROM api_key WHERE tenant = ? ORDER BY sequence DESC", tenant).map {
                try Self.key($0)
            }
        }
    }

    public func revoke(
        key id: String, of tenant: String, at time: Date, told act: AuditAct
    ) async throws(WorkspaceError) -> APIKey {
        try await write { db in
            let changed = try db.changes(
                "UPDATE api_key SET revoked_at = ? WHERE id = ? AND tenant = ? AND revoked_at IS NULL",
                time.microseconds, id, tenant)
            guard let row = try db.row("SELECT * FROM api_key WHERE id = ? AND tenant = ?", id, tenant) else {
                throw WorkspaceError.noKey(id)
            }
            if changed > 0 { try db.tell(act, tenant: tenant, at: time) }
            return try Self.key(row)
        }
    }

    public func noteUse(ofKey id: String, at time: Date) async throws(WorkspaceError) {
        try await write(.process) { db in
            try db.run("UPDATE api_key SET last_used_at = ? WHERE id = ?", time.microseconds, id)
        }
    }

    public func activeKeyCount(at time: Date) async throws(WorkspaceError) -> Int {
        try await read { db in try Self.activeKeyCount(db, at: time) }
    }

    static func activeKeyCount(_ db: Database, at time: Date) throws -> Int {
        Int(
            try db.integer(
                """
                SELECT COUNT(*) FROM api_key
                WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)
                """, time.microseconds) ?? 0)
    }

    private static func key(_ row: Row) throws -> APIKey {
        APIKey(
            id: row["id"], tenant: row["tenant"], lineage: row["lineage"], digest: row["digest"],
            name: row["name"],
            principals: Set(try TextList.decoded(row["principals"]).compactMap(Principal.init)),
            scopes: Set(try TextList.decoded(row["scopes"])),
            createdAt: Date(microseconds: row["created_at"]), createdBy: row["created_by"],
            expiresAt: (row["expires_at"] as Int64?).map { Date(microseconds: $0) },
            revokedAt: (row["revoked_at"] as Int64?).map { Date(microseconds: $0) },
            lastUsedAt: (row["last_used_at"] as Int64?).map { Date(microseconds: $0) },
            requestsPerMinute: row["requests_per_minute"], concurrentRuns: row["concurrent_runs"])
    }
}

extension WorkspaceError {
    static func noKey(_ id: String) -> WorkspaceError { .notFound(kind: "key", id: id) }
}
