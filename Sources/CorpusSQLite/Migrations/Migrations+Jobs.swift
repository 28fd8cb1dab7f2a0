import GRDB

extension Migrations {
    /// Ingest jobs, and the documents that failed when they were last read.
    static func createJobs(_ db: Database) throws {
        try db.execute(
            sql: """
                -- What jobs are looked up by stands in columns; all of a job is in `job`, as JSON.
                CREATE TABLE ingest_job (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    source TEXT NOT NULL,
                    target TEXT NOT NULL,
                    is_dry_run INTEGER NOT NULL,
                    state TEXT NOT NULL,
                    job TEXT NOT NULL
                );
                CREATE INDEX ingest_job_by_state ON ingest_job (state, source, sequence);
                CREATE INDEX ingest_job_by_source ON ingest_job (source, sequence);

                CREATE TABLE ingest_failure (
                    source TEXT NOT NULL,
                    document_id TEXT NOT NULL,
                    title TEXT NOT NULL,
                    reason TEXT NOT NULL,
                    failed_at REAL NOT NULL,
                    PRIMARY KEY (source, document_id)
                ) WITHOUT ROWID;
                """)
    }
}
