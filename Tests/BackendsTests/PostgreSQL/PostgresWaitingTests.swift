import Concurrency
import Dispatch
import Foundation
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `Threads that wait for PostgreSQL` {
    private let server: PostgresServer
    /// What waits does so here, and not on threads that all tests share.
    private static let threads = BlockingExecutor(label: "millrace.tests.waiting", width: 8)

    init() throws {
        server = try PostgresServer.shared(.v18)
    }

    private static func session(of pool: PostgresPool) throws -> Int64? {
        try pool.waiting { try $0.int("SELECT pg_backend_pid()::bigint") }
    }

    @Test func `use a session that is free themselves, and open one elsewhere`() async throws {
        // With one thread the pool's own may still be at the end of what it did for the first.
        let pool = server.pool(size: 2)
        let areOwn = try await Self.threads.run {
            let own = pthread_self()
            return try (0..<3).map { _ in try pool.waiting { _ in pthread_equal(pthread_self(), own) != 0 } }
        }
        #expect(areOwn == [false, true, true])
        #expect(pool.openCount == 1)
    }

    @Test func `have no more sessions than there may be, and none waits in vain`() async throws {
        let pool = server.pool(size: 2)
        let sessions = try await withThrowingTaskGroup(of: Int64?.self) { group in
            for number in 0..<48 {
                group.addTask {
                    if number.isMultiple(of: 3) {
                        return try await pool.transaction(.snapshot) {
                            try $0.int("SELECT pg_backend_pid()::bigint FROM pg_sleep(0.002)")
                        }
                    }
                    return try await Self.threads.run {
                        try pool.waiting {
                            try $0.int("SELECT pg_backend_pid()::bigint FROM pg_sleep(0.002)")
                        }
                    }
                }
            }
            return try await group.reduce(into: Set<Int64>()) { sessions, session in
                if let session { sessions.insert(session) }
            }
        }
        #expect((1...2).contains(sessions.count) && pool.openCount <= 2)
    }

    @Test func `go on with another session when theirs is ended`() async throws {
        let pool = server.pool(size: 1)
        let first = try await Self.threads.run { try Self.session(of: pool) }
        let other = server.pool(size: 1)
        _ = try await other.withConnection { db in
            try db.int("SELECT pg_terminate_backend($1::integer)::int", [.int(first ?? 0)])
        }
        let second = try await Self.threads.run { try Self.session(of: pool) }
        #expect(first != nil && second != nil && first != second)
    }

    @Test func `hear what is refused, and leave the session to the next`() async throws {
        let pool = server.pool(size: 1)
        _ = try await Self.threads.run { try Self.session(of: pool) }
        let error = await #expect(throws: PostgresError.self) {
            _ = try await Self.threads.run { try pool.waiting { try $0.int("SELECT 1/0") } }
        }
        guard case .statement(_, let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.state == "22012")
        #expect(try await Self.threads.run { try Self.session(of: pool) } != nil)
    }
}
