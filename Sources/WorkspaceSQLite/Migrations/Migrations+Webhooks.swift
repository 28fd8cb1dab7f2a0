import GRDB

extension Migrations {
    /// Endpoints that are told of things, and the outbox of what they are still to be told.
    static func createWebhooks(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE webhook_endpoint (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    url TEXT NOT NULL,
                    description TEXT NOT NULL,
                    events TEXT NOT NULL,
                    flow TEXT,
                    includes_result INTEGER NOT NULL,
                    -- Sealed, as is the one before.
                    secret BLOB NOT NULL,
                    previous_secret BLOB,
                    previous_secret_until INTEGER,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    disabled_at INTEGER,
                    disabled_reason TEXT,
                    failing_since INTEGER
                );
                CREATE INDEX webhook_endpoint_by_owner ON webhook_endpoint (owner_id, sequence);

                -- A message has what it says in it: the run that it tells of may be gone before it is sent.
                CREATE TABLE webhook_delivery (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    endpoint_sequence INTEGER NOT NULL REFERENCES webhook_endpoint (sequence)
                        ON DELETE CASCADE,
                    event TEXT NOT NULL,
                    run TEXT,
                    body BLOB NOT NULL,
                    state TEXT NOT NULL,
                    attempts INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    -- While it is leased, when the lease ends.
                    due_at INTEGER NOT NULL,
                    last_attempt_at INTEGER,
                    ended_at INTEGER,
                    last_status INTEGER,
                    last_error TEXT,
                    -- Only ever grows: a fencing token.
                    lease_number INTEGER NOT NULL DEFAULT 0,
                    lease_sender TEXT,
                    lease_expires_at INTEGER
                );
                CREATE INDEX webhook_delivery_by_endpoint
                    ON webhook_delivery (endpoint_sequence, created_at, id);
                CREATE INDEX webhook_delivery_by_state
                    ON webhook_delivery (endpoint_sequence, state, created_at, id);
                CREATE INDEX webhook_delivery_due ON webhook_delivery (due_at, sequence, endpoint_sequence)
                    WHERE state = 'pending';
                CREATE INDEX webhook_delivery_leased ON webhook_delivery (lease_expires_at, endpoint_sequence)
                    WHERE lease_expires_at IS NOT NULL;
                CREATE INDEX webhook_delivery_ended ON webhook_delivery (ended_at)
                    WHERE ended_at IS NOT NULL;
                """)
    }

    /// What waits for each endpoint, so that none is looked for behind all that waits for another.
    static func indexWaitingDeliveries(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE INDEX webhook_delivery_waiting ON webhook_delivery (endpoint_sequence, due_at, sequence)
                    WHERE state = 'pending';
                """)
    }
}
