/// A limit of time that a statement of PostgreSQL ran into.
public enum PostgresTimeLimit: Sendable, Hashable {
    /// `statement_timeout`; the time where this process has set it, and not a role or a server.
    case statement(Duration?)
    /// `lock_timeout`: for so long another session held what was wanted.
    case lock(Duration?)
    /// `transaction_timeout` (PostgreSQL 17 and later), which ends the session as well.
    case transaction
}

extension PostgresTimeLimit {
    /// The limit that a refusal tells of, if it does. One code stands for several things, and words are in the server's
    /// language: what is not known to be another thing is the limit.
    init?(_ refusal: PostgresError.Refusal, statement: Duration?, lock: Duration?) {
        switch refusal.state {
        // Somebody ran pg_cancel_backend.
        case "57014" where !refusal.message.contains("user request"): self = .statement(statement)
        // Of NOWAIT, which did not wait.
        case "55P03" where !refusal.message.contains("could not obtain lock"): self = .lock(lock)
        case "25P04": self = .transaction
        default: return nil
        }
    }
}

extension PostgresTimeLimit: CustomStringConvertible {
    /// A sentence without its beginning.
    public var description: String {
        switch self {
        case .statement(let time?):
            """
            it took longer than database.statement_timeout allows (\(time)). If the server is not merely busy, raise \
            that setting.
            """
        case .statement(nil):
            """
            it took longer than statement_timeout allows, which behind a pooler the role has (ALTER ROLE … SET \
            statement_timeout).
            """
        case .lock(let time?):
            """
            for \(time), which is its lock_timeout, another session held what it wanted to lock; pg_stat_activity and \
            pg_locks tell which.
            """
        case .lock(nil):
            """
            for longer than lock_timeout, which behind a pooler the role has, another session held what it wanted to \
            lock; pg_stat_activity and pg_locks tell which.
            """
        case .transaction:
            """
            its transaction took longer than transaction_timeout allows, which the role, the database or the server \
            sets.
            """
        }
    }
}
