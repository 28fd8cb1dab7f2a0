import Concurrency
import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Backends

/// Each role over a network that is cut at moments chosen at random: a call ends with what is right or an error of the
/// driver's own, and once the network is back everything works as before, with the same connections' pool.
@Suite(.timeLimit(.minutes(3))) struct `A Redis whose network is cut at random moments` {
    /// What a call waits at most.
    private static let patience = Duration.milliseconds(150)
    private let server: RedisServer
    private let network: NetworkProxy
    private let prefix = RedisServer.freshPrefix()

    init() throws {
        server = try RedisServer.shared()
        network = try NetworkProxy(to: server.port)
    }

    private func pool() -> RedisPool {
        let password = server.password
        return RedisPool(
            RedisSettings(
                host: "127.0.0.1", port: network.port, password: { password }, connectTimeout: Self.patience,
                commandTimeout: Self.patience),
            size: 2, pauses: .milliseconds(5)...(.milliseconds(20)))
    }

    /// What a call gave; `nil` where it failed with an error of the driver's own. A call that takes a minute hangs.
    private func tried<Value: Sendable>(
        _ round: String, _ call: @escaping @Sendable () async throws -> Value
    ) async -> Value? {
        do {
            return try await withDeadline(.seconds(60), call)
        } catch is RedisError {
            return nil
        } catch {
            Issue.record(error, "\(round)")
            return nil
        }
    }

    /// Does `during` in each round while its cut is armed, and `after` once the network is back.
    private func rounds(
        _ count: Int = 60, request: Int = 300, answer: Int = 200,
        during: (_ number: Int, _ round: String) async throws -> Void,
        after: (_ number: Int, _ round: String) async throws -> Void
    ) async throws {
        var cuts = RandomCuts()
        for number in 0..<count {
            let cut = cuts.next(request: request, answer: answer)
            let round = "seed \(cuts.seed), round \(number): \(cut)"
            network.arm(cut)
            try await during(number, round)
            network.heal()
            try await after(number, round)
        }
        #expect(network.cuts > 0, "no cut came, with the seed \(cuts.seed)")
    }

    @Test func `gives out no more requests than a bucket holds`() async throws {
        let buckets = RedisBuckets(pool(), prefix: prefix, patience: Self.patience)
        let perMinute = 120
        let clock = ContinuousClock()
        let start = clock.now
        var allowed = 0
        try await rounds { _, round in
            for _ in 0..<5 {
                let taken = await tried(round) { try await buckets.take("ada", perMinute: perMinute) }
                if let taken {
                    if taken.isAllowed { allowed += 1 }
                    #expect((0..<perMinute).contains(taken.remaining), "\(round)")
                }
            }
        } after: { _, _ in
            try await until {
                (try? await buckets.take("bob", perMinute: RedisBuckets.perMinuteLimit))?.isAllowed == true
            }
        }
        // Two come back a second; the server's clock and this one may be apart by the last of them.
        let cameBack = Int((clock.now - start) / .seconds(1) * Double(perMinute) / 60) + 1
        #expect(allowed <= perMinute + cameBack)
    }

    /// The one of a text of four bytes.
    private static func vector(_ text: String) -> [Float] { text.utf8.map { Float($0) } + [1] }

    @Test func `gives a text no other vector than its own`() async throws {
        let vectors = RedisVectors(
            pool(), prefix: prefix, lifetime: .seconds(100), patience: Self.patience)
        let texts = (10..<22).map { "t\($0)x" }
        try await rounds(request: 3_000, answer: 600) { number, round in
            await withTaskGroup(of: Void.self) { group in
                for offset in 0..<3 {
                    let asked = (0..<4).map { texts[(number + offset * 4 + $0) % texts.count] }
                    group.addTask {
                        _ = await tried(round) {
                            try await vectors.keep(asked.map { ($0, Self.vector($0)) }, model: "m")
                        }
                        let known = await tried(round) {
                            try await vectors.vectors(of: asked, model: "m", dimension: 5)
                        }
                        for (text, found) in known ?? [:] {
                            #expect(asked.contains(text) && found == Self.vector(text), "\(round)")
                        }
                    }
                }
            }
        } after: { number, round in
            let text = "after \(number)"
            try await until { (try? await vectors.keep([(text, [1, 2])], model: "n")) != nil }
            try await until {
                let known = try? await vectors.vectors(of: [text], model: "n", dimension: 2)
                return known == [text: [1, 2]]
            }
        }
        #expect(vectors.counts.damaged == 0)
    }

    @Test func `gives a claim to one at a time, and no other result than the one that was kept`() async throws
    {
        let results = (0..<3).map { _ in
            RedisResults(
                pool(), prefix: prefix, secret: Data("sixteen bytes or more".utf8), lifetime: .seconds(60),
                patience: Self.patience)
        }
        // By round, whoever was told that the claim is theirs.
        var holders: [Int: Set<Int>] = [:]
        try await rounds(40) { number, round in
            let name = Data("question \(number)".utf8)
            // Each as a process of its own.
            let told = await withTaskGroup(of: (Int, RedisResults.Look?).self) { group in
                for (process, results) in results.enumerated() {
                    group.addTask {
                        let found = await tried(round) {
                            try await results.look(
                                "answer", name, token: "p\(process)", claim: .seconds(600))
                        }
                        return (process, found)
                    }
                }
                return await group.reduce(into: [(Int, RedisResults.Look?)]()) { $0.append($1) }
            }
            for (process, found) in told {
                if found == .granted {
                    holders[number, default: []].insert(process)
                } else {
                    #expect(found == nil || found == .underWay, "\(round)")
                }
            }
        } after: { number, round in
            let name = Data("question \(number)".utf8)
            // Whoever has it now; the reply that told so may have been lost.
            for (process, results) in results.enumerated() {
                var found: RedisResults.Look?
                try await until {
                    found = try? await results.look(
                        "answer", name, token: "p\(process)", claim: .seconds(600))
                    return found != nil
                }
                if found == .granted {
                    holders[number, default: []].insert(process)
                } else {
                    #expect(found == .underWay, "\(round)")
                }
            }
            #expect(holders[number]?.count == 1, "\(round)")
            // What is kept while it is cut is kept whole, or not yet.
            let plain = Data("the answer to \(number)".utf8)
            network.arm(.init(.reset, .answer, after: number % 8))
            _ = await tried(round) { try await results[0].keep("answer", name, plain) }
            network.heal()
            try await until { (try? await results[0].keep("answer", name, plain)) != nil }
            for (process, results) in results.enumerated() {
                try await until {
                    guard
                        let found = try? await results.look(
                            "answer", name, token: "p\(process)", claim: .seconds(600))
                    else { return false }
                    #expect(found == .kept(plain), "\(round)")
                    return true
                }
            }
        }
        #expect(results.allSatisfy { $0.counts.damaged == 0 })
    }

    @Test func `has those who follow a topic look again`() async throws {
        func notices(_ teller: String) -> RedisNotices {
            RedisNotices(
                pool(), name: "\(prefix):changes", teller: teller,
                pauses: .milliseconds(5)...(.milliseconds(20)))
        }
        let (one, other) = (notices("one"), notices("other"))
        /// What has been changed, and what the follower has seen of it.
        let state = Mutex((changed: 0, seen: 0, looks: 0))
        other.follow("pages") {
            state.withLock { state in
                state.seen = state.changed
                state.looks += 1
            }
        }
        let task = Task { await other.run() }
        try await until { state.withLock { $0.looks > 0 } }
        try await rounds(40, request: 120, answer: 160) { number, _ in
            state.withLock { $0.changed = 2 * number + 1 }
            await one.tell("pages")
        } after: { number, _ in
            // What was told meanwhile may be lost, and what is told now is not, once it can be told.
            state.withLock { $0.changed = 2 * number + 2 }
            try await until {
                await one.tell("pages")
                return state.withLock { $0.seen == 2 * number + 2 }
            }
        }
        task.cancel()
        await task.value
    }

    @Test func `is found again after it was held, slowed and shut`() async throws {
        let pool = pool()
        let ping = RedisCommand(["PING"])
        for disturb in [network.stall, network.refuse, network.cut, { network.slow(.milliseconds(20)) }] {
            _ = await tried("before") { try await pool.send(ping) }
            disturb()
            for _ in 0..<3 {
                let answer = await tried("\(network.cuts)") { try await pool.send(ping) }
                #expect(answer == nil || answer?.text == "PONG")
            }
            network.heal()
            try await until { (try? await pool.send(ping))?.text == "PONG" }
        }
        #expect(pool.counts.isReachable)
    }
}
