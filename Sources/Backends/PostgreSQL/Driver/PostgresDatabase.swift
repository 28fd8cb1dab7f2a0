import Synchronization

/// A pool whose schema is brought up to date before the first transaction; what failed is tried again with the next.
final class PostgresDatabase: Sendable {
    let pool: PostgresPool
    let replica: PostgresReplica?
    private let table: String
    private let steps: [SchemaStep]
    /// Where writes leave their marks.
    private let marks: String
    private let lastCleaning = Mutex(ContinuousClock.now)
    private let opening = Mutex<Task<Void, any Error>?>(nil)

    /// - Parameters:
    ///   - table: where it stands which of `steps` were taken.
    init(_ pool: PostgresPool, replica: PostgresReplica?, table: String, steps: [SchemaStep]) {
        self.pool = pool
        self.replica = replica
        self.table = table
        self.steps = steps
        marks = PostgresMigration.marks(in: pool.settings.schema)
    }

    /// Brings the schema up to date, if that was not done yet.
    ///
    /// - Throws: ``PostgresError/newerSchema(server:schema:unknownSteps:)`` when a newer version took steps that are not
    ///   known here and must be.
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
        let migration = PostgresMigration(
            table: table, schema: pool.settings.schema, steps: steps, version: pool.settings.productVersion)
        if let refusal = try await migration.run(over: pool) {
            throw PostgresError.newerSchema(
                server: pool.settings.name, schema: pool.settings.schema, unknownSteps: refusal.unknown)
        }
    }

    /// Reads in one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await open()
        return try await pool.transaction(.snapshot, body)
    }

    /// Reads in one snapshot, of a replica where it has what the read needs.
    func read<Value: Sendable>(
        _ need: ReplicaNeed, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        if let replica {
            try await open()
            // What was refused there may be there by now.
            if let value = await replica.read(need, body) { return value }
        }
        return try await read(body)
    }

    /// Writes all of `body` or nothing. To its end, even when the caller is cancelled meanwhile.
    ///
    /// - Parameters:
    ///   - tellsTime: whether it is to be known when it began by the server's clock.
    ///   - body: changes nothing but the database: it may run more than once.
    func write<Value: Sendable>(
        tellsTime: Bool = false, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await open()
        return try await perform(tellsTime, body)
    }

    /// A task of its own does not inherit the caller's cancellation.
    private func perform<Value: Sendable>(
        _ tellsTime: Bool, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        cleanMarks()
        return try await Task { [pool, marks] in
            try await pool.transaction(.write, markedIn: marks, tellsTime: tellsTime, body)
        }.value
    }

    /// Takes away, once a minute, the marks of writes that nobody asks about any more.
    private func cleanMarks() {
        let isDue = lastCleaning.withLock { last in
            guard ContinuousClock.now - last > .seconds(60) else { return false }
            last = .now
            return true
        }
        guard isDue else { return }
        Task { [pool, marks] in
            _ = try? await pool.transaction(.write) { db in
                try db.query(
                    """
                    DELETE FROM \(marks) WHERE id = ANY(ARRAY(
                        SELECT id FROM \(marks) WHERE at < now() - interval '10 minutes' LIMIT 100000
                        FOR UPDATE SKIP LOCKED))
                    """
                ).count
            }
        }
    }
}
