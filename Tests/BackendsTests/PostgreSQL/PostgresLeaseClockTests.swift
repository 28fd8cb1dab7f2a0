import Backends
import Foundation
import TestSupport
import Testing
import Workspace

/// Processes whose clocks differ by an hour, over one database.
@Suite(.timeLimit(.minutes(2))) struct `Leases over PostgreSQL` {
    private static let ann = Owner(name: "user:ann")
    private let store: PostgresWorkspace
    /// What the clocks of two processes say.
    private var right: Date { Date() }
    private var ahead: Date { Date() + 3_600 }
    private var behind: Date { Date() - 3_600 }

    init() throws {
        store = PostgresWorkspace(
            try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema()), announcesRuns: true)
    }

    private func enqueue(_ id: String, at time: Date) async throws {
        _ = try await store.enqueue(
            StoredRun(
                id: id, owner: Self.ann, flow: "f", version: 1, session: "s", request: Data("{}".utf8),
                createdAt: time), key: nil)
    }

    private func lease(_ worker: String, at time: Date, for duration: Duration = .seconds(60)) async throws
        -> [(run: StoredRun, lease: RunLease)]
    {
        try await store.lease(9, by: worker, for: duration, at: time, attempts: 2)
    }

    private func claim(_ run: String, at time: Date) async throws -> RunClaim {
        try await store.lease(
            run: run, ofTenant: Self.ann.tenant, by: "told", for: .seconds(60), at: time, attempts: 2)
    }

    @Test func `of a run are not taken by a worker whose clock is ahead`() async throws {
        try await enqueue("r", at: right)
        let held = try #require(try await lease("right", at: right).first?.lease)
        for _ in 0..<3 { #expect(try await lease("ahead", at: ahead).isEmpty) }
        guard case .held(let until) = try await claim("r", at: ahead) else {
            Issue.record("the run of another worker was taken")
            return
        }
        // As the clock of who was told has it.
        #expect(until > ahead && until < ahead + 61)
        #expect(try await store.run("r", for: Self.ann).attempts == 1)
        let (renewed, _) = try await store.renew(held, for: .seconds(60), at: behind)
        #expect(try await lease("ahead", at: ahead).isEmpty)
        try await store.end(renewed, .finished, result: nil, failure: nil, messages: [], at: right)
        #expect(try await store.runCounts()[.dead] == 0)
    }

    @Test func `of a lost run end for all at once, and it goes to whoever comes, whatever its clock says`()
        async throws
    {
        try await enqueue("r", at: ahead)
        // It is due at once, though its clock is ahead.
        #expect(try await lease("lost", at: behind, for: .milliseconds(50)).count == 1)
        var taken: [StoredRun] = []
        while taken.isEmpty {
            taken = try await lease("behind", at: behind).map(\.run)
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(taken.map(\.id) == ["r"] && taken.first?.attempts == 2)
    }

    @Test func `wait as long as their worker says, by any clock`() async throws {
        try await enqueue("later", at: right)
        let held = try #require(try await lease("ahead", at: ahead).first?.lease)
        let time = ahead
        try await store.retry(held, at: time, due: time + 600, failure: Data(), attempts: 2)
        #expect(try await lease("ahead", at: ahead).isEmpty)
        guard case .waits(let until) = try await claim("later", at: behind) else {
            Issue.record("the run was taken before its time")
            return
        }
        #expect(until > behind + 590 && until < behind + 601)
        let announced = try await store.leaseAnnouncements(
            9, for: .seconds(30), at: behind, horizon: .seconds(900))
        let due = try #require(announced.map(\.due).max())
        #expect(due > behind + 590 && due < behind + 601)
        // They are held for all, whoever asks.
        let again = try await store.leaseAnnouncements(
            9, for: .seconds(30), at: ahead, horizon: .seconds(900))
        #expect(again.isEmpty)
        #expect(try await store.announceForgotten(since: ahead - 60, at: ahead, limit: 9) == 0)
    }

    @Test func `of a delivery are not taken by a sender whose clock is ahead`() async throws {
        let secret = try VariableSeal(SealKeys()).seal(WebhookSecret(), ofWebhook: "w", for: Self.ann)
        try await store.add(
            WebhookEndpoint(
                id: "w", owner: Self.ann, url: "https://example.com/", secret: secret, createdAt: right))
        let made = ahead
        try await store.enqueue(
            WebhookDelivery(
                id: "d", endpoint: "w", event: .test, run: nil, body: Data("{}".utf8), createdAt: made),
            for: Self.ann)
        func lease(at time: Date) async throws -> [LeasedDelivery] {
            try await store.leaseDeliveries(
                9, each: 9, ofOwner: 9, by: "s", for: .seconds(60), at: time)
        }
        let held = try #require(try await lease(at: behind).first?.lease)
        #expect(try await lease(at: ahead).isEmpty)
        try await store.renew([held], for: .seconds(60), at: behind)
        #expect(try await lease(at: ahead).isEmpty)
        let time = behind
        _ = try await store.settle(
            held, .postponed(until: time + 600, status: 500, error: "no"), failingLimit: .seconds(86_400),
            at: time)
        #expect(try await lease(at: right).isEmpty)
    }

    @Test func `of a request under way are not taken by a process whose clock is ahead`() async throws {
        let key = ReplyKey(
            owner: Self.ann, operation: "createFlow", digest: Data("k".utf8), fingerprint: Data("r".utf8))
        guard case .first(let claim) = try await store.claim(key, until: right + 60, at: right) else {
            Issue.record("the first request was not the first")
            return
        }
        #expect(try await store.claim(key, until: ahead + 60, at: ahead) == .underWay)
        let reply = StoredReply(status: 201, headers: [], body: Data("{}".utf8))
        try await store.settle(key, claim: claim, with: reply, until: right + 60)
        #expect(try await store.claim(key, until: ahead + 60, at: ahead) == .replied(reply))
        #expect(try await store.claim(key, until: behind + 60, at: behind) == .replied(reply))
    }
}
