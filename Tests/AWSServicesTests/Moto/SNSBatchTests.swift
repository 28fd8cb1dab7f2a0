import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Batches of SNS, played by moto` {
    private func topic(
        _ sns: SNS, _ sqs: SQS
    ) async throws -> (topic: String, queue: String) {
        let queue = try await sqs.createQueue(Moto.name("queue"))
        let topic = try await sns.createTopic(Moto.name("topic"))
        let arn = try #require(try await sqs.attributes(queue, ["QueueArn"])["QueueArn"])
        try await sns.subscribe(topic, protocol: "sqs", endpoint: arn, isRaw: true)
        return (topic, queue)
    }

    private func received(_ sqs: SQS, _ queue: String, _ count: Int) async throws -> [SQSMessage] {
        var messages: [SQSMessage] = []
        while messages.count < count {
            let more = try await sqs.receive(queue, waitSeconds: 1)
            try #require(!more.isEmpty)
            messages += more
        }
        return messages
    }

    @Test func `reach every subscriber once, with their attributes, split by count`() async throws {
        let moto = try Moto()
        let counting = ScriptedClient(moto.http) { _, _ in nil }
        let sqs = try SQS(try await moto.account())
        let sns = try SNS(try await moto.account(http: counting))
        let (topic, queue) = try await topic(sns, sqs)
        let before = counting.requests.count
        let messages = (0..<23).map { number in
            var message = SNS.Message("m\(number) <&> é + 😀")
            message.attributes = ["n": .number("\(number)"), "kind": .string("é&=")]
            return message
        }
        #expect(try await sns.publish(topic, messages).isEmpty)
        #expect(counting.requests.count - before == 3)
        let found = try await received(sqs, queue, 23)
        #expect(found.map(\.body).sorted() == messages.map(\.body).sorted())
        #expect(Set(found.compactMap { $0.attributes["n"] }).count == 23)
        #expect(try await sns.publish(topic, []).isEmpty)
    }

    @Test func `are split by size too`() async throws {
        let moto = try Moto()
        let counting = ScriptedClient(moto.http) { _, _ in nil }
        let sqs = try SQS(try await moto.account())
        let sns = try SNS(try await moto.account(http: counting))
        let (topic, queue) = try await topic(sns, sqs)
        let before = counting.requests.count
        let large = (0..<3).map { SNS.Message("\($0)" + String(repeating: "x", count: 100_000)) }
        #expect(try await sns.publish(topic, large).isEmpty)
        #expect(counting.requests.count - before == 2)
        #expect(Set(try await received(sqs, queue, 3).map { $0.body.prefix(1) }) == ["0", "1", "2"])
        let error = await #expect(throws: AWSError.self) {
            try await sns.publish(
                topic, [SNS.Message("a"), SNS.Message(String(repeating: "x", count: SNS.limitBytes + 1))])
        }
        #expect(error?.description.contains("262145") == true)
        await #expect(throws: AWSError.self) { try await sns.publish(topic, [SNS.Message("")]) }
        #expect(counting.requests.count - before == 2)
    }

    @Test func `that are silent about a message are refused`() async throws {
        let moto = try Moto()
        let (sns, sqs) = (try SNS(try await moto.account()), try SQS(try await moto.account()))
        let (topic, _) = try await topic(sns, sqs)
        // moto says nothing of a message whose subject is too long.
        var silent = SNS.Message("b")
        silent.subject = String(repeating: "s", count: 101)
        let error = await #expect(throws: AWSError.self) {
            try await sns.publish(topic, [SNS.Message("a"), silent])
        }
        guard case .unexpectedResponse(_, "PublishBatch", _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `tell what was not taken, by its place`() async throws {
        let answers = ScriptedClient { number, _ in
            let first = number * 10
            let taken = (first..<first + 9).map { "<member><Id>m\($0)</Id><MessageId>i</MessageId></member>" }
            return .json(
                """
                <PublishBatchResponse><PublishBatchResult><Successful>\(taken.joined())</Successful><Failed>\
                <member><Id>m\(first + 9)</Id><Code>InternalError</Code><Message>m</Message>\
                <SenderFault>false</SenderFault></member></Failed></PublishBatchResult></PublishBatchResponse>
                """)
        }
        let sns = try SNS(try await Moto().account(http: answers))
        let failures = try await sns.publish("arn", (0..<20).map { SNS.Message("m\($0)") })
        #expect(
            failures
                == [9, 19].map {
                    SNSFailure(index: $0, code: "InternalError", message: "m", isSendersFault: false)
                })
        let other = try SNS(
            try await Moto().account(
                http: ScriptedClient { _, _ in
                    .json(
                        """
                        <R><PublishBatchResult><Successful><member><Id>m0</Id></member><member><Id>m0</Id>\
                        </member></Successful></PublishBatchResult></R>
                        """)
                }))
        let error = await #expect(throws: AWSError.self) {
            try await other.publish("arn", [SNS.Message("a"), SNS.Message("b")])
        }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
