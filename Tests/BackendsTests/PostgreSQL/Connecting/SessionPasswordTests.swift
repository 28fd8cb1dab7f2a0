import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `Passwords of sessions with PostgreSQL` {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared(.v18)
    }

    private func seven(_ pool: PostgresPool) async throws {
        let told = try await pool.transaction(.snapshot) { try $0.int("SELECT 7::bigint") }
        #expect(told == 7)
    }

    /// What keeps a password, and whom it was asked for.
    private final class Keeper: Sendable {
        struct Away: Error, CustomStringConvertible {
            var description: String { "sts.example does not answer." }
        }

        private let state = Mutex((isAway: false, asked: [PostgresHost]()))
        var asked: [PostgresHost] { state.withLock { $0.asked } }

        func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

        func password(for host: PostgresHost) throws -> String {
            try state.withLock { state in
                state.asked.append(host)
                if state.isAway { throw Away() }
                return "secret"
            }
        }
    }

    @Test func `are asked for only when a session is opened, and for the host that is tried`() async throws {
        let keeper = Keeper()
        var settings = server.pool().settings
        settings.hosts.append(PostgresHost(name: "127.0.0.1", port: 1))
        settings.hostPassword = { try keeper.password(for: $0) }
        let pool = PostgresPool(settings, size: 1)
        for _ in 0..<5 { try await seven(pool) }
        #expect(keeper.asked == [settings.hosts[0]])
    }

    @Test func `are missed by nobody while a session is open`() async throws {
        let keeper = Keeper()
        var settings = server.pool().settings
        settings.hostPassword = { try keeper.password(for: $0) }
        let pool = PostgresPool(settings, size: 1, patience: .milliseconds(200))
        try await seven(pool)
        keeper.setAway(true)
        for _ in 0..<3 { try await seven(pool) }
        pool.closeAll()
        let error = await #expect(throws: PostgresError.self) { try await seven(pool) }
        let refusal = try #require(error)
        #expect(
            refusal == .noPassword(server: settings.name, reason: "sts.example does not answer"),
            "\(refusal)")
        #expect(refusal.isTransient && "\(refusal)".contains("database.iam"))
        guard case .unavailable = PostgresCorpus.told(refusal, "db"),
            case .unavailable = PostgresWorkspace.told(refusal, "db")
        else {
            Issue.record("nobody is told to come again")
            return
        }
        #expect(pool.isLost)
        keeper.setAway(false)
        try await seven(pool)
        #expect(!pool.isLost)
    }

    @Test func `are given up in time when whoever keeps them is silent`() async throws {
        var settings = server.pool().settings
        settings.connectTimeout = .milliseconds(500)
        settings.password = {
            try await Task.sleep(for: .seconds(600))
            return nil
        }
        let pool = PostgresPool(settings, size: 1, patience: .milliseconds(50))
        let error = await #expect(throws: PostgresError.self) { try await seven(pool) }
        guard case .noPassword(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("within"))
    }

    @Test func `are fetched anew when the server refuses them, once, and work without a restart`()
        async throws
    {
        let role = PostgresServer.freshSchema()
        func run(_ sql: String) async throws {
            _ = try await server.pool(size: 1).withConnection { try $0.simple(sql) }
        }
        try await run("CREATE ROLE \(role) LOGIN PASSWORD 'one'")
        // Where the password is kept, and what is known of it here.
        let kept = Mutex("one")
        let known = Mutex((password: "one", renewals: 0))
        var settings = server.pool().settings
        settings.user = role
        settings.password = { known.withLock { $0.password } }
        settings.renewPassword = { refused in
            let now = kept.withLock { $0 }
            return known.withLock { known in
                known = (now, known.renewals + 1)
                return now != refused
            }
        }
        let pool = PostgresPool(settings, size: 2, patience: .milliseconds(100))
        try await seven(pool)
        try await run("ALTER ROLE \(role) PASSWORD 'two'")
        kept.withLock { $0 = "two" }
        // Sessions that are open go on; the next that is opened has the old password at first.
        pool.closeAll()
        try await seven(pool)
        #expect(known.withLock { $0 } == ("two", 1))
        // Where nothing newer is kept, the refusal is told.
        try await run("ALTER ROLE \(role) PASSWORD 'three'")
        pool.closeAll()
        let error = await #expect(throws: PostgresError.self) { try await seven(pool) }
        guard case .notAdmitted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(known.withLock { $0.renewals } == 2)
    }
}
