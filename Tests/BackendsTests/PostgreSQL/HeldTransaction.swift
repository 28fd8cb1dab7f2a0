import Dispatch

@testable import Backends

/// A transaction that has begun, and is not over before it is told.
struct HeldTransaction {
    private let gate = DispatchSemaphore(value: 0)
    private let task: Task<Void, any Error>

    /// - Parameter transaction: carries out what it is given, in a transaction over sessions that are its own.
    init(
        _ transaction:
            @escaping @Sendable (@escaping @Sendable (PostgresConnection) throws -> Void) async throws -> Void
    ) async throws {
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let gate = gate
        task = Task {
            defer { beginning.finish() }
            try await transaction { _ in
                beginning.yield()
                // On a thread of the pool's own.
                _ = gate.wait(timeout: .now() + .seconds(60))
            }
        }
        for await _ in begun { return }
        try await task.value
    }

    /// - Parameter statement: what is done in it.
    init(_ pool: PostgresPool, _ statement: String) async throws {
        try await self.init { hold in
            try await pool.transaction(.write) { db in
                try db.query(statement)
                try hold(db)
            }
        }
    }

    func end() async throws {
        gate.signal()
        try await task.value
    }
}
