import Foundation
import Synchronization
import Workspace

/// Flows, conversations, runs, keys and what else people make, over PostgreSQL: what several processes share.
///
/// Each write is one transaction, kept by the server before it is acknowledged. Transactions run at once and see what
/// others committed (READ COMMITTED): a row that is read to be changed is locked (`FOR UPDATE`), and what must not
/// happen twice is decided by a unique index or under a lock that the transaction holds, never by a look beforehand.
public final class PostgresWorkspace: Sendable {
    let pool: PostgresPool
    /// The time of changes whose caller gives none.
    let now: @Sendable () -> Date
    let outboxWatchers = OutboxWatchers()

    /// Server and database, for messages.
    var server: String { pool.settings.name }

    /// The schema is brought up to date before the first transaction; what failed is tried again with the next.
    private let opening = Mutex<Task<Void, any Error>?>(nil)

    /// The workspace of a database. Nothing is asked of the server yet.
    ///
    /// - Parameters:
    ///   - pool: may be shared with a ``PostgresCorpus`` of the same schema.
    ///   - now: the time of changes whose caller gives none.
    public init(_ pool: PostgresPool, now: @escaping @Sendable () -> Date = { Date() }) {
        self.pool = pool
        self.now = now
    }

    /// Brings the schema up to date, if that was not done yet.
    public func open() async throws(WorkspaceError) {
        let task = opening.withLock { opening -> Task<Void, any Error> in
            if let opening { return opening }
            let task = Task { try await self.migrate() }
            opening = task
            return task
        }
        do {
            try await task.value
        } catch {
            opening.withLock { if $0 == task { $0 = nil } }
            throw Self.told(error, server)
        }
    }

    private func migrate() async throws {
        let unknown = try await pool.transaction(.write) { [pool] db in
            try PostgresMigration(
                table: "workspace_step", schema: pool.settings.schema, steps: PostgresWorkspaceSchema.steps
            ).run(db)
        }
        guard unknown.isEmpty else {
            throw WorkspaceError.newerSchema(path: server, unknownMigrations: unknown)
        }
    }

    // MARK: Transactions

    /// Reads in one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        try await open()
        do {
            return try await pool.transaction(.snapshot, body)
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
        try await open()
        let pool = pool
        // A task of its own does not inherit the caller's cancellation.
        let result = await Task {
            do {
                return Result<Value, any Error>.success(try await pool.transaction(.write, body))
            } catch {
                return .failure(error)
            }
        }.value
        switch result {
        case .success(let value): return value
        case .failure(let error): throw Self.told(error, server)
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
            return error.isTransient
                ? .unavailable(server: server, reason: error.description)
                : .database(path: server, message: error.description)
        case is CancellationError:
            return .unavailable(
                server: server, reason: "The request was cancelled before PostgreSQL was asked.")
        default: return .database(path: server, message: "\(error)")
        }
    }
}
