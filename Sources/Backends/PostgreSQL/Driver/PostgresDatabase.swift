import Synchronization

/// A pool whose schema is brought up to date before the first transaction; what failed is tried again with the next.
final class PostgresDatabase: Sendable {
    let pool: PostgresPool
    private let table: String
    private let steps: [(name: String, sql: String)]
    private let newerSchema: @Sendable (_ unknown: [String]) -> any Error
    private let opening = Mutex<Task<Void, any Error>?>(nil)

    /// - Parameters:
    ///   - table: where it stands which of `steps` were taken.
    ///   - newerSchema: what is thrown when a newer version took steps that are not known here.
    init(
        _ pool: PostgresPool, table: String, steps: [(name: String, sql: String)],
        newerSchema: @escaping @Sendable (_ unknown: [String]) -> any Error
    ) {
        self.pool = pool
        self.table = table
        self.steps = steps
        self.newerSchema = newerSchema
    }

    /// Brings the schema up to date, if that was not done yet.
    func open() async throws {
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
            throw error
        }
    }

    private func migrate() async throws {
        let migration = PostgresMigration(table: table, schema: pool.settings.schema, steps: steps)
        let unknown = try await perform { try migration.run($0) }
        guard unknown.isEmpty else { throw newerSchema(unknown) }
    }

    /// Reads in one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await open()
        return try await pool.transaction(.snapshot, body)
    }

    /// Writes all of `body` or nothing. To its end, even when the caller is cancelled meanwhile.
    ///
    /// - Parameter body: changes nothing but the database: it may run more than once.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await open()
        return try await perform(body)
    }

    /// A task of its own does not inherit the caller's cancellation.
    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await Task { [pool] in try await pool.transaction(.write, body) }.value
    }
}
