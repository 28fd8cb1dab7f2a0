import Foundation
import Workspace

/// Flows, conversations, runs, keys and what else people make, over PostgreSQL: what several processes share.
///
/// Each write is one transaction, kept by the server before it is acknowledged. Transactions run at once and see what
/// others committed (READ COMMITTED): a row that is read to be changed is locked (`FOR UPDATE`), and what must not
/// happen twice is decided by a unique index or under a lock that the transaction holds, never by a look beforehand.
public final class PostgresWorkspace: Sendable {
    private let database: PostgresDatabase
    var pool: PostgresPool { database.pool }
    /// The time of changes whose caller gives none.
    let now: @Sendable () -> Date
    /// Whether a queue is to be told of each run that waits.
    let announcesRuns: Bool
    let leaseClock: LeaseClock
    let outboxWatchers = OutboxWatchers()

    /// Server and database, for messages.
    var server: String { pool.settings.name }

    /// The workspace of a database. Nothing is asked of the server yet.
    ///
    /// - Parameters:
    ///   - pool: may be shared with a ``PostgresCorpus`` of the same schema.
    ///   - replica: serves what may be a little late: lists of runs, and what was used.
    ///   - announcesRuns: whether a queue is to be told of each run that waits; see ``Workspace/RunOutbox``.
    ///   - leaseClock: by whose clock leases of runs, deliveries and claims end.
    ///   - now: the time of changes whose caller gives none.
    public convenience init(
        _ pool: PostgresPool, replica: PostgresReplica? = nil, announcesRuns: Bool = false,
        leaseClock: LeaseClock = .database, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(
            pool, replica: replica, announcesRuns: announcesRuns, leaseClock: leaseClock,
            steps: PostgresWorkspaceSchema.steps, now: now)
    }

    /// With the steps of another version.
    init(
        _ pool: PostgresPool, replica: PostgresReplica? = nil, announcesRuns: Bool = false,
        leaseClock: LeaseClock = .database, steps: [SchemaStep],
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        database = PostgresDatabase(pool, replica: replica, table: "workspace_step", steps: steps)
        self.now = now
        self.announcesRuns = announcesRuns
        self.leaseClock = leaseClock
    }

    /// Brings the schema up to date, if that was not done yet.
    public func open() async throws(WorkspaceError) {
        do {
            try await database.open()
        } catch {
            throw Self.told(error, server)
        }
    }

    // MARK: Transactions

    /// Reads in one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// Reads in one snapshot what may be a little late, of a replica where there is one; never what decides who may do
    /// what.
    func readLate<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        do {
            return try await database.read(.late, body)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// Writes all of `body` or nothing. To its end, even when the caller is cancelled meanwhile.
    ///
    /// - Parameter body: changes nothing but the database: it may run more than once.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        try await write(tellsTime: false, body)
    }

    /// The same for what goes by a ``LeaseTime``: the database's time comes with the transaction's beginning.
    func writeTimed<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        try await write(tellsTime: leaseClock == .database, body)
    }

    private func write<Value: Sendable>(
        tellsTime: Bool, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        do {
            return try await database.write(tellsTime: tellsTime, body)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// What a failure means to a caller of the workspace.
    static func told(_ error: any Error, _ server: String) -> WorkspaceError {
        switch error {
        case let error as WorkspaceError: return error
        case let error as PostgresError:
            if case .statement(_, let refusal) = error, refusal.state == "53100" {
                return .diskFull(path: server)
            }
            if error.isOutcomeUnknown { return .outcomeUnknown(server: server, reason: error.description) }
            if case .newerSchema = error {
                return .newerServerSchema(server: server, reason: error.description)
            }
            return error.isTransient
                ? .unavailable(server: server, reason: error.description)
                : .database(path: server, message: error.description.withoutEndMark)
        case is CancellationError:
            return .unavailable(
                server: server, reason: "The request was cancelled before PostgreSQL was asked.")
        default: return .database(path: server, message: "\(error)")
        }
    }
}
