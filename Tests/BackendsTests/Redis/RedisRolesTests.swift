import Foundation
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `A bucket of all processes` {
    private let server: RedisServer
    private let prefix = RedisServer.freshPrefix()

    init() throws {
        server = try RedisServer.shared()
    }

    private func buckets() -> RedisBuckets {
        RedisBuckets(server.pool(), prefix: prefix, patience: .seconds(10))
    }

    @Test func `is a minute's requests, each caller's their own`() async throws {
        let buckets = buckets()
        for number in 0..<3 {
            let taken = try await buckets.take("ada", perMinute: 3)
            #expect(taken.isAllowed && taken.remaining == 2 - number)
        }
        let refused = try await buckets.take("ada", perMinute: 3)
        #expect(!refused.isAllowed && refused.remaining == 0)
        #expect((1...20).contains(refused.seconds))
        #expect(try await buckets.take("bob", perMinute: 3).isAllowed)
    }

    @Test func `gives eight takers of two processes no more than it holds and what comes back meanwhile`()
        async throws
    {
        let perMinute = 120
        let both = [buckets(), buckets()]
        let clock = ContinuousClock()
        let start = clock.now
        let allowed = try await withThrowingTaskGroup(of: Int.self) { group in
            for taker in 0..<8 {
                group.addTask {
                    var allowed = 0
                    for _ in 0..<100
                    where try await both[taker % 2].take("ada", perMinute: perMinute).isAllowed {
                        allowed += 1
                    }
                    return allowed
                }
            }
            return try await group.reduce(0, +)
        }
        // Two come back a second; the server's clock and this one may be apart by the last of them.
        let cameBack = Int((clock.now - start) / .seconds(1) * Double(perMinute) / 60) + 1
        #expect((perMinute...(perMinute + cameBack)).contains(allowed))
    }

    @Test func `has no name in its key, and goes when it is full`() async throws {
        _ = try await buckets().take("ada@example.com", perMinute: 1)
        let keys = server.command("KEYS", "\(prefix):*")
        #expect(keys.hasPrefix("\(prefix):pace:{") && !keys.contains("ada"))
        let left = Int(server.command("PTTL", keys)) ?? 0
        #expect((1...60_001).contains(left))
    }

    @Test func `that somebody damaged is a full one`() async throws {
        let buckets = buckets()
        _ = try await buckets.take("ada", perMinute: 2)
        server.command("SET", server.command("KEYS", "\(prefix):*"), "nonsense")
        #expect(try await buckets.take("ada", perMinute: 2).remaining == 1)
    }

    @Test func `that was filled by a clock ahead of the server’s fills no further`() async throws {
        let buckets = buckets()
        _ = try await buckets.take("ada", perMinute: 1)
        server.command("SET", server.command("KEYS", "\(prefix):*"), "60000000 9000000000000000")
        #expect(try await buckets.take("ada", perMinute: 1).isAllowed)
        #expect(try await !buckets.take("ada", perMinute: 1).isAllowed)
    }

    @Test func `is taken from after the server forgot the script`() async throws {
        let buckets = buckets()
        _ = try await buckets.take("ada", perMinute: 5)
        server.command("SCRIPT", "FLUSH")
        #expect(try await buckets.take("ada", perMinute: 5).remaining == 3)
    }

    @Test func `counts exactly at its bounds`() async throws {
        let most = try await buckets().take("most", perMinute: RedisBuckets.perMinuteLimit)
        #expect(most.isAllowed && most.remaining == RedisBuckets.perMinuteLimit - 1 && most.seconds == 1)
        let least = try await buckets().take("least", perMinute: 1)
        #expect(least.isAllowed && least.remaining == 0 && least.seconds == 60)
        // A lower limit holds at once.
        #expect(try await buckets().take("most", perMinute: 10).remaining == 9)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Vectors that processes share` {
    private let server: RedisServer
    private let prefix = RedisServer.freshPrefix()

    init() throws {
        server = try RedisServer.shared()
    }

    private func vectors() -> RedisVectors {
        RedisVectors(server.pool(), prefix: prefix, lifetime: .seconds(100), patience: .seconds(10))
    }

    @Test func `are found by another process to the last bit, by model and text alone`() async throws {
        let vector: [Float] = [1.5, -0, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
        try await vectors().keep([("a question", vector), ("", [1, 2, 3, 4])], model: "m")
        let other = vectors()
        let known = try await other.vectors(of: ["", "a question", "unknown"], model: "m", dimension: 4)
        #expect(known.count == 2)
        #expect(known["a question"]?.map(\.bitPattern) == vector.map(\.bitPattern))
        #expect(other.counts.found == 2 && other.counts.missing == 1 && other.counts.damaged == 0)
        #expect(try await other.vectors(of: ["a question"], model: "n", dimension: 4).isEmpty)
        #expect(other.key(of: "bc", "a") != other.key(of: "c", "ab"))
        let keys = server.command("KEYS", "\(prefix):*")
        #expect(!keys.contains("question"))
        #expect((1...100).contains(Int(server.command("TTL", other.key(of: "a question", "m"))) ?? 0))
    }

    @Test func `that were damaged are taken for none, and written anew`() async throws {
        let vectors = vectors()
        let key = vectors.key(of: "text", "m")
        let right = RedisVectors.value([1, 2], key: key)
        var flipped = right
        flipped[flipped.count - 1] ^= 1
        let pool = server.pool()
        let wrong = [
            Data(), right.dropLast(), right + [0], flipped, Data([2]) + right.dropFirst(),
            RedisVectors.value([1, 2], key: "of another"), RedisVectors.value([1, 2, 3], key: key),
            RedisVectors.value([1, .nan], key: key),
        ]
        for value in wrong {
            _ = try await pool.send(RedisCommand(["SET", .text(key), .bytes(Data(value))]))
            #expect(try await vectors.vectors(of: ["text"], model: "m", dimension: 2).isEmpty)
        }
        #expect(vectors.counts.damaged == wrong.count)
        try await vectors.keep([("text", [1, 2])], model: "m")
        #expect(try await vectors.vectors(of: ["text"], model: "m", dimension: 2) == ["text": [1, 2]])
        _ = try await pool.send(RedisCommand(["DEL", .text(key)]))
        _ = try await pool.send(RedisCommand(["LPUSH", .text(key), "x"]))
        #expect(try await vectors.vectors(of: ["text"], model: "m", dimension: 2).isEmpty, "not even a value")
    }
}
