import GRDB

extension Migrations {
    /// API keys, people who have signed in, and the log of what was done by those who may.
    static func createKeys(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE api_key (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    tenant TEXT NOT NULL,
                    lineage TEXT NOT NULL,
                    -- Of the secret, which nobody keeps.
                    digest BLOB NOT NULL UNIQUE,
                    name TEXT NOT NULL,
                    principals TEXT NOT NULL,
                    scopes TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    created_by TEXT NOT NULL,
                    expires_at INTEGER,
                    revoked_at INTEGER,
                    last_used_at INTEGER,
                    requests_per_minute INTEGER,
                    concurrent_runs INTEGER
                );
                CREATE INDEX api_key_by_tenant ON api_key (tenant, sequence);

                CREATE TABLE sign_in_session (
                    digest BLOB PRIMARY KEY NOT NULL,
                    -- The cookie before, which requests under way still bring.
                    previous_digest BLOB,
                    tenant TEXT NOT NULL,
                    principals TEXT NOT NULL,
                    scopes TEXT,
                    created_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL,
                    rotated_at INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX sign_in_session_before ON sign_in_session (previous_digest)
                    WHERE previous_digest IS NOT NULL;
                CREATE INDEX sign_in_session_end ON sign_in_session (expires_at);

                CREATE TABLE audit_record (
                    sequence INTEGER PRIMARY KEY,
                    tenant TEXT NOT NULL,
                    at INTEGER NOT NULL,
                    actor TEXT NOT NULL,
                    act TEXT NOT NULL,
                    object TEXT NOT NULL,
                    details TEXT NOT NULL,
                    previous BLOB NOT NULL,
                    digest BLOB NOT NULL
                );
                CREATE INDEX audit_by_tenant ON audit_record (tenant, sequence);
                CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit_record
                    BEGIN SELECT RAISE (ABORT, 'the audit log is only added to'); END;
                CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit_record
                    BEGIN SELECT RAISE (ABORT, 'the audit log is only added to'); END;
                """)
    }
}
