import AWSServices
import Foundation
import Synchronization
import TestSupport
import Transport

/// Receipts of messages, each given out once.
private final class Receipts: Sendable {
    private let left: Mutex<[String]>

    init(_ receipts: [String]) {
        left = Mutex(receipts)
    }

    func next() -> String { left.withLock { $0.popLast() } ?? "none is left" }
}

extension FaultedClient {
    /// AWS says of these that they answer nothing.
    private static let bodiless: [Fault: FaultOutcome] = [.empty: .success]

    /// A queue from which some messages were received.
    private static func received(_ account: AWSAccount) async throws -> (queue: String, Receipts) {
        let sqs = try SQS(account)
        let queue = try await sqs.createQueue(name("queue"))
        _ = try await sqs.send(queue, (0..<4).map { SQSOutgoing("m\($0)") })
        var receipts: [String] = []
        while receipts.count < 4 {
            receipts += try await sqs.receive(queue, waitSeconds: 1, visibilitySeconds: 600).map(\.receipt)
        }
        return (queue, Receipts(receipts))
    }

    static let messaging = [
        FaultedClient("SQS, send", .moto) { account, _ in
            let queue = try await SQS(account).createQueue(name("queue"))
            return { account, _ in
                _ = try await SQS(account).send(queue, [SQSOutgoing("a"), SQSOutgoing("b")])
            }
        },
        FaultedClient("SQS, receive", .moto) { account, _ in
            let queue = try await SQS(account).createQueue(name("queue"))
            return { account, _ in _ = try await SQS(account).receive(queue, waitSeconds: 0) }
        },
        FaultedClient("SQS, extend", .moto, except: bodiless) { account, _ in
            let (queue, receipts) = try await received(account)
            return { account, _ in
                try await SQS(account).setVisibility(queue, receipt: receipts.next(), seconds: 600)
            }
        },
        FaultedClient("SQS, delete", .moto, except: bodiless) { account, _ in
            let (queue, receipts) = try await received(account)
            return { account, _ in try await SQS(account).delete(queue, receipt: receipts.next()) }
        },
        FaultedClient("SQS, attributes", .moto) { account, _ in
            let queue = try await SQS(account).createQueue(name("queue"))
            return { account, _ in _ = try await SQS(account).attributes(queue) }
        },
        FaultedClient("SNS, publish", .moto) { account, _ in
            let topic = try await SNS(account).createTopic(name("topic"))
            return { account, _ in _ = try await SNS(account).publish(topic, SNS.Message("It is done.")) }
        },
        FaultedClient("SNS, batch", .moto) { account, _ in
            let topic = try await SNS(account).createTopic(name("topic"))
            return { account, _ in
                _ = try await SNS(account).publish(
                    topic, [SNS.Message("It is done."), SNS.Message("So is this.")])
            }
        },
        FaultedClient("SNS, topic", .moto) { account, _ in
            let topic = try await SNS(account).createTopic(name("topic"))
            return { account, _ in try await SNS(account).checkTopic(topic) }
        },
        FaultedClient("CloudWatch", .moto, except: bodiless) { account in
            try await CloudWatch(account).put(
                "Millrace/Faults", [CloudWatchMetric("calls", .values([1: 1]), time: Date())])
        },
    ]
}
