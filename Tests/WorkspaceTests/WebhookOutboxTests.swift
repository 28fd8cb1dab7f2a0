import Foundation
import JSONValue
import Synchronization
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `The outbox of ended runs` {
    /// A run that is leased.
    private func begun(
        _ store: any WorkspaceStore, _ id: String = "run", callback: String? = nil, flow: String = "f"
    ) async throws -> RunLease {
        var run = Sample.run(id, flow: flow)
        run.callback = callback
        _ = try await store.enqueue(run, key: nil)
        return try #require(try await store.lease().first).lease
    }

    @Test(arguments: WorkspaceEngine.all)
    func `has one message for each way in which a run ends`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        try await store.end(try await begun(store, "finished"))
        try await store.end(try await begun(store, "failed"), .failed)
        try await store.end(try await begun(store, "cancelled"), .cancelled)
        _ = try await store.enqueue(Sample.run("waiting"), key: nil)
        for _ in 0..<2 { _ = try await store.cancel("waiting", for: Sample.ann) }
        let released = try await begun(store, "released")
        _ = try await store.cancel("released", for: Sample.ann)
        try await store.release(released, at: Sample.start)
        try await store.retry(
            try await begun(store, "given up"), at: Sample.start, failure: Data("{}".utf8), attempts: 1)
        _ = try await begun(store, "lost")
        #expect(try await store.lease(after: 60, attempts: 1).isEmpty)
        let told = try await store.deliveries(to: "w").map { ($0.run ?? "", $0.event.rawValue) }
        let events = Dictionary(grouping: told, by: { $0.0 }).mapValues { $0.map(\.1) }
        #expect(
            events == [
                "finished": ["run.finished"], "failed": ["run.failed"], "cancelled": ["run.cancelled"],
                "waiting": ["run.cancelled"], "released": ["run.cancelled"], "given up": ["run.dead"],
                "lost": ["run.dead"],
            ])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `has nothing of a run that goes on, and nothing of an end that was refused`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        let lease = try await begun(store)
        // Said last of all, and refused: the id is of another conversation. It takes the whole end back.
        try await store.append([Sample.message("m", in: Sample.key("t"))])
        await #expect(throws: WorkspaceError.nameTaken(kind: "message", name: "m")) {
            try await store.end(lease, messages: [Sample.message("m", in: Sample.key("s"))])
        }
        #expect(try await store.run("run", for: Sample.ann).state == .running)
        try await store.retry(lease, at: Sample.start, failure: Data("{}".utf8), attempts: 3)
        #expect(try await store.deliveries(to: "w").isEmpty)
        let again = try #require(try await store.lease().first).lease
        await #expect(throws: WorkspaceError.leaseLost(run: "run")) { try await store.end(lease) }
        #expect(try await store.deliveries(to: "w").isEmpty)
        try await store.end(again)
        await #expect(throws: WorkspaceError.leaseLost(run: "run")) { try await store.end(again) }
        #expect(try await store.deliveries(to: "w").count == 1)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `tells the owner's endpoints that want it, and the one that the run names`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let off = WebhookEndpoint.Disabling(at: Sample.start, reason: "r")
        for webhook in [
            try Sample.webhook("all"), try Sample.webhook("dead", events: [.runDead]),
            try Sample.webhook("f", flow: "f"), try Sample.webhook("g", flow: "g"),
            try Sample.webhook("named", events: [], flow: "g"), try Sample.webhook("none", events: []),
            try Sample.webhook("off", disabling: off), try Sample.webhook("bob", of: Sample.bob),
            try Sample.webhook("elsewhere", of: Sample.otherAnn),
        ] {
            try await store.add(webhook)
        }
        try await store.end(try await begun(store, callback: "named"))
        // The one that is named has it once, though it subscribes too; another's is not told.
        try await store.end(try await begun(store, "second", callback: "all"))
        try await store.end(try await begun(store, "third", callback: "bob"))
        try await store.end(try await begun(store, "fourth", callback: "off"))
        var told: [String: [String]] = [:]
        for (id, owner) in [
            ("all", Sample.ann), ("dead", Sample.ann), ("f", Sample.ann), ("g", Sample.ann),
            ("named", Sample.ann), ("none", Sample.ann), ("off", Sample.ann), ("bob", Sample.bob),
            ("elsewhere", Sample.otherAnn),
        ] {
            let runs = try await store.deliveries(to: id, of: owner).compactMap(\.run).sorted()
            if !runs.isEmpty { told[id] = runs }
        }
        let every = ["fourth", "run", "second", "third"]
        #expect(told == ["all": every, "f": every, "named": ["run"]])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `has what it says in it, though the run is gone`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("thin"))
        try await store.add(try Sample.webhook("whole", includesResult: true))
        let lease = try await begun(store)
        try await store.end(
            lease, .finished, result: Data(#"{"answer": 42}"#.utf8), failure: nil, messages: [],
            at: Sample.start + 7)
        #expect(try await store.expireRuns(endedBefore: Sample.start + 100) == 1)
        var results: [Int?] = []
        for id in ["thin", "whole"] {
            let listed = try #require(try await store.deliveries(to: id).first)
            #expect(listed.body.isEmpty && listed.createdAt == Sample.start + 7)
            let delivery = try await store.delivery(listed.id, of: id, for: Sample.ann)
            let body = try JSONValue(parsing: delivery.body)
            #expect(body["type"]?.string == "run.finished")
            #expect(body["data"]?["run"]?["id"]?.string == "run")
            #expect(!listed.id.contains("."), "the signature puts full stops between its parts")
            results.append(body["data"]?["run"]?["result"]?["answer"]?.integer)
        }
        #expect(results == [nil, 42])
    }

    @Test func `is there for the next process`() async throws {
        let folder = try TemporaryDirectory()
        do {
            let store = try SQLiteWorkspace.open(at: folder.url)
            try await store.add(try Sample.webhook("w"))
            try await store.end(try await begun(store))
            // Its sender dies.
            #expect(try await store.leaseDeliveries().count == 1)
        }
        let store = try SQLiteWorkspace.open(at: folder.url)
        #expect(try await store.leaseDeliveries(after: 59).isEmpty)
        let leased = try #require(try await store.leaseDeliveries(after: 60).first)
        #expect(leased.delivery.run == "run" && leased.delivery.attempts == 2 && leased.lease.number == 2)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `wakes who watches it after each commit, and for nothing that was taken back`(
        engine: WorkspaceEngine
    )
        async throws
    {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        let count = Wakes()
        let watch = try await store.watchDeliveries { count.add() }
        let lease = try await begun(store)
        try await store.append([Sample.message("m", in: Sample.key("t"))])
        await #expect(throws: WorkspaceError.nameTaken(kind: "message", name: "m")) {
            try await store.end(lease, messages: [Sample.message("m", in: Sample.key("s"))])
        }
        #expect(count.count == 0)
        try await store.end(lease)
        #expect(count.count == 1)
        let leased = try #require(try await store.leaseDeliveries().first)
        #expect(count.count == 1, "a lease is nothing new")
        _ = try await store.settle(leased.lease, .failed(status: 500, error: "e"))
        let before = count.count
        _ = try await store.replay(delivery: leased.delivery.id, of: "w", for: Sample.ann, at: Sample.start)
        #expect(count.count == before + 1)
        withExtendedLifetime(watch) {}
    }

    private final class Wakes: Sendable {
        private let calls = Mutex(0)

        var count: Int { calls.withLock { $0 } }
        func add() { calls.withLock { $0 += 1 } }
    }
}
