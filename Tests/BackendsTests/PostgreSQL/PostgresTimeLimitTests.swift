import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `A statement of PostgreSQL that takes too long` {
    private let server: PostgresServer
    private let schema = PostgresServer.freshSchema()

    init() throws {
        server = try PostgresServer.shared(.v18)
    }

    private func pool(
        statement: Duration = .seconds(60), lock: Duration = .seconds(15), keepsStatements: Bool = true
    ) -> PostgresPool {
        var settings = server.pool(schema: schema, keepsStatements: keepsStatements).settings
        settings.statementTimeout = statement
        settings.lockTimeout = lock
        return PostgresPool(settings, size: 2)
    }

    @Test func `is told with the setting, may be tried again, and is not run twice by itself`() async throws {
        let pool = pool(statement: .milliseconds(200))
        let attempts = Mutex(0)
        let error = await #expect(throws: PostgresError.self) {
            _ = try await pool.transaction(.snapshot) { db in
                attempts.withLock { $0 += 1 }
                return try db.query("SELECT pg_sleep(50)").count
            }
        }
        #expect(error == .timeLimit(server: pool.settings.name, .statement(.milliseconds(200))))
        let refusal = try #require(error)
        #expect(refusal.isTransient)
        #expect(
            "\(refusal)".contains("database.statement_timeout") && "\(refusal)".contains(pool.settings.name))
        #expect(attempts.withLock { $0 } == 1)
        // The session is of use all the same.
        #expect(try await pool.transaction(.snapshot) { try $0.int("SELECT 7::bigint") } == 7)
        #expect(pool.openCount == 1)
    }

    @Test func `is told with the session's limit where another session holds what it wants`() async throws {
        let pool = pool(lock: .milliseconds(200))
        let holder = try PostgresConnection(server.pool(schema: schema).settings, password: "secret")
        try holder.simple("CREATE SCHEMA \(schema)")
        try holder.simple("CREATE TABLE n (id bigint)")
        try holder.simple("BEGIN")
        try holder.simple("LOCK TABLE n")
        let error = await #expect(throws: PostgresError.self) {
            _ = try await pool.transaction(.write) { try $0.simple("LOCK TABLE n") }
        }
        #expect(error == .timeLimit(server: pool.settings.name, .lock(.milliseconds(200))))
        let refusal = try #require(error)
        #expect(refusal.isTransient && refusal.isOfLocked)
        #expect("\(refusal)".contains("lock_timeout") && "\(refusal)".contains(pool.settings.name))
        // What would not wait at all has run into no limit.
        let other = #expect(throws: PostgresError.self) {
            let own = try PostgresConnection(pool.settings, password: "secret")
            try own.simple("BEGIN")
            try own.simple("LOCK TABLE n NOWAIT")
        }
        guard case .statement(_, let told) = other else {
            Issue.record("\(String(describing: other))")
            return
        }
        #expect(told.state == "55P03" && other?.isTransient == true)
        try holder.simple("ROLLBACK")
        _ = try await pool.transaction(.write) { try $0.simple("LOCK TABLE n") }
    }

    @Test func `has callers told to come again`() async throws {
        let pool = pool(statement: .milliseconds(500), lock: .milliseconds(100))
        let corpus = PostgresCorpus(pool)
        try await corpus.open()
        let workspace = PostgresWorkspace(pool)
        let slow = await #expect(throws: WorkspaceError.self) {
            _ = try await workspace.read { try $0.query("SELECT pg_sleep(50)").count }
        }
        guard case .unavailable(_, let reason) = slow else {
            Issue.record("\(String(describing: slow))")
            return
        }
        #expect(reason.contains("database.statement_timeout"))
        let holder = try PostgresConnection(pool.settings, password: "secret")
        try holder.simple("BEGIN")
        try holder.query("LOCK TABLE space IN EXCLUSIVE MODE")
        let locked = await #expect(throws: CorpusError.self) {
            try await corpus.upsert(space: Space(key: "A", name: "a"))
        }
        guard case .unavailable(_, let reason) = locked else {
            Issue.record("\(String(describing: locked))")
            return
        }
        #expect(reason.contains("lock_timeout"))
        try holder.simple("ROLLBACK")
        try await corpus.upsert(space: Space(key: "A", name: "a"))
    }

    @Test func `is told with the role's limit behind a pooler, which passes ours on to nobody`() async throws
    {
        let pool = pool(keepsStatements: false)
        let error = await #expect(throws: PostgresError.self) {
            _ = try await pool.withConnection { db in
                try db.simple("BEGIN; SET LOCAL statement_timeout = '200ms'")
                return try db.query("SELECT pg_sleep(50)").count
            }
        }
        #expect(error == .timeLimit(server: pool.settings.name, .statement(nil)))
        #expect("\(try #require(error))".contains("ALTER ROLE"))
    }

    @Test func `is no such thing when somebody cancelled it, and is not run again against their will`()
        async throws
    {
        let pool = pool()
        let session = Mutex<Int64?>(nil)
        let attempts = Mutex(0)
        async let outcome = pool.transaction(.snapshot) { db in
            attempts.withLock { $0 += 1 }
            let own = try db.int("SELECT pg_backend_pid()::bigint")
            session.withLock { $0 = own }
            return try db.query("SELECT pg_sleep(50)").count
        }
        let other = server.pool(size: 1)
        // It may not have begun to sleep yet.
        var wasCancelled = false
        while !wasCancelled {
            guard let id = session.withLock({ $0 }) else {
                await Task.yield()
                continue
            }
            wasCancelled = try await other.withConnection { db in
                try db.int(
                    """
                    SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
                    WHERE pid = $1::int AND wait_event = 'PgSleep'
                    """, [.int(id)]) == 1
            }
        }
        do {
            _ = try await outcome
            Issue.record("it was not cancelled")
        } catch let error as PostgresError {
            guard case .statement(_, let refusal) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(refusal.state == "57014" && error.isTransient)
        }
        #expect(attempts.withLock { $0 } == 1)
    }

    @Test func `ends the session where its transaction had a limit`() async throws {
        let pool = pool()
        let sessions = Mutex<[Int64?]>([])
        let attempts = Mutex(0)
        let error = await #expect(throws: PostgresError.self) {
            _ = try await pool.transaction(.write) { db in
                attempts.withLock { $0 += 1 }
                let own = try db.int("SELECT pg_backend_pid()::bigint")
                sessions.withLock { $0.append(own) }
                try db.simple("SET LOCAL transaction_timeout = '200ms'")
                return try db.query("SELECT pg_sleep(50)").count
            }
        }
        #expect(error == .timeLimit(server: pool.settings.name, .transaction))
        let refusal = try #require(error)
        #expect(refusal.isTransient && refusal.endsConnection && "\(refusal)".contains("transaction_timeout"))
        #expect(attempts.withLock { $0 } == 1)
        #expect(pool.openCount == 0)
        let next = try await pool.transaction(.snapshot) { try $0.int("SELECT pg_backend_pid()::bigint") }
        #expect(next != nil && sessions.withLock { !$0.contains(next) })
    }

    @Test(arguments: [
        "57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04", "25006", "08006", "08P01",
    ])
    func `or any other last word of a server ends the session`(state: String) {
        let refusal = PostgresError.Refusal(
            state: state, message: "gone", detail: "", hint: "", constraint: "")
        let error = PostgresError.statement(server: "db", refusal)
        #expect(error.endsConnection && error.isTransient)
    }
}
