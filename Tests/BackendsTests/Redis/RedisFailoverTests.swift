import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `A cluster that loses a node` {
    private let server: RedisServer
    private let changes = RedisChanges()

    init() throws {
        server = try RedisServer.replicatedCluster()
    }

    private func set(_ key: String) -> RedisCommand { RedisCommand(["SET", .text(key), "x"], key: key) }

    /// Some keys of the node at `port`, and some of others.
    private func keys(_ pool: RedisPool, at port: Int) -> (own: [String], others: [String]) {
        let all = (0..<120).map { "key:\($0)" }
        func isOwn(_ key: String) -> Bool { pool.node(for: set(key)).port == port }
        return (all.filter(isOwn), all.filter { !isOwn($0) })
    }

    @Test
    func
        `goes on with the others at once, and with its replica once that leads, though it was the one named`()
        async throws
    {
        let pool = server.pool(onChange: changes.tell)
        let heard = Heard()
        let channel = RedisChannel(
            pool, name: "changes", pauses: .milliseconds(10)...(.milliseconds(40)), onGap: heard.begin)
        let messages = channel.messages()
        let listening = Task { for await text in messages { heard.note(text) } }
        try await until { heard.gaps == 1 }
        _ = try await pool.send(RedisCommand(["PING"]))
        let (own, others) = keys(pool, at: server.port)
        #expect(own.count > 10 && others.count > 20)
        for result in try await pool.send((own + others).map(set)) { #expect(try result.get().text == "OK") }

        server.kill()
        // In one go with those of the node that is gone, which alone fail.
        let mixed = try await pool.send((own + others).map(set))
        for result in mixed.prefix(own.count) { #expect(throws: RedisError.self) { try result.get() } }
        for result in mixed.dropFirst(own.count) { #expect(try result.get().text == "OK") }
        let error = await #expect(throws: RedisError.self) { try await pool.send(set(own[0])) }
        #expect(error.map { "\($0)".contains("127.0.0.1:\(server.port)/0") } == true, "its own name is told")
        #expect(!pool.counts.isReachable)
        for key in others { #expect(try await pool.send(set(key)).text == "OK") }
        #expect(
            try await pool.send(RedisCommand(["PING"])).text == "PONG", "whoever needs no key asks another")

        try await until { (try? await pool.send(set(own[0]))) != nil }
        for result in try await pool.send((own + others).map(set)) { #expect(try result.get().text == "OK") }
        #expect(!pool.cluster.nodes.isEmpty && keys(pool, at: server.port).own.isEmpty)
        #expect(pool.counts.isReachable)
        if case .lost = changes.all.first {} else { Issue.record("\(changes.all)") }
        #expect(changes.all.last == .found)
        try await until { heard.gaps == 2 }
        await channel.publish("after")
        try await until { heard.texts == ["after"] }
        listening.cancel()
        await listening.value

        // As a replica it may be named again.
        server.start()
        try await until { server.command("ROLE").hasPrefix("slave") }
        #expect(try await server.pool().send(own.map(set)).allSatisfy { try $0.get().text == "OK" })
    }

    @Test func `may be named by a replica`() async throws {
        let ports = server.ports
        try #require(ports.count == 6)
        for port in ports[3...] {
            let pool = RedisPool(
                RedisSettings(
                    host: server.host, port: port, password: { server.password },
                    connectTimeout: .seconds(10), commandTimeout: .seconds(10)))
            let keys = (0..<30).map { "key:\($0)" }
            for result in try await pool.send(keys.map(set)) { #expect(try result.get().text == "OK") }
            let buckets = RedisBuckets(pool, prefix: "at \(port)", patience: .seconds(10))
            #expect(try await buckets.take("ada", perMinute: 1).isAllowed)
            #expect(try await RedisInspection.read(pool).mode == "cluster")
            #expect(pool.counts.isReachable && pool.counts.failed == 0)
            #expect(Set(keys.map { pool.node(for: set($0)).port }).isSubset(of: ports[..<3]))
        }
    }
}
