import AWSServices
import Foundation
import TestSupport
import Testing
import Transport
import Workspace

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `Topics in SNS` {
    /// A topic, and a queue that is subscribed to it.
    private func subscribed(_ messaging: MotoMessaging) async throws -> (TopicARN, SQS, url: String) {
        let (sqs, url) = try await messaging.queue()
        let arn = try #require(try await sqs.attributes(url)["QueueArn"])
        let sns = try SNS(messaging.account)
        let text = try await sns.createTopic("told-\(UInt32.random(in: 0 ... .max))")
        try await sns.subscribe(text, protocol: "sqs", endpoint: arn, isRaw: true)
        return (try #require(TopicARN(text)), sqs, url)
    }

    @Test func `are published to with attributes`() async throws {
        let messaging = try await MotoMessaging()
        let (topic, sqs, url) = try await subscribed(messaging)
        let topics = SNSTopics { region in messaging.account.elsewhere(region) }
        let body = Data(#"{"type":"run.finished","data":{"run":{"id":"r","flow":"grüße 😀"}}}"#.utf8)
        try await topics.publish(
            body, id: "msg_1", attributes: ["event": "run.finished", "flow": "grüße 😀", "state": ""],
            to: topic)
        let received = try #require(try await sqs.receive(url, waitSeconds: 5).first)
        #expect(received.body == String(decoding: body, as: UTF8.self))
        #expect(
            received.attributes == ["event": .string("run.finished"), "flow": .string("grüße 😀")])
    }

    @Test func `that are not there, or not ours, say so in few words`() async throws {
        let messaging = try await MotoMessaging()
        let missing = try #require(TopicARN("arn:aws:sns:us-east-1:123456789012:missing"))
        let topics = SNSTopics { region in messaging.account.elsewhere(region) }
        await #expect(throws: TopicRefusal(reason: "there is no such topic", isFinal: false)) {
            try await topics.publish(Data("{}".utf8), id: "1", attributes: [:], to: missing)
        }
        let (topic, _, _) = try await subscribed(messaging)
        let nobody = try await MotoMessaging(user: "nobody")
        let refused = SNSTopics { region in nobody.account.elsewhere(region) }
        await #expect {
            try await refused.publish(Data("{}".utf8), id: "1", attributes: [:], to: topic)
        } throws: { error in
            (error as? TopicRefusal)?.reason.contains("sns:Publish") == true
        }
    }

    @Test func `are sent what fits, without the result where that is too large`() throws {
        let result = String(repeating: "a", count: 300_000)
        let body = Data(
            #"{"type":"run.finished","data":{"run":{"id":"r","result":{"text":"\#(result)"}}}}"#.utf8)
        let fitting = try #require(SNSTopics.fitting(body, limit: 1_000))
        #expect(fitting.contains("\"result_left_out\":true") && fitting.contains("run.finished"))
        #expect(!fitting.contains("aaa"))
        #expect(SNSTopics.fitting(body, limit: body.count) == String(decoding: body, as: UTF8.self))
        #expect(SNSTopics.fitting(body, limit: 20) == nil)
        #expect(SNSTopics.fitting(Data(result.utf8), limit: 1_000) == nil)
    }
}
