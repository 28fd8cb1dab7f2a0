/// What happened to chunks, in order, as far back as it is kept.
///
/// The triggers of ``PostgresSchema`` write what happens to chunks; what happens to a document's own facts is noted by
/// whoever writes them.
enum PostgresChangeLog {
    /// Changes that are kept at least; twice as many at most.
    static let kept: Int64 = 65_536

    static func last(_ db: PostgresConnection) throws -> Int64 {
        try db.int("SELECT max(sequence) FROM chunk_change") ?? 0
    }

    /// Whether everything after change `sequence` is still there.
    static func reachesBack(to sequence: Int64, _ db: PostgresConnection) throws -> Bool {
        guard let first = try db.int("SELECT min(sequence) FROM chunk_change") else { return sequence == 0 }
        return sequence >= first - 1
    }

    static let noteFacts = "INSERT INTO chunk_change (document_id) VALUES ($1)"

    /// Forgets the oldest, many at a time.
    static func trim(_ db: PostgresConnection) throws {
        let last = try last(db)
        guard last > 2 * kept, try reachesBack(to: last - 2 * kept, db) else { return }
        try db.query("DELETE FROM chunk_change WHERE sequence <= $1", [.int(last - kept)])
    }
}
