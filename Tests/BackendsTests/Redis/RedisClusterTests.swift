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

@Suite(.timeLimit(.minutes(1))) struct `A cluster of three nodes` {
    private let server: RedisServer
    private let pool: RedisPool
    private let prefix = RedisServer.freshPrefix()

    init() throws {
        server = try RedisServer.cluster()
        pool = server.pool(size: 4)
    }

    @Test func `has every key found, by one further step and then at once`() async throws {
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
