import AWSServices
import Foundation
import TestSupport
import Testing
import Workspace

@testable import Backends

/// A message that was taken is not lost, one that was removed does not come back, and nobody hears what nobody said.
@Suite(.timeLimit(.minutes(3))) struct `SQS and SNS through a network that is cut at random moments` {
    private let aws: CutAWS

    init() async throws {
        aws = try await CutAWS()
    }

    @Test(arguments: ["", ".fifo"]) func `lose no run, and in order double none`(suffix: String) async throws
    {
        let direct = try SQS(aws.direct)
        let url = try await direct.createQueue(
            CutAWS.name("runs") + suffix, attributes: suffix.isEmpty ? [:] : ["FifoQueue": "true"])
        func queue(_ sqs: SQS) -> SQSJobQueue {
            SQSJobQueue(sqs, url: url, region: "us-east-1", setting: "runs.sqs_queue_url")
        }
        let (near, far) = (queue(direct), queue(try SQS(aws.account, receiveAttempts: 1)))
        func isTyped(_ error: any Error) -> Bool { error is JobQueueError }
        // Ids of messages by run, and what became of them.
        var messages: [String: Set<String>] = [:]
        var (sent, tried, removed): (Set<String>, Set<String>, Set<String>) = ([], [], [])
        func note(_ job: ReceivedJob, _ round: String) throws {
            let run = try RunMessage(job.body).run
            #expect(!removed.contains(job.id), "\(round)")
            messages[run, default: []].insert(job.id)
        }
        try await aws.rounds(request: 1_500, answer: 1_200) { number, round in
            let run = "r\(number)"
            let job = OutgoingJob(RunMessage(run: run, tenant: "default"), delay: .zero, id: "\(run)-1")
            if await aws.tried(round, failing: isTyped, { try await far.send([job]) })?.isEmpty == true {
                sent.insert(run)
            }
            let received = await aws.tried(round, failing: isTyped) {
                try await far.receive(4, waiting: .zero, hidden: .seconds(1))
            }
            for (place, job) in (received ?? []).enumerated() {
                try note(job, round)
                switch place % 3 {
                case 0:
                    tried.insert(job.id)
                    if await aws.tried(round, failing: isTyped, { try await far.remove(job) }) != nil {
                        removed.insert(job.id)
                    }
                case 1:
                    // Its time may be over by now, which is an error of the queue's as well.
                    _ = await aws.tried(round, failing: isTyped) { try await far.hide(job, for: .seconds(1)) }
                default: break
                }
            }
        } after: { _, round in
            let figures = try await far.inspect()
            #expect(figures.waiting >= 0, "\(round)")
        }
        // All that were taken, and of which no message was given up, are there still.
        func isLeft(_ run: String) -> Bool { (messages[run] ?? []).isDisjoint(with: tried) }
        var left = Set(sent.filter(isLeft))
        while !left.isEmpty {
            for job in try await near.receive(10, waiting: .seconds(1), hidden: .seconds(60)) {
                try note(job, "at the end")
                left.remove(try RunMessage(job.body).run)
                try await near.remove(job)
            }
        }
        #expect(messages.keys.allSatisfy { run in (0..<60).contains { run == "r\($0)" } })
        if !suffix.isEmpty { #expect(messages.values.allSatisfy { $0.count == 1 }) }
    }

    @Test func `bring each message that was taken to who listens`() async throws {
        let (sqs, sns) = (try SQS(aws.direct), try SNS(aws.direct))
        let url = try await sqs.createQueue(CutAWS.name("heard"))
        let topic = try await sns.createTopic(CutAWS.name("told"))
        let arn = try #require(try await sqs.attributes(url, ["QueueArn"])["QueueArn"])
        try await sns.subscribe(topic, protocol: "sqs", endpoint: arn, isRaw: true)
        let far = try SNS(aws.account)
        var taken: Set<String> = []
        try await aws.rounds(request: 1_200, answer: 900) { number, round in
            let message = SNS.Message("m\(number)")
            if await aws.tried(round, { try await far.publish(topic, message) }) != nil {
                taken.insert(message.body)
            }
            let batch = (0..<2).map { SNS.Message("b\(number)-\($0)") }
            if let failures = await aws.tried(round, { try await far.publish(topic, batch) }) {
                #expect(failures.isEmpty, "\(round)")
                taken.formUnion(batch.map(\.body))
            }
        } after: { _, _ in
            try await far.checkTopic(topic)
        }
        var missing = taken
        while !missing.isEmpty {
            let heard = try await sqs.receive(url, waitSeconds: 1, visibilitySeconds: 600)
            for message in heard {
                #expect(message.body.hasPrefix("m") || message.body.hasPrefix("b"))
                missing.remove(message.body)
            }
            _ = try await sqs.delete(url, receipts: heard.map(\.receipt))
        }
        #expect(taken.count >= 40)
    }
}
