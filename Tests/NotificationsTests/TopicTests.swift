import Foundation
import Synchronization
import Testing
import Transport
import Workspace
import WorkspaceSQLite

@testable import Notifications

/// Topics in memory.
private final class RecordedTopics: MessageTopics {
    struct Published: Sendable, Equatable {
        var topic: String
        var id: String
        var attributes: [String: String]
        var body: Data
    }

    private let state = Mutex<(published: [Published], refusal: TopicRefusal?)>(([], nil))

    var published: [Published] { state.withLock { $0.published } }
    func refuse(_ refusal: TopicRefusal?) { state.withLock { $0.refusal = refusal } }

    func publish(
        _ body: Data, id: String, attributes: [String: String], to topic: TopicARN
    ) async throws {
        if let refusal = state.withLock({ $0.refusal }) { throw refusal }
        state.withLock {
            $0.published.append(
                Published(topic: topic.text, id: id, attributes: attributes, body: body))
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A webhook that is a topic` {
    private static let arn = "arn:aws:sns:eu-west-1:123456789012:millrace-runs"

    private func sender(
        _ fixture: NotificationFixture, _ topics: RecordedTopics?, allowed: [String] = [arn]
    ) throws -> NotificationSender {
        try fixture.sender(topics: topics, allowedTopics: allowed)
    }

    @Test func `is published to, with what subscribers filter by`() async throws {
        let fixture = try NotificationFixture()
        let topics = RecordedTopics()
        let (endpoint, _) = try await fixture.endpoints.create(
            WebhookDraft(url: Self.arn), for: NotificationFixture.ann)
        try await fixture.endRun("run-1", .failed)
        let sender = try sender(fixture, topics)
        await sender.drain()
        let delivery = try #require(try await fixture.deliveries(endpoint).first)
        #expect(delivery.state == .delivered && delivery.attempts == 1)
        let published = try #require(topics.published.first)
        #expect(topics.published.count == 1)
        #expect(published.topic == Self.arn && published.id == delivery.id)
        #expect(
            published.attributes == [
                "event": "run.failed", "webhook_id": delivery.id, "run": "run-1", "flow": "f",
                "state": "failed",
            ])
        let kept = try await fixture.store.delivery(
            delivery.id, of: endpoint.id, for: NotificationFixture.ann)
        #expect(published.body == kept.body)
        _ = try await fixture.store.replay(
            delivery: delivery.id, of: endpoint.id, for: NotificationFixture.ann, at: fixture.time.now)
        await sender.drain()
        #expect(topics.published.map(\.id) == [delivery.id, delivery.id])
    }

    @Test func `is tried again as other webhooks are, and given up where that is of no use`() async throws {
        let fixture = try NotificationFixture()
        let topics = RecordedTopics()
        let (endpoint, _) = try await fixture.endpoints.create(
            WebhookDraft(url: Self.arn), for: NotificationFixture.ann)
        topics.refuse(TopicRefusal(reason: "there is no such topic", isFinal: false))
        try await fixture.endRun("run-1")
        let sender = try sender(fixture, topics)
        await sender.drain()
        var delivery = try #require(try await fixture.deliveries(endpoint).first)
        #expect(delivery.state == .pending && delivery.lastError == "there is no such topic")
        #expect(delivery.dueAt > fixture.time.now)
        topics.refuse(nil)
        fixture.time.advance(by: .seconds(10))
        await sender.drain()
        #expect(topics.published.count == 1)
        topics.refuse(TopicRefusal(reason: "it is too large", isFinal: true))
        try await fixture.endRun("run-2")
        await sender.drain()
        delivery = try #require(try await fixture.deliveries(endpoint).first { $0.run == "run-2" })
        #expect(delivery.state == .failed && delivery.lastError == "it is too large")
    }

    @Test func `is not published to without the settings' word`() async throws {
        let fixture = try NotificationFixture()
        let topics = RecordedTopics()
        let (endpoint, _) = try await fixture.endpoints.create(
            WebhookDraft(url: Self.arn), for: NotificationFixture.ann)
        for (run, allowed, topics) in [("1", [], topics), ("2", [Self.arn], nil)]
            as [(String, [String], RecordedTopics?)]
        {
            try await fixture.endRun(run)
            try await sender(fixture, topics, allowed: allowed).drain()
            let delivery = try #require(try await fixture.deliveries(endpoint).first { $0.run == run })
            #expect(delivery.state == .failed && delivery.lastError != nil)
        }
        #expect(topics.published.isEmpty)
    }

    @Test func `has an address that the settings name, whole or by its beginning`() throws {
        let addresses = try WebhookAddresses(
            ranges: [], topics: [Self.arn, "arn:aws:sns:eu-west-1:210987654321:told-*"])
        #expect(try addresses.checked(Self.arn) == Self.arn)
        let other = "arn:aws:sns:eu-west-1:210987654321:told-all"
        #expect(try addresses.checked(other) == other)
        for address in [
            Self.arn + "-2", "arn:aws:sns:eu-west-1:210987654321:tol", "arn:aws:sqs:eu-west-1:1:q", "arn:",
        ] {
            #expect(throws: WebhookAddressRefused.self, "\(address)") { try addresses.checked(address) }
        }
        #expect(throws: WebhookAddressRefused.self) { try WebhookAddresses(ranges: []).checked(Self.arn) }
    }
}
