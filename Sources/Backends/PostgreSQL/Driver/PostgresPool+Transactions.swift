import Foundation

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
    /// serialize, a lost connection or a failover, for as long as ``patience`` lasts.
    ///
    /// - Parameter body: may run more than once; what it does outside of the database must bear that.
    /// - Throws: ``PostgresError/outcomeUnknown(server:reason:)`` when the connection ended during the commit of a
    ///   write, and what `body` throws.
    public func transaction<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await retried { try Self.run(isolation, on: $0, body) }
    }

    /// Lends a session to `body`, and once more where the server asks for that, as ``transaction(_:_:)`` does.
    func retried<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let end = ContinuousClock.now + patience
        var pause = Duration.milliseconds(10)
        while true {
            do {
                return try await withConnection(body)
            } catch let error as PostgresError where error.isTransient {
                guard ContinuousClock.now + pause < end else { throw error }
                // Not all at once: whoever met a deadlock would meet it again.
                try await Task.sleep(for: pause * Double.random(in: 0.5...1.5))
                pause = min(pause * 2, .seconds(1))
            }
        }
    }

    private static func run<Value>(
        _ isolation: Isolation, on connection: PostgresConnection,
        _ body: (PostgresConnection) throws -> Value
    ) throws -> Value {
        try connection.simple(isolation.begin)
        let value: Value
        do {
            value = try body(connection)
        } catch {
            if !connection.isBroken {
                do { try connection.simple("ROLLBACK") } catch let rollback as PostgresError {
                    if rollback.endsConnection { throw error }
                }
            }
            throw error
        }
        let answer: String
        do {
            answer = try connection.simple("COMMIT")
        } catch let error as PostgresError where isolation == .write && error.endsConnection {
            throw PostgresError.outcomeUnknown(server: connection.server, reason: error.description)
        }
        // A transaction that failed without a word is rolled back by its COMMIT, which is no error to a server.
        guard answer == "COMMIT" else {
            throw PostgresError.connectionLost(
                server: connection.server, reason: "the transaction was rolled back instead of committed")
        }
        return value
    }
}
