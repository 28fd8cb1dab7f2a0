import Backends
import Foundation
import TestSupport
import Testing
import Workspace

@Suite(.timeLimit(.minutes(2))) struct `Runs over PostgreSQL` {
    private static let start = Date(timeIntervalSince1970: 1_790_000_000)
    private static let ann = Owner(name: "user:ann")

    /// Two workspaces of one schema, as two processes have them.
    private func pair(_ version: PostgresServer.Version) throws -> [PostgresWorkspace] {
        let server = try PostgresServer.shared(version)
        let schema = PostgresServer.freshSchema()
        return (0..<2).map { _ in
            PostgresWorkspace(
                server.pool(schema: schema, patience: .seconds(30)), leaseClock: .callers,
                now: { Self.start })
        }
    }

    private func run(_ id: String, priority: Int = 0) -> StoredRun {
        StoredRun(
            id: id, owner: Self.ann, flow: "f", version: 1, session: "s", request: Data("{}".utf8),
            priority: priority, createdAt: Self.start)
    }

    private func webhook(_ id: String) throws -> WebhookEndpoint {
        WebhookEndpoint(
            id: id, owner: Self.ann, url: "https://example.com/\(id)",
            secret: try VariableSeal(SealKeys()).seal(WebhookSecret(), ofWebhook: id, for: Self.ann),
            createdAt: Self.start)
    }

    /// What a worker is given and ends, until nothing waits any more.
    private func carriedOut(by worker: String, _ store: PostgresWorkspace) async throws -> [String] {
        var ids: [String] = []
        while true {
            let leased = try await store.lease(
                3, by: worker, for: .seconds(60), at: Self.start, attempts: 3)
            if leased.isEmpty { return ids }
            for (run, lease) in leased {
                ids.append(run.id)
                try await store.end(
                    lease, .finished, result: nil, failure: nil, messages: [], at: Self.start)
            }
        }
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `go to one of many workers each, and end once`(version: PostgresServer.Version) async throws {
        let stores = try pair(version)
        try await stores[0].add(try webhook("w"))
        for number in 0..<200 {
            _ = try await stores[0].enqueue(run("\(number)", priority: number % 3), key: nil)
        }
        let ids = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<8 {
                group.addTask { try await carriedOut(by: "\(worker)", stores[worker % 2]) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(ids.count == 200 && Set(ids).count == 200)
        #expect(try await stores[1].runCounts() == [.queued: 0, .running: 0, .dead: 0])
        let told = try await stores[1].deliveries(
            of: "w", for: Self.ann, state: nil, before: nil, limit: 1_000)
        #expect(told.count == 200 && Set(told.compactMap(\.run)).count == 200)
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `that come at once under one key are one run`(version: PostgresServer.Version) async throws {
        let stores = try pair(version)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<20 {
                group.addTask { try await stores[number % 2].enqueue(run("\(number)"), key: "k").id }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await stores[0].runCounts()[.queued] == 1)
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `that lost their workers end once, whoever finds them`(version: PostgresServer.Version) async throws
    {
        let stores = try pair(version)
        try await stores[0].add(try webhook("w"))
        for number in 0..<40 { _ = try await stores[0].enqueue(run("\(number)"), key: nil) }
        _ = try await stores[0].lease(40, by: "lost", for: .seconds(60), at: Self.start, attempts: 1)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    try await stores[worker % 2].lease(
                        9, by: "\(worker)", for: .seconds(60), at: Self.start + 60, attempts: 1
                    ).count
                }
            }
            for try await count in group { #expect(count == 0) }
        }
        #expect(try await stores[1].runCounts() == [.queued: 0, .running: 0, .dead: 40])
        let told = try await stores[1].deliveries(
            of: "w", for: Self.ann, state: nil, before: nil, limit: 1_000)
        #expect(told.count == 40 && Set(told.compactMap(\.run)).count == 40)
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `are told to an endpoint by a few senders at a time, all processes together`(
        version: PostgresServer.Version
    ) async throws {
        let stores = try pair(version)
        try await stores[0].add(try webhook("w"))
        for number in 0..<20 {
            try await stores[0].enqueue(
                WebhookDelivery(
                    id: "\(number)", endpoint: "w", event: .test, run: nil, body: Data("{}".utf8),
                    createdAt: Self.start), for: Self.ann)
        }
        let leased = try await withThrowingTaskGroup(of: [String].self) { group in
            for sender in 0..<8 {
                group.addTask {
                    try await stores[sender % 2].leaseDeliveries(
                        2, each: 5, ofOwner: 20, by: "\(sender)", for: .seconds(60), at: Self.start
                    ).map(\.delivery.id)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(leased.count == 5 && Set(leased).count == 5)
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `have one first request of those that claim a key at once`(version: PostgresServer.Version)
        async throws
    {
        let stores = try pair(version)
        let key = ReplyKey(
            owner: Self.ann, operation: "createFlow", digest: Data("k".utf8), fingerprint: Data("r".utf8))
        // The second time over a claim that has ended.
        for seconds in [0.0, 300] {
            let time = Self.start + seconds
            let claims = try await withThrowingTaskGroup(of: ReplyClaim.self) { group in
                for number in 0..<10 {
                    group.addTask { try await stores[number % 2].claim(key, until: time + 300, at: time) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(claims.count { $0 != .underWay } == 1, "\(claims)")
        }
    }
}
