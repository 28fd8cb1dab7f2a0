import Foundation
import TestSupport
import Testing

@testable import Backends

@Suite struct `The slot of a key` {
    @Test func `is the specification's`() {
        #expect(RedisSlots.crc16("123456789".utf8) == 0x31C3)
        #expect(RedisSlots.slot(of: "foo") == 12_182)
        #expect(RedisSlots.slot(of: "") == 0)
    }

    @Test(arguments: [
        ("{user1000}.following", "user1000"), ("foo{{bar}}zap", "{bar"), ("foo{bar}{zap}", "bar"),
    ])
    func `is that of its tag`(key: String, tag: String) {
        #expect(RedisSlots.slot(of: key) == RedisSlots.slot(of: tag))
    }

    @Test func `is that of the whole key where the tag is empty or never ends`() {
        #expect(RedisSlots.slot(of: "foo{}{bar}") == Int(RedisSlots.crc16("foo{}{bar}".utf8)) % 16_384)
        #expect(RedisSlots.slot(of: "foo{bar") == Int(RedisSlots.crc16("foo{bar".utf8)) % 16_384)
    }

    @Test func `is read of what a node says, with the node that has it`() {
        let asked = RedisAddress(host: "seed", port: 1)
        let moved = RedisRedirect("MOVED 3999 10.0.0.5:6381")
        #expect(moved?.slot == 3_999 && moved?.isAsk == false)
        #expect(moved?.address(from: asked) == RedisAddress(host: "10.0.0.5", port: 6_381))
        #expect(
            RedisRedirect("ASK 1 ::1:7000")?.address(from: asked) == RedisAddress(host: "::1", port: 7_000))
        #expect(
            RedisRedirect("MOVED 1 :7000")?.address(from: asked) == RedisAddress(host: "seed", port: 7_000))
        #expect(RedisRedirect("MOVED 1 nowhere")?.address(from: asked) == nil)
        for text in ["", "MOVED", "MOVED x y", "MOVED 16384 a:1", "MOVED -1 a:1", "ERR MOVED 1 a:1"] {
            #expect(RedisRedirect(text) == nil)
        }
    }
}

@Suite struct `The map of a cluster` {
    private let asked = RedisAddress(host: "seed", port: 1)

    private func node(_ host: RedisReply, _ port: Int64) -> RedisReply {
        .array([host, .integer(port), .bytes(Data("id".utf8)), .array([])])
    }

    private func range(_ first: Int64, _ last: Int64, _ nodes: RedisReply...) -> RedisReply {
        .array([.integer(first), .integer(last)] + nodes)
    }

    private func host(_ text: String) -> RedisReply { .bytes(Data(text.utf8)) }

    @Test func `is read with replicas behind all owners, and the asked node's own name where none is told`() {
        let reply = RedisReply.array([
            range(0, 5_460, node(host("a"), 1), node(host("b"), 2)),
            range(5_461, 5_461, node(.null, 3)), range(5_462, 5_462, node(host("?"), 4)),
            range(6_000, 16_383, node(host(""), 5), node(host("a"), 1)),
        ])
        let topology = RedisTopology(reply, from: asked)
        #expect(topology?.nodes.map(\.description) == ["a:1", "seed:3", "seed:4", "seed:5", "b:2"])
        #expect(topology?.owners.count == 4)
        #expect(topology?.node(of: 0)?.host == "a" && topology?.node(of: 5_460)?.host == "a")
        #expect(topology?.node(of: 5_461)?.port == 3 && topology?.node(of: 5_463) == nil)
        #expect(topology?.node(of: 16_383)?.port == 5)
    }

