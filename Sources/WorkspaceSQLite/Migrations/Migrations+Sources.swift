import GRDB

extension Migrations {
    /// Sources that administrators have added, what everybody used by day, and names for sessions.
    static func createSources(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE source (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    name TEXT NOT NULL UNIQUE,
                    -- All of it but the secret, as JSON.
                    definition TEXT NOT NULL,
                    -- Sealed.
                    secret BLOB NOT NULL,
                    state TEXT NOT NULL,
                    revision INTEGER NOT NULL,
                    created_by TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                );

                CREATE TABLE usage_day (
                    tenant TEXT NOT NULL,
                    -- Since 1 January 1970 in UTC.
                    day INTEGER NOT NULL,
                    caller TEXT NOT NULL,
                    key TEXT NOT NULL,
                    model TEXT NOT NULL,
                    requests INTEGER NOT NULL,
                    answers INTEGER NOT NULL,
                    failed INTEGER NOT NULL,
                    input_tokens INTEGER NOT NULL,
                    output_tokens INTEGER NOT NULL,
                    -- Millionths.
                    microdollars INTEGER NOT NULL,
                    PRIMARY KEY (tenant, day, caller, key, model)
                ) WITHOUT ROWID;
                CREATE INDEX usage_by_day ON usage_day (day);

                -- What people call a session; the digest changes with the cookie.
                ALTER TABLE sign_in_session ADD COLUMN id TEXT NOT NULL DEFAULT '';
                UPDATE sign_in_session SET id = lower(hex(randomblob(16)));
                CREATE INDEX sign_in_session_by_id ON sign_in_session (id);
                """)
    }
}
