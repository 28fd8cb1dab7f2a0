import Corpus
import Foundation
import HTTPTypes
import Ingest
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Word of ingest jobs` {
    private static let ann = Owner(name: "user:ann")

    /// A webhook that was there before any job.
    private func subscribe(_ store: any WorkspaceDatabase, _ events: Set<WebhookEvent>) async throws {
        let seal = VariableSeal(SealKeys())
        try await store.add(
            WebhookEndpoint(
                id: "w", owner: Self.ann, url: "https://hooks.example/", events: events,
                secret: try seal.seal(WebhookSecret(), ofWebhook: "w", for: Self.ann),
                createdAt: Date(timeIntervalSince1970: 1)))
    }

    private func told(_ store: any WorkspaceDatabase) async throws -> [WebhookDelivery] {
        try await store.deliveries(of: "w", for: Self.ann, state: nil, before: nil, limit: 99)
    }

    @Test func `is put into the outbox once, with counts and without a title`() async throws {
        let fixture = try await JobFixture()
        try await subscribe(fixture.workspace, [.ingestFinished, .ingestFailed])
        let notices = JobNotices(
            fixture.jobs, webhooks: fixture.workspace, tenant: nil, logger: fixture.base.log.logger)
        let response = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=sailing.md&readers=anyone",
            upload: Data("# Sailing at night\n\nLights are lit at dusk.\n".utf8))
        #expect(response.status == .accepted)
        await notices.lookThrough(since: .distantPast)
        #expect(try await told(fixture.workspace).isEmpty, "it has not ended")
        let job = try #require(try await fixture.runNext())
        #expect(job.state == .finished)
        for _ in 0..<2 { await notices.lookThrough(since: .distantPast) }
        let delivery = try #require(try await told(fixture.workspace).first)
        #expect(try await told(fixture.workspace).count == 1 && delivery.event == .ingestFinished)
        let whole = try await fixture.workspace.delivery(delivery.id, of: "w", for: Self.ann)
        let text = String(decoding: whole.body, as: UTF8.self)
        #expect(!text.contains("ailing"))
        let shown = try JSONDecoder().decode(JSONValue.self, from: whole.body)["data"]?["job"]
        #expect(shown?["id"]?.text == job.id && shown?["source"]?["id"]?.text == job.source)
        #expect(shown?["counts"]?["stored"] == .number(1) && shown?["failures"] == .number(0))
        await notices.lookThrough(since: Date().addingTimeInterval(3_600))
        #expect(try await told(fixture.workspace).count == 1)
    }

    @Test func `is found however many jobs were asked for later, and is its tenant's alone`() async throws {
        let fixture = try await JobFixture()
        try await subscribe(fixture.workspace, [.ingestFinished])
        for name in ["a", "b", "c"] {
            _ = try await fixture.respond(
                .post, "/v1/ingest/uploads?name=\(name).md&readers=anyone",
                upload: Data("# \(name)\n\nText of it.\n".utf8))
            #expect(try await fixture.runNext()?.state == .finished)
        }
        let others = JobNotices(
            fixture.jobs, webhooks: fixture.workspace, tenant: "other", logger: fixture.base.log.logger)
        await others.lookThrough(since: .distantPast, page: 1)
        #expect(try await told(fixture.workspace).isEmpty)
        let notices = JobNotices(
            fixture.jobs, webhooks: fixture.workspace, tenant: Self.ann.tenant,
            logger: fixture.base.log.logger)
        await notices.lookThrough(since: .distantPast, page: 1)
        #expect(try await told(fixture.workspace).count == 3)
    }

    @Test func `comes as soon as a job of this process has ended`() async throws {
        let fixture = try await JobFixture()
        try await subscribe(fixture.workspace, [.ingestFinished])
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self)
        let watch = try await fixture.workspace.watchDeliveries { wake.yield() }
        let notices = JobNotices(
            fixture.jobs, webhooks: fixture.workspace, tenant: nil, logger: fixture.base.log.logger)
        let running = Task { await notices.run() }
        _ = try await fixture.respond(
            .post, "/v1/ingest/uploads?name=a.md&readers=anyone", upload: Data("# A\n\nText of it.\n".utf8))
        #expect(try await fixture.runNext()?.state == .finished)
        for await _ in wakes { break }
        #expect(try await told(fixture.workspace).map(\.event) == [.ingestFinished])
        running.cancel()
        await running.value
        withExtendedLifetime(watch) {}
    }

    @Test func `is for ends that nobody wished for, too, and not for dry runs`() throws {
        func job(_ state: IngestJob.State, _ scope: IngestJob.Scope, isDryRun: Bool = false) -> IngestJob {
            var job = IngestJob(
                id: "j", source: "s", scope: scope, isDryRun: isDryRun,
                createdAt: Date(timeIntervalSince1970: 5))
            job.state = state
            job.endedAt = Date(timeIntervalSince1970: 9)
            job.reason = "A reason with a title"
            return job
        }
        func event(_ job: IngestJob) -> WebhookEvent? { EndedJobMessage(job, sourceName: "n")?.event }
        let upload = IngestJob.Scope.upload(.init(id: "u", fileName: "secret.md", byteCount: 1, readers: nil))
        #expect(event(job(.finished, .site)) == .syncFinished)
        #expect(event(job(.failed, .space("ENG"))) == .syncFailed)
        #expect(event(job(.interrupted, .page("1"))) == .syncFailed)
        #expect(event(job(.finished, .removal)) == .syncFinished)
        #expect(event(job(.finished, upload)) == .ingestFinished)
        #expect(event(job(.failed, upload)) == .ingestFailed)
        #expect(event(job(.cancelled, .site)) == nil)
        #expect(event(job(.running, .site)) == nil)
        #expect(event(job(.finished, .site, isDryRun: true)) == nil)
        let message = try #require(EndedJobMessage(job(.failed, upload), sourceName: nil))
        #expect(message.sourceName == "s" && message.scope == "upload:u")
    }
}
