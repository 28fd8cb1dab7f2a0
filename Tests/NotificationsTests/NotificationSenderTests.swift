import Foundation
import JSONValue
import Testing
import Workspace

@testable import Notifications

@Suite(.timeLimit(.minutes(1))) struct `Word of a run's end` {
    @Test func `reaches its receiver signed, thin and once`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        try await fixture.endRun("run-1", result: #"{"text": "secret answer"}"#)
        let sender = try fixture.sender()
        await sender.drain()
        await sender.drain()
        let messages = try await fixture.receiver.messages()
        #expect(messages.count == 1)
        let message = try #require(messages.first)
        #expect(message.isSignedBy == [true] && message.signatureCount == 1)
        #expect(message.contentType == "application/json")
        #expect(message.timestamp == "1790000000")
        #expect(message.body["type"] == "run.finished")
        let run = try #require(message.body["data"]?["run"]?.object)
        #expect(run["id"] == "run-1" && run["flow"] == "f" && run["version"] == 3 && run["session"] == "s")
        #expect(run["state"] == "finished" && run["attempts"] == 1)
        #expect(run["links"]?["self"] == "/v1/runs/run-1")
        #expect(!run.keys.contains("result") && !run.keys.contains("failure"))
        #expect(message.body["timestamp"] == run["ended_at"])
        let delivery = try #require(try await fixture.deliveries(endpoint).first)
        #expect(delivery.id == message.id && delivery.state == .delivered && delivery.attempts == 1)
        #expect(delivery.lastStatus == 204 && delivery.lastError == nil && delivery.body.isEmpty)
        #expect(delivery.run == "run-1" && delivery.event == .runFinished)
    }

    @Test func `carries what the run made where its endpoint says so, unless that is large`() async throws {
        let fixture = try NotificationFixture()
        _ = try await fixture.endpoint("a", WebhookDraft(includesResult: true))
        try await fixture.endRun("small", result: #"{"text": "made"}"#)
        let large = String(repeating: "a", count: WorkspaceLimits.webhookResultBytes)
        try await fixture.endRun("large", result: #"{"text": "\#(large)"}"#)
        try await fixture.sender().drain()
        let bodies = try await fixture.receiver.messages().map(\.body)
        let results = bodies.map { ($0["data"]?["run"]?["id"]?.string, $0["data"]?["run"]?["result"]) }
        #expect(results.count == 2)
        for (id, result) in results {
            #expect(result?["text"]?.string == (id == "small" ? "made" : nil))
        }
    }

    @Test func `is tried again under one id until its attempts are used up, and can be sent anew`()
        async throws
    {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        try await fixture.receiver.answer("[500, 500, 500, 500, 500, 500, 500, 404, 302, 500]")
        try await fixture.endRun("run-1", .failed)
        let sender = try fixture.sender()
        for wait in WebhookSchedule.standard.waits {
            await sender.drain()
            let pending = try #require(try await fixture.deliveries(endpoint).first)
            #expect(pending.state == .pending && pending.lastError?.contains("answered") == true)
            fixture.time.advance(by: wait * 0.99)
            let before = try await fixture.receiver.messages().count
            await sender.drain()
            #expect(try await fixture.receiver.messages().count == before, "not before its time")
            fixture.time.advance(by: wait * 0.12)
        }
        await sender.drain()
        let failed = try #require(try await fixture.deliveries(endpoint).first)
        #expect(failed.state == .failed && failed.attempts == 10 && failed.lastStatus == 500)
        let messages = try await fixture.receiver.messages()
        #expect(messages.count == 10)
        #expect(Set(messages.map(\.id)) == [failed.id])
        #expect(Set(messages.map(\.timestamp)).count == 10, "each attempt has its own time")
        #expect(messages.allSatisfy { $0.isSignedBy == [true] })
        fixture.time.advance(by: .seconds(86_400))
        await sender.drain()
        #expect(try await fixture.receiver.messages().count == 10)
        _ = try await fixture.endpoints.replay(failed.id, of: endpoint.id, for: NotificationFixture.ann)
        await sender.drain()
        let replayed = try #require(try await fixture.deliveries(endpoint).first)
        #expect(replayed.state == .delivered && replayed.attempts == 1 && replayed.id == failed.id)
        #expect(try await fixture.receiver.messages().last?.id == failed.id)
    }

    @Test func `waits as long as its receiver asks with 429 and 503`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        try await fixture.receiver.answer(
            """
            [{"status": 429, "headers": {"Retry-After": "900"}},
             {"status": 503, "headers": {"Retry-After": "999999999"}},
             {"status": 500, "headers": {"Retry-After": "90000"}}]
            """)
        try await fixture.endRun("run-1")
        let sender = try fixture.sender()
        for (least, most) in [(900.0, 900.0), (86_400, 86_400), (1_800, 1_980)] {
            await sender.drain()
            let due = try #require(try await fixture.deliveries(endpoint).first).dueAt
            let wait = due.timeIntervalSince(fixture.time.now)
            #expect(wait >= least - 0.01 && wait <= most + 0.01, "\(wait) s")
            fixture.time.advance(by: .seconds(wait + 1))
        }
    }

    @Test func `follows no redirect, and takes a 2xx however long its body is`() async throws {
        let fixture = try NotificationFixture()
        let redirecting = try await fixture.endpoint("a")
        let verbose = try await fixture.endpoint("b")
        let elsewhere = fixture.receiver.url("c")
        try await fixture.receiver.answer(
            #"[{"status": 307, "headers": {"Location": "\#(elsewhere)"}}]"#)
        try await fixture.receiver.answer(#"[{"status": 200, "bytes": 3000000}]"#, "b")
        try await fixture.endRun("run-1")
        try await fixture.sender().drain()
        #expect(try await fixture.receiver.messages("c").isEmpty)
        let redirected = try #require(try await fixture.deliveries(redirecting).first)
        #expect(redirected.state == .pending && redirected.lastStatus == 307)
        #expect(redirected.lastError?.contains("redirects are not followed") == true)
        #expect(try await fixture.deliveries(verbose).first?.state == .delivered)
    }

    @Test func `is sent to nobody at an address that may not be reached, and the reason is kept`()
        async throws
    {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        try await fixture.endRun("run-1")
        try await fixture.sender(ranges: ["10.0.0.0/8"]).drain()
        #expect(try await fixture.receiver.messages().isEmpty)
        let delivery = try #require(try await fixture.deliveries(endpoint).first)
        #expect(delivery.state == .failed && delivery.attempts == 1)
        #expect(delivery.lastError?.contains("private") == true)
    }

    @Test func `is tried again when its receiver does not answer in time`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        try await fixture.receiver.answer(#"[{"holds": true}]"#)
        try await fixture.endRun("run-1")
        try await fixture.sender(limit: .milliseconds(200)).drain()
        let delivery = try #require(try await fixture.deliveries(endpoint).first)
        #expect(delivery.state == .pending && delivery.lastStatus == nil)
        #expect(delivery.lastError?.contains("did not answer") == true)
    }
}
