import Backends
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A Redis that fails` {
    private let changes = RedisChanges()
    private let ping = RedisCommand(["PING"])

    @Test func `is told of once, and found again when it is back`() async throws {
        let server = try RedisServer()
        let pool = server.pool(onChange: changes.tell)
        _ = try await pool.send(RedisCommand(["SET", "key", "value"]))
        server.kill()
        for _ in 0..<20 { await #expect(throws: RedisError.self) { try await pool.send(ping) } }
        #expect(!pool.counts.isReachable)
        #expect(changes.all.count == 1)
        server.start()
        try await until { (try? await pool.send(ping)) != nil }
        #expect(pool.counts.isReachable)
        #expect(changes.all.count == 2 && changes.all.last == .found)
        #expect(try await pool.send(RedisCommand(["GET", "key"])) == .null)
    }

    @Test func `is asked by one request a pause, and all others are refused at once`() async throws {
        let server = try RedisServer()
        let pool = RedisPool(
            server.settings(), pauses: .seconds(600)...(.seconds(600)), onChange: changes.tell)
        server.kill()
        let first = await #expect(throws: RedisError.self) { try await pool.send(ping) }
        guard case .cannotConnect = first else {
            Issue.record("\(String(describing: first))")
            return
        }
        for _ in 0..<50 {
            await #expect(throws: RedisError.resting(server: pool.settings.name)) {
                try await pool.send(ping)
            }
        }
        #expect(pool.counts.failed == 1 && pool.counts.skipped == 50)
    }

    @Test func `holds nobody up for longer than they wait, though it takes connections`() async throws {
        let server = try RedisServer()
        let pool = server.pool(onChange: changes.tell)
        _ = try await pool.send(ping)
        server.freeze()
        await #expect(throws: RedisError.timedOut(server: pool.settings.name, after: .milliseconds(30))) {
            try await pool.send(ping, within: .milliseconds(30))
        }
        try await until { !pool.counts.isReachable }
        server.thaw()
        try await until { (try? await pool.send(ping)) != nil }
        #expect(
            try await pool.send(RedisCommand(["ECHO", "own"])).text == "own", "no answer of another’s command"
        )
    }

    @Test func `as a replica takes nothing, until it leads again`() async throws {
        let server = try RedisServer()
        let pool = server.pool(onChange: changes.tell)
        let set = RedisCommand(["SET", "key", "value"])
        _ = try await pool.send(set)
        server.command("REPLICAOF", "127.0.0.1", "1")
        await #expect(throws: RedisError.readOnly(server: pool.settings.name)) { try await pool.send(set) }
        // Reads, which a replica does answer, do not make it one that can be used.
        for _ in 0..<5 { await #expect(throws: RedisError.self) { try await pool.send(ping) } }
        #expect(changes.all == [.lost(.readOnly(server: pool.settings.name))])
        server.command("REPLICAOF", "NO", "ONE")
        try await until { (try? await pool.send(set)) != nil }
        #expect(changes.all.last == .found)
    }

    @Test func `for want of memory still answers what needs none`() async throws {
        let server = try RedisServer()
        let pool = server.pool(onChange: changes.tell)
        server.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
        server.command("CONFIG", "SET", "maxmemory", "1mb")
        let value = Data(count: 100_000)
        var refusal: (any Error)?
        for number in 0..<30 where refusal == nil {
            do {
                _ = try await pool.send(RedisCommand(["SET", .text("key\(number)"), .bytes(value)]))
            } catch {
                refusal = error
            }
        }
        #expect(refusal as? RedisError == .outOfMemory(server: pool.settings.name))
        let bucket = await #expect(throws: RedisError.self) {
            try await RedisBuckets(pool, prefix: "p", patience: .seconds(10)).take("ada", perMinute: 60)
        }
        #expect(bucket == .outOfMemory(server: pool.settings.name))
        #expect(try await pool.send(ping).text == "PONG")
        #expect(pool.counts.isReachable && pool.counts.refused >= 2)
        #expect(changes.all == [.refusing(.outOfMemory(server: pool.settings.name))], "told once")
    }

    @Test func `that reads its data is told of as such, and used once it has read them`() async throws {
        let server = try RedisServer()
        let pool = server.pool(onChange: changes.tell)
        for number in 0..<600 {
            _ = try await pool.send(RedisCommand(["SET", .text("key\(number)"), .bytes(Data(count: 1_000))]))
        }
        server.load()
        let error = await #expect(throws: RedisError.self) { try await pool.send(ping) }
        guard case .loading(pool.settings.name, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(changes.all == error.map { [.lost($0)] })
        #expect(!pool.counts.isReachable)
        await #expect(throws: RedisError.self) {
            try await RedisBuckets(pool, prefix: "p", patience: .seconds(10)).take("ada", perMinute: 60)
        }
        server.command("CONFIG", "SET", "key-load-delay", "0")
        try await until { (try? await pool.send(ping)) != nil }
        #expect(changes.all.last == .found && changes.all.count == 2 && pool.counts.isReachable)
        #expect(try await pool.send(RedisCommand(["GET", "key599"])) == .bytes(Data(count: 1_000)))
        #expect(
            try await RedisBuckets(pool, prefix: "p", patience: .seconds(10)).take("ada", perMinute: 60)
                .isAllowed)
    }

    @Test func `that is no Redis is told apart`() async throws {
        let server = try ChildServer(script: "web_server.py")
        let settings = RedisSettings(host: "127.0.0.1", port: server.port, commandTimeout: .seconds(10))
        let error = await #expect(throws: RedisError.self) { try await RedisPool(settings).send(ping) }
        switch error {
        case .unexpectedReply, .connectionLost, .timedOut: break
        default: Issue.record("\(String(describing: error))")
        }
    }
}