    @Test func `is none in any other reply`() {
        let wrong: [RedisReply] = [
            .null, .status("OK"), .array([.integer(1)]), .array([.array([.integer(0), .integer(1)])]),
            .array([range(-1, 5, node(host("a"), 1))]), .array([range(0, 16_384, node(host("a"), 1))]),
            .array([range(5, 4, node(host("a"), 1))]),
        ]
        for reply in wrong { #expect(RedisTopology(reply, from: asked) == nil) }
        let portless = RedisTopology(.array([range(0, 1, node(host("a"), 0))]), from: asked)
        #expect(portless?.node(of: 0) == nil)
    }

    @Test func `knows who has slots as they are learnt and dropped`() {
        var topology = RedisTopology()
        let (one, other) = (RedisAddress(host: "a", port: 1), RedisAddress(host: "b", port: 1))
        topology.learn(7, isAt: one)
        topology.learn(8, isAt: one)
        topology.learn(7, isAt: other)
        #expect(topology.owners == [one, other] && topology.node(of: 7) == other)
        topology.learn(8, isAt: other)
        #expect(topology.owners == [other] && topology.nodes == [one, other])
        topology.drop(other)
        #expect(topology.owners.isEmpty && topology.node(of: 8) == nil)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A cluster of three nodes` {
    private let server: RedisServer
    private let pool: RedisPool
    private let prefix = RedisServer.freshPrefix()

    init() throws {
        server = try RedisServer.cluster()
        pool = server.pool(size: 4)
    }

    @Test func `has its map read with the first connection, so that nothing has to be sent on`() async throws
    {
        let nodes = server.ports.map { RedisAddress(host: server.host, port: $0) }
        #expect(pool.cluster.nodes.isEmpty)
        _ = try await pool.send(RedisCommand(["PING"]))
        #expect(Set(pool.cluster.nodes) == Set(nodes))
        for number in 0..<50 {
            let key = "\(prefix):\(number)"
            let connection = try RedisConnection(
                pool.node(for: RedisCommand([], key: key)), server.settings())
            let reply = try connection.exchange([RedisCommand(["GET", .text(key)])], within: .seconds(10))
            #expect(reply == [.null], "the node of the map has the slot")
        }
    }

    @Test func `has its slots learnt one by one where the user may not ask for the map`() async throws {
        let user = "user-\(prefix)"
        for place in server.ports.indices {
            server.command(
                at: place, "ACL", "SETUSER", user, "on", ">own", "~\(prefix)*", "+get", "+ping", "+info")
        }
        let pool = RedisPool(
            RedisSettings(
                host: server.host, port: server.port, user: user, password: { "own" },
                connectTimeout: .seconds(10), commandTimeout: .seconds(10)))
        let keys = (0..<100).map { "\(prefix):\($0)" }
        for _ in 0..<2 {
            let got = try await pool.send(keys.map { RedisCommand(["GET", .text($0)], key: $0) })
            for result in got { #expect(try result.get() == .null) }
        }
        #expect(Set(keys.map { pool.node(for: RedisCommand([], key: $0)) }).count == 3)
        #expect(pool.counts.isReachable && pool.counts.failed == 0)
    }

    @Test func `has every key found`() async throws {
        let keys = (0..<300).map { "\(prefix):\($0)" }
        let set = try await pool.send(keys.map { RedisCommand(["SET", .text($0), .text($0)], key: $0) })
        for result in set { #expect(try result.get() == .status("OK")) }
        let got = try await pool.send(keys.map { RedisCommand(["GET", .text($0)], key: $0) })
        for (key, result) in zip(keys, got) { #expect(try result.get().text == key) }
        #expect(Set(keys.map { pool.node(for: RedisCommand([], key: $0)) }).count == 3)
    }

    @Test func `carries out scripts where their key is`() async throws {
        let buckets = RedisBuckets(pool, prefix: prefix, patience: .seconds(10))
        for caller in 0..<20 {
            let taken = try await buckets.take("caller \(caller)", perMinute: 2)
            #expect(taken.isAllowed && taken.remaining == 1)
        }
        for caller in 0..<20 {
            #expect(try await buckets.take("caller \(caller)", perMinute: 2).isAllowed)
            #expect(try await !buckets.take("caller \(caller)", perMinute: 2).isAllowed)
        }
    }

    @Test func `is asked anew where a slot went on`() async throws {
        let key = "\(prefix):moved"
        // The map is read with the first connection, and what is learnt after it counts.
        _ = try await pool.send(RedisCommand(["PING"]))
        pool.learn(RedisSlots.slot(of: key), isAt: RedisAddress(host: "127.0.0.1", port: server.port))
        _ = try await pool.send(RedisCommand(["SET", .text(key), "x"], key: key))
        #expect(try await pool.send(RedisCommand(["GET", .text(key)], key: key)).text == "x")
        #expect(pool.counts.isReachable && pool.counts.failed == 0)
    }

    @Test func `is followed once, and no further, for a slot that is on its way`() async throws {
        let first = RedisAddress(host: server.host, port: server.port)
        let keys = (0..<200).map { "\(prefix):way:\($0)" }
        _ = try await pool.send(keys.map { RedisCommand(["GET", .text($0)], key: $0) })
        let nodes = keys.map { pool.node(for: RedisCommand([], key: $0)) }
        let key = try #require(zip(keys, nodes).first { $1 == first }?.0)
        let other = try #require(nodes.first { $0 != first })
        let slot = RedisWord.int(RedisSlots.slot(of: key))
        let (source, target) = (
            try RedisConnection(first, server.settings()), try RedisConnection(other, server.settings())
        )
        func ask(_ connection: RedisConnection, _ words: RedisWord...) throws -> String? {
            try connection.exchange([RedisCommand(words)], within: .seconds(10)).first?.text
        }
        let sourceID = try #require(try ask(source, "CLUSTER", "MYID"))
        let targetID = try #require(try ask(target, "CLUSTER", "MYID"))
        #expect(try ask(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", .text(sourceID)) == "OK")
        #expect(try ask(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", .text(targetID)) == "OK")
        #expect(try await pool.send(RedisCommand(["SET", .text(key), "x"], key: key)).text == "OK")
        #expect(try await pool.send(RedisCommand(["GET", .text(key)], key: key)).text == "x")
        #expect(pool.node(for: RedisCommand([], key: key)) == first, "the slot itself has not moved")
        for connection in [source, target] {
            #expect(try ask(connection, "CLUSTER", "SETSLOT", slot, "STABLE") == "OK")
        }
        // Now two nodes name each other's word for it alone: the owner has no such key.
        #expect(try await pool.send(RedisCommand(["GET", .text(key)], key: key)) == .null)
    }

    @Test func `shares vectors`() async throws {
        let vectors = RedisVectors(pool, prefix: prefix, lifetime: .seconds(60), patience: .seconds(10))
        let texts = (0..<50).map { "text \($0)" }
        try await vectors.keep(texts.map { ($0, [1, 2]) }, model: "m")
        #expect(try await vectors.vectors(of: texts, model: "m", dimension: 2).count == 50)
    }
}
