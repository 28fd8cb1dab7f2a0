import Backends
import Workspace

/// Who tells workers of runs that wait.
enum RunQueueProvider: String, CaseIterable { case database, sqs }

extension Keys {
    /// How asynchronous runs find their workers, and how it is told that they have ended.
    struct Runs: Sendable {
        let queue = Setting<RunQueueProvider>(
            "runs.queue", .database,
            "database has workers ask the database for runs that wait; sqs has a queue tell them, while the database keeps the runs"
        )
        let sqsQueueURL = Setting<SQSQueueURL?>(
            "runs.sqs_queue_url", standard: "",
            "the queue, as SQS gives it out: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME; a FIFO queue by its name"
        ) { text in
            if text.isEmpty { return .value(nil) }
            guard let url = SQSQueueURL(text) else {
                return .refused(
                    expected:
                        "a queue's URL such as https://sqs.eu-west-1.amazonaws.com/123456789012/millrace-runs is expected"
                )
            }
            return .value(url)
        }
        let forgottenSeconds = Setting<Double>(
            "runs.forgotten_seconds", 300, in: 5...86_400,
            "how long a run waits before the queue is told of it once more, for messages that were lost")
        let topics = Setting<[String]>(
            "runs.sns_topics", standard: "",
            "SNS topics that webhooks may name as their addresses: ARNs, or beginnings of them with * behind, separated by commas; none unless told"
        ) { text in
            let parts = Setting<String>.parts(text)
            let isGood = parts.allSatisfy { part in
                part.hasSuffix("*")
                    ? part.hasPrefix("arn:") && part.contains(":sns:") && !part.dropLast().contains("*")
                    : TopicARN(part) != nil
            }
            return Reading(
                isGood ? parts : nil,
                expected:
                    "ARNs such as arn:aws:sns:eu-west-1:123456789012:millrace or arn:aws:sns:eu-west-1:123456789012:* are expected, separated by commas"
            )
        }
    }
}
