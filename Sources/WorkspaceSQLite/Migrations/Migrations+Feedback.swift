import GRDB

extension Migrations {
    /// What people think of answers.
    static func createFeedback(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE feedback (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    id TEXT NOT NULL UNIQUE,
                    owner_id INTEGER NOT NULL REFERENCES owner (id),
                    answer TEXT,
                    request TEXT,
                    question TEXT NOT NULL,
                    rating TEXT NOT NULL,
                    reason TEXT,
                    comment TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                );
                CREATE INDEX feedback_by_owner ON feedback (owner_id, sequence);
                """)
    }
}
