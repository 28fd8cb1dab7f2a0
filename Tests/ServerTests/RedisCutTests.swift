import Backends
import Concurrency
import Corpus
import Foundation
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

/// Callers' requests counted in a Redis, as the program has it.
private struct CountedInRedis: SharedPace {
    let buckets: RedisBuckets

    func take(_ caller: String, perMinute: Int) async -> PaceDecision? {
        guard let taken = try? await buckets.take(caller, perMinute: perMinute) else { return nil }
        return PaceDecision(
            isAllowed: taken.isAllowed, perMinute: perMinute, remaining: taken.remaining,
            seconds: taken.seconds)
    }
}

/// What a process falls back to while the network to its Redis is cut at moments chosen at random.
@Suite(.timeLimit(.minutes(3))) struct `Processes that share a Redis through a bad network` {
    private static let rounds = 40
    private let server: RedisServer
    private let network: NetworkProxy
    private let prefix = RedisServer.freshPrefix()

    init() throws {
        server = try RedisServer.shared()
        network = try NetworkProxy(to: server.port)
    }

    private func pool(_ patience: Duration) -> RedisPool {
        let password = server.password
        return RedisPool(
            RedisSettings(
                host: "127.0.0.1", port: network.port, password: { password }, connectTimeout: patience,
                commandTimeout: patience),
            size: 2, pauses: .milliseconds(5)...(.milliseconds(20)))
    }

    @Test func `let a caller through no oftener than the shared bucket and their own together`() async throws
    {
        let perMinute = 20
        let patience = Duration.milliseconds(200)
        let buckets = (0..<2).map { _ in RedisBuckets(pool(patience), prefix: prefix, patience: patience) }
        let paces = buckets.map { RequestPace(shared: CountedInRedis(buckets: $0)) }
        let clock = ContinuousClock()
        let start = clock.now
        var cuts = RandomCuts()
        var allowed = 0
        for _ in 0..<Self.rounds {
            network.arm(cuts.next(request: 300, answer: 200))
            for pace in paces {
                for _ in 0..<4 {
                    let decision = try await withDeadline(.seconds(60)) {
                        await pace.decide("ada", perMinute: perMinute)
                    }
                    if decision.isAllowed { allowed += 1 }
                }
            }
            network.heal()
            // A caller of whom nothing was asked yet: the shared bucket decides again, by itself.
            for buckets in buckets {
                while (try? await buckets.take("bob", perMinute: RedisBuckets.perMinuteLimit)) == nil {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        let cameBack = Int((clock.now - start) / .seconds(1) * Double(perMinute) / 60) + 1
        #expect(allowed <= (1 + paces.count) * (perMinute + cameBack), "seed \(cuts.seed)")
        #expect(network.cuts > 0)
    }

    @Test func `know of a session what the database knows, or knew a moment ago`() async throws {
        let database = try SQLiteWorkspace.inMemory()
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let clock = SetClock(start)
        func node(_ pool: RedisPool, _ patience: Duration) -> RedisSessions {
            RedisSessions(
                database, pool, prefix: prefix, secret: Data("sixteen bytes or more".utf8),
                patience: patience, now: { clock.now })
        }
        let patience = Duration.milliseconds(150)
        let pools = (0..<2).map { _ in pool(patience) }
        let nodes = pools.map { node($0, patience) }
        // One whose network is well.
        let password = server.password
        let near = node(
            RedisPool(
                RedisSettings(
                    host: server.host, port: server.port, password: { password },
                    connectTimeout: .seconds(10), commandTimeout: .seconds(10))), .seconds(10))
        var cuts = RandomCuts()
        for number in 0..<Self.rounds {
            let cut = cuts.next(request: 500, answer: 400)
            let round = "seed \(cuts.seed), round \(number): \(cut)"
            let session = SignInSession(
                digest: Data("cookie \(number)".utf8), principals: [.user("u\(number)")], scopes: ["search"],
                createdAt: start, expiresAt: start + 1_000_000, rotatedAt: start)
            func found() async throws -> [SignInSession?] {
                var found: [SignInSession?] = []
                for node in nodes {
                    found.append(
                        try await node.session(digest: session.digest, at: clock.now, grace: .seconds(60)))
                }
                return found
            }
            network.arm(cut)
            try await nodes[0].add(session)
            #expect(try await found() == [session, session], "\(round)")
            if number % 2 == 0 {
                try await near.end(session: session.digest)
                #expect(try await found() == [nil, nil], "\(round)")
            } else {
                try await nodes[0].end(session: session.digest)
                // If the Redis could not be told of it, the session is believed for a moment more.
                #expect(try await found().allSatisfy { $0 == nil || $0 == session }, "\(round)")
            }
            clock.now += RedisSessions.lifetime / .seconds(1)
            #expect(try await found() == [nil, nil], "\(round)")
            network.heal()
            for pool in pools {
                while (try? await pool.send(RedisCommand(["PING"]))) == nil {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        #expect(network.cuts > 0)
    }
}
