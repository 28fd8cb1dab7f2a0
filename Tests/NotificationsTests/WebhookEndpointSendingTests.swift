import Foundation
import JSONValue
import Testing
import Workspace

@testable import Notifications

@Suite(.timeLimit(.minutes(1))) struct `An endpoint` {
    private let ann = NotificationFixture.ann

    @Test func `that answers 410 is sent nothing more until it is enabled again`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        let sender = try fixture.sender()
        try await fixture.receiver.answer("[500, 410]")
        try await fixture.endRun("waits")
        await sender.drain()
        try await fixture.endRun("ends it")
        await sender.drain()
        let disabled = try await fixture.kept(endpoint)
        #expect(!disabled.isEnabled && disabled.disabling?.reason.contains("410") == true)
        #expect(try await fixture.deliveries(endpoint).allSatisfy { $0.state == .failed })
        try await fixture.endRun("nobody is told")
        fixture.time.advance(by: .seconds(86_400))
        await sender.drain()
        #expect(try await fixture.receiver.messages().count == 2)
        _ = try await fixture.endpoints.change(endpoint.id, WebhookDraft(isEnabled: true), for: ann)
        let count = try await fixture.endpoints.replayFailed(
            of: endpoint.id, since: .distantPast, for: ann)
        #expect(count == 2)
        await sender.drain()
        #expect(try await fixture.receiver.messages().count == 4)
        #expect(try await fixture.deliveries(endpoint).allSatisfy { $0.state == .delivered })
    }

    @Test func `that has failed for five days is disabled, and one success begins anew`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        let sender = try fixture.sender()
        try await fixture.receiver.answer("[500, 204, 500, 500, 500]")
        try await fixture.endRun("first")
        await sender.drain()
        #expect(try await fixture.kept(endpoint).failingSince == fixture.time.now)
        fixture.time.advance(by: .seconds(4 * 86_400))
        await sender.drain()
        #expect(try await fixture.kept(endpoint).failingSince == nil)
        try await fixture.endRun("second")
        await sender.drain()
        fixture.time.advance(by: .seconds(5 * 86_400 - 60))
        await sender.drain()
        #expect(try await fixture.kept(endpoint).isEnabled)
        fixture.time.advance(by: .seconds(3_600))
        await sender.drain()
        let disabled = try await fixture.kept(endpoint)
        #expect(disabled.disabling?.reason == "every attempt failed for 120 hours")
        #expect(try await fixture.deliveries(endpoint).first?.state == .failed)
        _ = try await fixture.endpoints.change(endpoint.id, WebhookDraft(isEnabled: true), for: ann)
        let enabled = try await fixture.kept(endpoint)
        #expect(enabled.isEnabled && enabled.failingSince == nil)
    }

    @Test func `whose secret was replaced has both signatures for a day`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        let (_, new) = try await fixture.endpoints.rotate(endpoint.id, for: ann)
        try await fixture.receiver.know(new)
        let sender = try fixture.sender()
        try await fixture.endRun("during")
        await sender.drain()
        fixture.time.advance(by: .seconds(24 * 3_600))
        try await fixture.endRun("after")
        await sender.drain()
        let messages = try await fixture.receiver.messages()
        #expect(messages.map(\.isSignedBy) == [[true, true], [false, true]])
        #expect(messages.map(\.signatureCount) == [2, 1])
    }

    @Test func `is tested though it is disabled`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint("a", WebhookDraft(events: [], isEnabled: false))
        #expect(try await fixture.kept(endpoint).isEnabled == false)
        let delivery = try await fixture.endpoints.test(endpoint.id, for: ann)
        try await fixture.sender().drain()
        let message = try #require(try await fixture.receiver.messages().first)
        #expect(message.id == delivery.id && message.isSignedBy == [true])
        #expect(message.body["type"] == "webhook.test")
        #expect(message.body["data"]?["webhook"]?["id"]?.string == endpoint.id)
        #expect(try await fixture.deliveries(endpoint).first?.state == .delivered)
    }

    @Test func `that is slow has two messages at once, and stops no other one`() async throws {
        let fixture = try NotificationFixture()
        _ = try await fixture.endpoint("slow")
        _ = try await fixture.endpoint("quick")
        try await fixture.receiver.answer(
            "[" + Array(repeating: #"{"holds": true}"#, count: 20).joined(separator: ",") + "]", "slow")
        for run in 0..<20 { try await fixture.endRun("run-\(run)") }
        let sender = try fixture.sender(limit: .seconds(50))
        let sending = Task { await sender.run() }
        let quick = try await fixture.receiver.messages("quick", atLeast: 20)
        #expect(quick.count == 20)
        #expect(try await fixture.receiver.messages("slow", atLeast: 2).count == 2)
        try await fixture.receiver.open()
        #expect(try await fixture.receiver.messages("slow", atLeast: 20).count == 20)
        #expect(try await fixture.receiver.most("slow") == 2)
        sending.cancel()
        await sending.value
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Senders` {
    private func quiet() -> NotificationConfiguration {
        NotificationConfiguration(pause: .seconds(3_600))
    }

    @Test func `send at once what this process puts into the outbox`() async throws {
        let fixture = try NotificationFixture()
        _ = try await fixture.endpoint()
        let sender = try fixture.sender("s", quiet())
        let sending = Task { await sender.run() }
        // The second one comes when the sender has looked and waits, for an hour.
        for count in 1...2 {
            try await fixture.endRun("run-\(count)")
            #expect(try await fixture.receiver.messages(atLeast: count).count == count)
        }
        sending.cancel()
        await sending.value
    }

    @Test func `that share an outbox send each message once`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        for run in 0..<30 { try await fixture.endRun("run-\(run)") }
        let senders = try (0..<4).map { try fixture.sender("sender-\($0)") }
        await withTaskGroup(of: Void.self) { group in
            for sender in senders { group.addTask { await sender.drain() } }
        }
        // Whoever found nothing free has stopped; the others have sent what it would have.
        await senders[0].drain()
        let messages = try await fixture.receiver.messages()
        #expect(messages.count == 30)
        #expect(Set(messages.map(\.id)).count == 30)
        #expect(try await fixture.receiver.most() <= 2)
        #expect(try await fixture.deliveries(endpoint).allSatisfy { $0.state == .delivered })
    }

    @Test func `that wait long for an answer keep their right to it`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        try await fixture.receiver.answer(#"[{"holds": true}]"#)
        try await fixture.endRun("run-1")
        var configuration = quiet()
        configuration.lease = .milliseconds(60)
        let sender = try fixture.sender("s", limit: .seconds(50), configuration)
        let sending = Task { await sender.run() }
        _ = try await fixture.receiver.messages(atLeast: 1)
        for _ in 0..<3 {
            let due = try #require(try await fixture.deliveries(endpoint).first).dueAt
            fixture.time.advance(by: .milliseconds(900))
            // Renewed, it is due later than it was.
            while try await fixture.deliveries(endpoint).first?.dueAt == due { await Task.yield() }
            await (try fixture.sender("other")).drain()
        }
        try await fixture.receiver.open()
        while try await fixture.deliveries(endpoint).first?.state == .pending { await Task.yield() }
        #expect(try await fixture.receiver.messages().count == 1)
        let delivery = try #require(try await fixture.deliveries(endpoint).first)
        #expect(delivery.state == .delivered && delivery.attempts == 1)
        sending.cancel()
        await sending.value
    }

    @Test func `that stop give back what is under way`() async throws {
        let fixture = try NotificationFixture()
        let endpoint = try await fixture.endpoint()
        try await fixture.receiver.answer(#"[{"holds": true}]"#)
        try await fixture.endRun("run-1")
        let sender = try fixture.sender("s", quiet())
        let sending = Task { await sender.run() }
        _ = try await fixture.receiver.messages(atLeast: 1)
        sending.cancel()
        await sending.value
        let delivery = try #require(try await fixture.deliveries(endpoint).first)
        #expect(delivery.state == .pending && delivery.attempts == 0)
        try await fixture.sender("next").drain()
        #expect(try await fixture.deliveries(endpoint).first?.state == .delivered)
    }
}
