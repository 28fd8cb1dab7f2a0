import GRDB

extension Migrations {
    /// What a queue of runs is still to be told, and when it was told of a run last.
    static func createRunOutbox(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE run_outbox (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    run_sequence INTEGER NOT NULL REFERENCES run (sequence) ON DELETE CASCADE,
                    -- The run's.
                    priority INTEGER NOT NULL,
                    due_at INTEGER NOT NULL,
                    -- Until then somebody else tells the queue, or the queue is not asked again.
                    held_until INTEGER NOT NULL
                );
                CREATE INDEX run_outbox_by_run ON run_outbox (run_sequence);
                CREATE INDEX run_waiting_since ON run (due_at, sequence) WHERE state = 'queued';
                CREATE INDEX run_outbox_order ON run_outbox (priority DESC, due_at, sequence);
                ALTER TABLE run ADD COLUMN told_at INTEGER;
                """)
    }
}
