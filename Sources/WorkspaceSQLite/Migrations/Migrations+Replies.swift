import GRDB

extension Migrations {
    /// Responses under idempotency keys.
    static func createReplies(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE reply (
                    -- Never used twice: whoever has lost a claim cannot settle the next one.
                    claim INTEGER PRIMARY KEY AUTOINCREMENT,
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    operation TEXT NOT NULL,
                    key_digest BLOB NOT NULL,
                    fingerprint BLOB NOT NULL,
                    -- Of the claim, then of the response.
                    expires_at INTEGER NOT NULL,
                    -- Absent until the response is there.
                    status INTEGER,
                    headers TEXT,
                    -- Absent where it is not kept.
                    body BLOB,
                    UNIQUE (owner_id, operation, key_digest)
                );
                CREATE INDEX reply_by_end ON reply (owner_id, expires_at);
                CREATE INDEX reply_expiring ON reply (expires_at);
                """)
    }
}
