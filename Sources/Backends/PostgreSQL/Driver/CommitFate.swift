/// What became of a transaction whose connection ended in its very commit.
enum CommitFate: Sendable {
    /// It is kept, and on the standbys that commits wait for.
    case kept
    case notKept
    /// Its session is still there, and may keep it yet.
    case open
}

extension CommitFate {
    /// Finds out, in a session with whatever server takes writes by now.
    ///
    /// The old session is ended first if it is still there, as after a cut of the network: what it has not kept by then
    /// it never will. Then the mark is touched, in a write of its own: where there is one, the transaction was kept, and as
    /// the server's log is one, the write that is kept after it is on every standby with all that came before. It stays
    /// there, so that the question can be asked again.
    static func read(
        of mark: PostgresConnection.CommitMark, by session: PostgresConnection.Identity?,
        _ db: PostgresConnection
    ) throws -> CommitFate {
        var isGone = false
        if let session {
            let ended = try db.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_get_activity($1::int)
                WHERE backend_start::text = $2
                """, [.int(session.process), .text(session.startedAt)])
            isGone = ended.count == 0
        }
        try db.begin(.write)
        let found: Int
        do {
            found = try db.query(
                "UPDATE \(mark.table) SET at = now() WHERE id = $1 RETURNING 1", [.bytes(mark.id)]
            ).count
        } catch {
            if !db.isBroken { _ = try? db.simple("ROLLBACK") }
            throw error
        }
        _ = try db.commit(nil, tellsPosition: false)
        return found > 0 ? .kept : isGone ? .notKept : .open
    }
}
