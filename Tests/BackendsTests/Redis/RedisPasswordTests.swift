import Backends
import Synchronization
import TestSupport
import Testing

/// Where a password is kept, which is changed there after it was changed at the server.
private final class KeptPassword: Sendable {
    private let state = Mutex((known: "old", kept: "old", renewals: 0))

    var known: String { state.withLock { $0.known } }
    var renewals: Int { state.withLock { $0.renewals } }
    func change(to password: String) { state.withLock { $0.kept = password } }

    func renew(_ refused: String) -> Bool {
        state.withLock { state in
            state.renewals += 1
            state.known = state.kept
            return state.known != refused
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A password that is changed while a process runs` {
    private let server: RedisServer
    private let user = "user-\(RedisServer.freshPrefix())"
    private let kept = KeptPassword()
    private let changes = RedisChanges()
    private let ping = RedisCommand(["PING"])

    init() throws {
        server = try RedisServer.shared()
        server.command("ACL", "SETUSER", user, "on", ">old", "~*", "&*", "+@all")
    }

    private func pool(pauses: ClosedRange<Duration> = .seconds(600)...(.seconds(600))) -> RedisPool {
        RedisPool(
            RedisSettings(
                host: server.host, port: server.port, user: user, password: { [kept] in kept.known },
                renewPassword: { [kept] in kept.renew($0) }, connectTimeout: .seconds(10),
                commandTimeout: .seconds(10)), pauses: pauses, onChange: changes.tell)
    }

    /// At the server, which ends the connections that were signed in with the one before.
    private func change(to password: String) {
        server.command("ACL", "SETUSER", user, "resetpass", ">\(password)")
        server.command("CLIENT", "KILL", "USER", user)
    }

    @Test func `is fetched anew once, and nothing fails`() async throws {
        let pool = pool()
        #expect(try await pool.send(ping).text == "PONG")
        kept.change(to: "new")
        change(to: "new")
        #expect(try await pool.send(ping).text == "PONG")
        #expect(kept.renewals == 1 && changes.all.isEmpty && pool.counts.failed == 0)
        #expect(try await pool.send(ping).text == "PONG")
        #expect(kept.renewals == 1)
    }

    @Test func `but not where it is kept is told, and asked for once a pause`() async throws {
        let pool = pool()
        #expect(try await pool.send(ping).text == "PONG")
        change(to: "new")
        for _ in 0..<5 { await #expect(throws: RedisError.self) { try await pool.send(ping) } }
        #expect(kept.renewals == 1 && !pool.counts.isReachable)
        guard case .lost(.notAdmitted(pool.settings.name, user, _)) = changes.all.first else {
            Issue.record("\(changes.all)")
            return
        }
        #expect(changes.all.count == 1)
    }

    @Test func `is found by and by where it is kept late`() async throws {
        let pool = pool(pauses: .milliseconds(10)...(.milliseconds(40)))
        #expect(try await pool.send(ping).text == "PONG")
        change(to: "new")
        await #expect(throws: RedisError.self) { try await pool.send(ping) }
        kept.change(to: "new")
        try await until { (try? await pool.send(ping)) != nil }
        #expect(pool.counts.isReachable && changes.all.last == .found)
    }

    @Test func `is fetched anew by whoever listens, too`() async throws {
        let heard = Heard()
        let channel = RedisChannel(
            pool(), name: user, pauses: .milliseconds(10)...(.milliseconds(40)), onGap: heard.begin,
            onLoss: heard.lose)
        let messages = channel.messages()
        let listening = Task { for await text in messages { heard.note(text) } }
        try await until { heard.gaps == 1 }
        kept.change(to: "new")
        change(to: "new")
        try await until { heard.gaps == 2 }
        await channel.publish("after")
        try await until { heard.texts == ["after"] }
        #expect(kept.renewals == 1 && heard.losses == 1)
        listening.cancel()
        await listening.value
    }
}
