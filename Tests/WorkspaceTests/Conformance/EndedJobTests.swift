import Foundation
import JSONValue
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Ends of ingest jobs` {
    static func job(_ id: String = "job", _ event: WebhookEvent = .syncFinished) -> EndedJobMessage {
        EndedJobMessage(
            id: id, event: event, source: "wiki", sourceName: "The wiki", scope: "site", state: "finished",
            attempts: 1, createdAt: Sample.start, startedAt: Sample.start + 1, endedAt: Sample.start + 3.5,
            counts: ["seen": 5, "stored": 4, "failed": 1], failures: 1)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are told to whoever subscribes, once`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("all"))
        try await store.add(try Sample.webhook("of another", of: Sample.otherAnn, events: [.syncFinished]))
        try await store.add(try Sample.webhook("of runs", events: Set(WebhookEvent.ofRuns)))
        try await store.add(try Sample.webhook("of failures", events: [.syncFailed]))
        try await store.add(
            try Sample.webhook("off", disabling: .init(at: Sample.start, reason: "asked for")))
        #expect(try await store.tell(of: Self.job(), tenant: nil) == 2)
        #expect(try await store.tell(of: Self.job(), tenant: nil) == 0, "a second telling adds nothing")
        #expect(try await store.tell(of: Self.job("another", .syncFailed), tenant: nil) == 2)
        let told = try await store.deliveries(to: "all")
        #expect(Set(told.map(\.event)) == [.syncFinished, .syncFailed])
        #expect(told.allSatisfy { $0.run == nil && $0.createdAt == Sample.start + 3.5 })
        #expect(Set(told.map(\.id)).count == 2 && told.allSatisfy { !$0.id.contains(".") })
        #expect(try await store.deliveries(to: "of another", of: Sample.otherAnn).count == 1)
        #expect(try await store.deliveries(to: "of failures").map(\.event) == [.syncFailed])
        for name in ["of runs", "off"] { #expect(try await store.deliveries(to: name).isEmpty) }
        #expect(try await store.leaseDeliveries(after: 4).count == 4)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are told to endpoints that were there then`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        var late = try Sample.webhook("late")
        late.createdAt = Sample.start + 4
        try await store.add(late)
        #expect(try await store.tell(of: Self.job(), tenant: nil) == 0)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are told to the endpoints of one tenant's owners where tenants are kept apart`(
        engine: WorkspaceEngine
    ) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("own"))
        try await store.add(try Sample.webhook("of another", of: Sample.otherAnn))
        #expect(try await store.tell(of: Self.job(), tenant: Sample.otherAnn.tenant) == 1)
        #expect(try await store.deliveries(to: "own").isEmpty)
        #expect(try await store.deliveries(to: "of another", of: Sample.otherAnn).count == 1)
        #expect(try await store.tell(of: Self.job(), tenant: "none") == 0)
        #expect(try await store.tell(of: Self.job(), tenant: nil) == 1, "the rest")
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are told once by many processes at once`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        try await atOnce(0..<8) { _ in _ = try await store.tell(of: Self.job(), tenant: nil) }
        #expect(try await store.deliveries(to: "w").count == 1)
    }

    @Test func `say how much and how long, and no title`() async throws {
        let store = try await WorkspaceEngine.all[0].open()
        try await store.add(try Sample.webhook("w"))
        _ = try await store.tell(of: Self.job(), tenant: nil)
        let id = try #require(try await store.deliveries(to: "w").first).id
        let body = try JSONValue(
            parsing: try await store.delivery(id, of: "w", for: Sample.ann).body)
        #expect(body["type"] == "sync.finished")
        let job = body["data"]?["job"]
        #expect(job?["source"] == ["id": "wiki", "name": "The wiki"])
        #expect(job?["duration_seconds"]?.double == 2.5)
        #expect(job?["counts"] == ["seen": 5, "stored": 4, "failed": 1])
        #expect(job?["failures"] == 1 && job?["state"] == "finished" && job?["scope"] == "site")
        #expect(job?["links"]?["self"] == "/v1/ingest/jobs/job")
    }
}
