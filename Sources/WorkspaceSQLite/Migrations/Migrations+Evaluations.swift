import GRDB

extension Migrations {
    /// Sets of questions, and what became of asking them.
    static func createEvaluations(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE evaluation_set (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    tenant TEXT NOT NULL,
                    name TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    created_by TEXT NOT NULL,
                    lines TEXT NOT NULL
                );
                CREATE INDEX evaluation_set_by_tenant ON evaluation_set (tenant, sequence);

                CREATE TABLE evaluation_run (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    tenant TEXT NOT NULL,
                    -- The set may be gone, or be none that is kept here.
                    set_id TEXT NOT NULL,
                    set_name TEXT NOT NULL,
                    name TEXT NOT NULL,
                    flow TEXT NOT NULL,
                    settings TEXT NOT NULL,
                    half TEXT,
                    question_limit INTEGER,
                    concurrency INTEGER NOT NULL,
                    state TEXT NOT NULL,
                    done INTEGER NOT NULL,
                    total INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    created_by TEXT NOT NULL,
                    started_at INTEGER,
                    ended_at INTEGER,
                    failure TEXT,
                    summary TEXT
                );
                CREATE INDEX evaluation_run_by_tenant ON evaluation_run (tenant, sequence);
                CREATE INDEX evaluation_run_unfinished ON evaluation_run (sequence)
                    WHERE state IN ('queued', 'running');

                -- Apart from the row that changes with each question: it is large.
                CREATE TABLE evaluation_report (
                    run_sequence INTEGER PRIMARY KEY
                        REFERENCES evaluation_run (sequence) ON DELETE CASCADE,
                    report BLOB NOT NULL
                );
                """)
    }
}
