import Concurrency
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(3))) struct `SQS and SNS, played by moto` {
    private func queue(_ attributes: [String: String] = [:], suffix: String = "") async throws -> (
        SQS, String
    ) {
        let sqs = try SQS(try await Moto().account())
        return (sqs, try await sqs.createQueue(Moto.name("queue") + suffix, attributes: attributes))
    }

    @Test func `carry a message with its attributes, once deleted never again`() async throws {
        let (sqs, queue) = try await queue()
        var message = SQSOutgoing("<&> grüße 😀\n")
        message.attributes = ["n": .number("1.5"), "s": .string("é"), "b": .binary(Data([0, 255]))]
        let id = try await sqs.send(queue, message)
        let received = try #require(
            try await sqs.receive(queue, waitSeconds: 0, visibilitySeconds: 30).first)
        #expect(received.id == id && received.body == message.body)
        #expect(received.attributes == message.attributes && received.receiveCount == 1)
        #expect(received.sent != nil)
        #expect(try await sqs.receive(queue, waitSeconds: 0).isEmpty)
        try await sqs.delete(queue, receipt: received.receipt)
        #expect(try await sqs.attributes(queue)["ApproximateNumberOfMessages"] == "0")
    }

    @Test func `wait for a message that comes later`() async throws {
        let (sqs, queue) = try await queue()
        async let waiting = sqs.receive(queue, waitSeconds: 20)
        try await sqs.send(queue, SQSOutgoing("late"))
        #expect(try await waiting.map(\.body) == ["late"])
    }

    @Test func `send and delete in batches, split by count`() async throws {
        let (sqs, queue) = try await queue()
        let failures = try await sqs.send(queue, (0..<23).map { SQSOutgoing("m\($0)") })
        #expect(failures.isEmpty)
        var bodies: Set<String> = []
        var receipts: [String] = []
        while bodies.count < 23 {
            let messages = try await sqs.receive(queue, waitSeconds: 1)
            try #require(!messages.isEmpty)
            bodies.formUnion(messages.map(\.body))
            receipts += messages.map(\.receipt)
        }
        #expect(try await sqs.delete(queue, receipts: receipts).isEmpty)
        #expect(try await sqs.attributes(queue)["ApproximateNumberOfMessagesNotVisible"] == "0")
    }

    @Test func `split a batch by size too, and refuse what is too large`() async throws {
        let url = "https://sqs.us-east-1.amazonaws.com/"
        func answer(_ ids: [String]) -> ReplayHTTPClient.Exchange {
            let entries = ids.map { #"{"Id":"\#($0)"}"# }.joined(separator: ",")
            return .init(method: "POST", url: url, body: Data(#"{"Successful":[\#(entries)]}"#.utf8))
        }
        let replay = ReplayHTTPClient([
            answer(["m0", "m1"]),
            .init(
                method: "POST", url: url,
                body: Data(
                    #"{"Successful":[],"Failed":[{"Id":"m2","Code":"X","SenderFault":true,"Message":"m"}]}"#
                        .utf8)),
        ])
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: [:]), region: "us-east-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "A", secretAccessKey: "s")),
            http: replay,
            localHTTP: replay)
        let sqs = try SQS(account)
        let large = SQSOutgoing(String(repeating: "x", count: 500_000))
        let failures = try await sqs.send("q", [large, large, large])
        #expect(failures == [SQSFailure(index: 2, code: "X", message: "m", isSendersFault: true)])
        let error = await #expect(throws: AWSError.self) {
            try await sqs.send("q", SQSOutgoing(String(repeating: "x", count: SQS.limitBytes + 1)))
        }
        #expect(error?.description.contains("1048577") == true)
    }

    @Test func `move what fails too often to another queue`() async throws {
        let (sqs, dead) = try await queue()
        let (_, main) = try await queue()
        let arn = try #require(try await sqs.attributes(dead, ["QueueArn"])["QueueArn"])
        try await sqs.setRedrive(main, deadLetterARN: arn, maxReceiveCount: 2)
        try await sqs.send(main, SQSOutgoing("poison"))
        for count in 1...2 {
            let message = try #require(try await sqs.receive(main, waitSeconds: 0).first)
            #expect(message.receiveCount == count)
            try await sqs.setVisibility(main, receipt: message.receipt, seconds: 0)
        }
        #expect(try await sqs.receive(main, waitSeconds: 0).isEmpty)
        #expect(try await sqs.receive(dead, waitSeconds: 0).map(\.body) == ["poison"])
    }

    @Test func `keep a group in order, and take a duplicate once`() async throws {
        let (sqs, queue) = try await queue(["FifoQueue": "true"], suffix: ".fifo")
        for number in 0..<3 {
            for _ in 0..<2 {
                try await sqs.send(
                    queue, SQSOutgoing("m\(number)", groupID: "g", deduplicationID: "d\(number)"))
            }
        }
        let messages = try await sqs.receive(queue, waitSeconds: 0)
        #expect(messages.map(\.body) == ["m0", "m1", "m2"])
        #expect(messages.allSatisfy { $0.groupID == "g" })
        #expect(messages.map(\.deduplicationID) == ["d0", "d1", "d2"])
    }

    @Test func `of a group stop behind one that was not taken, and others go on`() async throws {
        // Of each request the message “a1” is not taken.
        let client = ScriptedClient { _, request in
            let entries = (try? JSONValue(parsing: request.text))?["Entries"]?.array ?? []
            let (failed, taken) = (
                entries.filter { $0["MessageBody"] == "a1" }, entries.filter { $0["MessageBody"] != "a1" }
            )
            let answer: JSONValue = [
                "Successful": .array(taken.map { ["Id": $0["Id"] ?? "", "MessageId": "1"] }),
                "Failed": .array(
                    failed.map {
                        ["Id": $0["Id"] ?? "", "Code": "InternalError", "Message": "m", "SenderFault": false]
                    }),
            ]
            return .json((try? answer.text()) ?? "")
        }
        let sqs = try SQS(try await Moto().account(http: client))
        let names = ["a0", "b0", "a1", "c0", "b1", "a2", "b2", "a3"]
        let messages = names.map { SQSOutgoing($0, groupID: String($0.prefix(1)), deduplicationID: $0) }
        let failures = try await sqs.send("https://sqs.us-east-1.amazonaws.com/1/q.fifo", messages)
        #expect(failures.map { names[$0.index] } == ["a1", "a2", "a3"])
        #expect(failures.map(\.code) == ["InternalError", SQS.precedingFailed, SQS.precedingFailed])
        let sent = try client.requests.map { request in
            (try JSONValue(parsing: request.text)["Entries"]?.array ?? []).compactMap {
                $0["MessageBody"]?.string
            }
        }
        #expect(sent == [["a0", "b0", "c0"], ["a1", "b1"], ["b2"]])
    }

    @Test func `keep a message hidden while it is worked on`() async throws {
        let (sqs, queue) = try await queue()
        try await sqs.send(queue, SQSOutgoing("work"))
        let message = try #require(
            try await sqs.receive(queue, waitSeconds: 0, visibilitySeconds: 3).first)
        // Longer than its visibility: somebody who waits for it does not get it.
        let others = try await sqs.holding(message, of: queue, visibilitySeconds: 3) {
            try await sqs.receive(queue, waitSeconds: 5)
        }
        #expect(others.isEmpty)
        #expect(try await sqs.attributes(queue)["ApproximateNumberOfMessages"] == "0")
    }

    @Test func `cancel the work on a message that is lost`() async throws {
        let (sqs, queue) = try await queue()
        try await sqs.send(queue, SQSOutgoing("work"))
        let message = try #require(try await sqs.receive(queue, waitSeconds: 0).first)
        try await sqs.delete(queue, receipt: message.receipt)
        let error = await #expect(throws: AWSError.self) {
            try await sqs.holding(message, of: queue, clock: ManualClock()) {
                try await Task.sleep(for: .seconds(600))
            }
        }
        #expect(error?.isRetryable == false)
    }

    @Test func `give back a message whose work fails`() async throws {
        struct Failed: Error {}
        let (sqs, queue) = try await queue()
        try await sqs.send(queue, SQSOutgoing("work"))
        let message = try #require(try await sqs.receive(queue, waitSeconds: 0).first)
        await #expect(throws: Failed.self) {
            try await sqs.holding(message, of: queue, giveBackSeconds: 0) { throw Failed() }
        }
        #expect(try await sqs.receive(queue, waitSeconds: 0).map(\.receiveCount) == [2])
    }

    @Test func `tell a queue that is gone`() async throws {
        let (sqs, queue) = try await queue()
        let error = await #expect(throws: AWSError.self) {
            try await sqs.send(queue + "-gone", SQSOutgoing("x"))
        }
        #expect(error?.kind == .notFound)
        #expect(error?.description.contains(queue + "-gone") == true)
        await #expect(throws: AWSError.self) { try await sqs.url(ofQueue: "none") }
    }

    @Test func `publish to a topic with attributes`() async throws {
        let account = try await Moto().account()
        let (sqs, queue) = try await queue()
        let sns = try SNS(account)
        let topic = try await sns.createTopic(Moto.name("topic"))
        let arn = try #require(try await sqs.attributes(queue, ["QueueArn"])["QueueArn"])
        try await sns.subscribe(topic, protocol: "sqs", endpoint: arn)
        var message = SNS.Message("Hello + more\n~*'() 😀")
        message.subject = "s"
        message.attributes = ["kind": .string("é&="), "n": .number("3")]
        let id = try await sns.publish(topic, message)
        let body = try #require(try await sqs.receive(queue, waitSeconds: 1).first?.body)
        let told = try JSONValue(parsing: body)
        #expect(told["Message"]?.string == message.body && told["MessageId"]?.string == id)
        #expect(told["MessageAttributes"]?["kind"]?["Value"]?.string == "é&=")
        #expect(told["MessageAttributes"]?["n"]?["Type"]?.string == "Number")
        let error = await #expect(throws: AWSError.self) { try await sns.publish(topic + "x", message) }
        #expect(error?.kind == .notFound)
    }
}
