import Synchronization

extension PostgresPool {
    /// What a transaction sees and may do.
    public enum Isolation: Sendable {
        /// Reads only, all of one moment.
        case snapshot
        /// Writes; each statement sees what was committed before it.
        case write

        var begin: String {
            switch self {
            case .snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            case .write: "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
            }
        }
    }

    /// Runs `body` in one transaction, and once more where the server asks for that: after a deadlock, a failure to
    /// serialize, a lost connection or a failover, for as long as ``patience`` lasts. What has run into a limit of time is
    /// not run again.
    ///
    /// - Parameters:
    ///   - table: where writes leave marks, quoted and with its schema; `nil` for none. Without a mark nobody can tell
    ///     what became of a write whose connection ended in its commit.
    ///   - tellsTime: whether `body` is to know when it began by the server's clock, which costs no trip of its own.
    ///   - body: may run more than once; what it does outside of the database must bear that.
    /// - Throws: ``PostgresError/outcomeUnknown(server:reason:)`` when the connection ended during the commit of a
    ///   write and what became of it could not be found out, and what `body` throws.
    public func transaction<Value: Sendable>(
        _ isolation: Isolation, markedIn table: String? = nil, tellsTime: Bool = false,
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let end = ContinuousClock.now + patience
        let marks = isolation == .write ? table : nil
        let tellsPosition = isolation == .write && state.withLock { $0.tellsPosition }
        return try await retried(until: end) { pool in
            let attempt = try await pool.withConnection(until: end) { connection in
                try Self.begin(isolation, tellsTime: tellsTime, on: connection)
                return try Self.run(
                    isolation, mark: marks.map { PostgresConnection.CommitMark(table: $0) }, tellsPosition,
                    on: connection, body)
            }
            switch attempt {
            case .kept(let value, let position):
                if let position { pool.note(position) }
                return value
            case .unknown(let value, let mark, let session, let error):
                try await pool.demandKept(mark, by: session, error, until: end)
                return value
            }
        }
    }

    /// Lends a session to `body`, and once more where the server asks for that, as ``transaction(_:markedIn:_:)`` does.
    func retried<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let end = ContinuousClock.now + patience
        return try await retried(until: end) { try await $0.withConnection(until: end, body) }
    }

    private func retried<Value: Sendable>(
        until end: ContinuousClock.Instant, _ work: @Sendable (PostgresPool) async throws -> Value
    ) async throws -> Value {
        var pause = Duration.milliseconds(10)
        while true {
            do {
                return try await work(self)
            } catch let error as PostgresError where error.isWorthRepeating {
                guard ContinuousClock.now + pause < end else { throw error }
                // Not all at once: whoever met a deadlock would meet it again.
                try await Task.sleep(for: pause * Double.random(in: 0.5...1.5))
                pause = min(pause * 2, .milliseconds(250))
            }
        }
    }

    /// What became of one attempt at a transaction.
    private enum Attempt<Value: Sendable>: Sendable {
        case kept(Value, position: Int64?)
        /// The connection ended in the commit.
        case unknown(Value, PostgresConnection.CommitMark, PostgresConnection.Identity?, PostgresError)
    }

    /// Runs `body` in the transaction that has begun, and ends it.
    private static func run<Value>(
        _ isolation: Isolation, mark: PostgresConnection.CommitMark?, _ tellsPosition: Bool,
        on connection: PostgresConnection, _ body: (PostgresConnection) throws -> Value
    ) throws -> Attempt<Value> {
        do {
            let value = try body(connection)
            guard isolation == .write else {
                try connection.simple("COMMIT")
                return .kept(value, position: nil)
            }
            do {
                return .kept(value, position: try connection.commit(mark, tellsPosition: tellsPosition))
            } catch let error as PostgresError where error.isOutcomeUnknown {
                guard let mark else { throw error }
                return .unknown(value, mark, connection.identity, error)
            }
        } catch {
            if !connection.isBroken {
                do { try connection.simple("ROLLBACK") } catch let rollback as PostgresError {
                    if rollback.endsConnection { throw error }
                }
            }
            throw error
        }
    }

    private static func begin(
        _ isolation: Isolation, tellsTime: Bool, on connection: PostgresConnection
    ) throws {
        do {
            try connection.begin(isolation, tellsTime: tellsTime)
        } catch PostgresError.statement(let server, var refusal)
            where isolation == .write && refusal.state == "0A000"
        {
            // A standby has no such transactions; it is told like any other write that a standby refuses.
            refusal.state = "25006"
            throw PostgresError.statement(server: server, refusal)
        }
    }

    /// Returns once it is known that a transaction was kept.
    ///
    /// - Throws: ``PostgresError/connectionLost(server:reason:)`` when it is known that it was not, so that it can be
    ///   run again; `error` when neither is known in time.
    private func demandKept(
        _ mark: PostgresConnection.CommitMark, by session: PostgresConnection.Identity?,
        _ error: PostgresError, until end: ContinuousClock.Instant
    ) async throws {
        // The last attempt may have ended just before its time; the question has some of its own.
        let end = max(end, ContinuousClock.now + min(patience, .seconds(5)))
        // Behind a pooler a session has a number of the pooler's making.
        let session = settings.keepsStatements ? session : nil
        while ContinuousClock.now < end {
            switch await fate(of: mark, by: session, until: end) {
            case .kept: return
            case .notKept: throw PostgresError.connectionLost(server: settings.name, reason: error.reason)
            case .open: try await Task.sleep(for: .milliseconds(100))
            }
        }
        throw error
    }

    /// What can be found out at this moment. Asking changes nothing that the next question would find otherwise.
    private func fate(
        of mark: PostgresConnection.CommitMark, by session: PostgresConnection.Identity?,
        until end: ContinuousClock.Instant
    ) async -> CommitFate {
        (try? await withConnection(until: end) { try CommitFate.read(of: mark, by: session, $0) }) ?? .open
    }
}
