import GRDB

/// The schema, one numbered step after another. A step that has shipped is never edited.
///
/// Times are microseconds since 1970. Whatever belongs to somebody names them by `owner_id`, and each index that a
/// query of theirs uses begins with it.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-workspace") { db in
            try createFlows(db)
            try createConversations(db)
            try createRuns(db)
            try createBelongings(db)
        }
        migrator.registerMigration("2-keys") { try createKeys($0) }
        migrator.registerMigration("3-webhooks") { try createWebhooks($0) }
        migrator.registerMigration("4-feedback") { try createFeedback($0) }
        migrator.registerMigration("5-sources") { try createSources($0) }
        migrator.registerMigration("6-evaluations") { try createEvaluations($0) }
        migrator.registerMigration("7-replies") { try createReplies($0) }
        migrator.registerMigration("8-run-outbox") { try createRunOutbox($0) }
        migrator.registerMigration("9-webhook-turns") { try indexWaitingDeliveries($0) }
        return migrator
    }

    private static func createFlows(_ db: Database) throws {
        try db.execute(
            sql: """
                -- Rows are never removed: a number means one owner for ever.
                CREATE TABLE owner (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    tenant TEXT NOT NULL,
                    name TEXT NOT NULL,
                    UNIQUE (tenant, name)
                );

                CREATE TABLE project (
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    id TEXT NOT NULL,
                    name TEXT NOT NULL,
                    description TEXT NOT NULL,
                    PRIMARY KEY (owner_id, id)
                ) WITHOUT ROWID;
                CREATE INDEX project_by_name ON project (owner_id, name, id);

                CREATE TABLE flow (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    -- Its owner's: ids and endpoints are looked up within a tenant.
                    tenant TEXT NOT NULL,
                    id TEXT NOT NULL,
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    name TEXT NOT NULL,
                    description TEXT NOT NULL,
                    endpoint TEXT,
                    project_id TEXT,
                    tags TEXT NOT NULL,
                    is_shared INTEGER NOT NULL,
                    latest INTEGER NOT NULL,
                    published INTEGER,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    UNIQUE (tenant, id),
                    FOREIGN KEY (owner_id, project_id) REFERENCES project (owner_id, id)
                );
                CREATE UNIQUE INDEX flow_by_endpoint ON flow (tenant, endpoint) WHERE endpoint IS NOT NULL;
                CREATE INDEX flow_by_owner ON flow (owner_id, name, id);
                CREATE INDEX flow_by_project ON flow (owner_id, project_id, name, id);
                CREATE INDEX flow_shared ON flow (tenant, name, id) WHERE is_shared = 1;

                CREATE TABLE flow_version (
                    flow_sequence INTEGER NOT NULL REFERENCES flow (sequence) ON DELETE CASCADE,
                    number INTEGER NOT NULL,
                    note TEXT NOT NULL,
                    author TEXT NOT NULL,
                    saved_at INTEGER NOT NULL,
                    definition BLOB NOT NULL,
                    origin BLOB,
                    UNIQUE (flow_sequence, number)
                );
                """)
    }

    private static func createConversations(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE conversation (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    flow TEXT NOT NULL,
                    session TEXT NOT NULL,
                    title TEXT,
                    opening TEXT NOT NULL,
                    message_count INTEGER NOT NULL,
                    started_at INTEGER NOT NULL,
                    last_at INTEGER NOT NULL,
                    UNIQUE (owner_id, flow, session)
                );
                CREATE INDEX conversation_by_time ON conversation (owner_id, last_at, flow, session);

                -- The order of messages is the order in which they came: those of one run are often of one moment.
                CREATE TABLE message (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
                    -- The conversation's.
                    owner_id INTEGER NOT NULL,
                    id TEXT NOT NULL,
                    role TEXT NOT NULL,
                    sender TEXT NOT NULL,
                    sent_at INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    details BLOB NOT NULL,
                    UNIQUE (owner_id, id)
                );
                CREATE INDEX message_by_conversation ON message (conversation_id, sequence);
                CREATE INDEX message_by_owner ON message (owner_id, sequence);
                """)
    }

    private static func createRuns(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE run (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    flow TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    session TEXT NOT NULL,
                    state TEXT NOT NULL,
                    priority INTEGER NOT NULL,
                    attempts INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    due_at INTEGER NOT NULL,
                    started_at INTEGER,
                    ended_at INTEGER,
                    is_cancel_requested INTEGER NOT NULL,
                    callback TEXT,
                    -- Only ever grows: a fencing token.
                    lease_number INTEGER NOT NULL DEFAULT 0,
                    lease_worker TEXT,
                    lease_expires_at INTEGER,
                    idempotency_key TEXT,
                    request_digest BLOB NOT NULL
                );
                CREATE UNIQUE INDEX run_by_key ON run (owner_id, idempotency_key)
                    WHERE idempotency_key IS NOT NULL;
                CREATE INDEX run_by_owner ON run (owner_id, created_at, id);
                CREATE INDEX run_by_flow ON run (owner_id, flow, created_at, id);
                CREATE INDEX run_by_state ON run (owner_id, state, created_at, id);
                CREATE INDEX run_waiting ON run (priority, due_at, sequence) WHERE state = 'queued';
                CREATE INDEX run_leased ON run (lease_expires_at) WHERE state = 'running';
                CREATE INDEX run_dead ON run (ended_at) WHERE state = 'dead';
                CREATE INDEX run_ended ON run (ended_at) WHERE ended_at IS NOT NULL;

                -- Apart from the row that changes with each lease: these may be large.
                CREATE TABLE run_content (
                    run_sequence INTEGER PRIMARY KEY REFERENCES run (sequence) ON DELETE CASCADE,
                    request BLOB NOT NULL,
                    result BLOB,
                    failure BLOB
                );

                CREATE TABLE run_event (
                    run_sequence INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    event BLOB NOT NULL,
                    PRIMARY KEY (run_sequence, position)
                ) WITHOUT ROWID;
                """)
    }

    private static func createBelongings(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE file (
                    id TEXT PRIMARY KEY NOT NULL,
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    -- Empty for the owner's own.
                    flow TEXT NOT NULL,
                    name TEXT NOT NULL,
                    media_type TEXT NOT NULL,
                    byte_count INTEGER NOT NULL,
                    digest TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    UNIQUE (owner_id, flow, name)
                ) WITHOUT ROWID;

                CREATE TABLE variable (
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    id TEXT NOT NULL,
                    name TEXT NOT NULL,
                    is_secret INTEGER NOT NULL,
                    -- Sealed where it is a secret.
                    value BLOB NOT NULL,
                    default_fields TEXT NOT NULL,
                    updated_at INTEGER NOT NULL,
                    PRIMARY KEY (owner_id, id),
                    UNIQUE (owner_id, name)
                ) WITHOUT ROWID;
                """)
    }
}
