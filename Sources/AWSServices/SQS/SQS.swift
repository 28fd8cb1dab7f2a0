import Crypto
import Foundation
import JSONValue
import Transport

/// Amazon SQS: queues of messages that are each worked on until they are deleted.
public struct SQS: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "sqs", serviceID: "SQS",
        apiProtocol: .json(.v1_0, targetPrefix: "AmazonSQS", isQueryCompatible: true))
    /// Bytes of a message, and of the messages of a batch together.
    public static let limitBytes = 1 << 20
    /// Entries of a batch.
    static let batchCount = 10

    let service: AWSService
    /// What messages are received by.
    private let receiver: AWSService

    /// - Parameters:
    ///   - endpoint: another than AWS's own.
    ///   - receiveAttempts: of one call for messages; `nil` for as many as of any other. One is enough for whoever asks
    ///     again anyway, and wants to know when nobody answers.
    public init(
        _ account: AWSAccount, endpoint: URL? = nil, receiveAttempts: Int? = nil
    ) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint)
        receiver = try account.service(Self.description, endpoint: endpoint, attempts: receiveAttempts)
    }

    // MARK: Queues

    public func url(ofQueue name: String) async throws(AWSError) -> String {
        let (answer, id) = try await service.json("GetQueueUrl", ["QueueName": .string(name)], resource: name)
        guard let url = answer["QueueUrl"]?.string else {
            throw service.unexpected("GetQueueUrl", "it has no QueueUrl", id)
        }
        return url
    }

    /// Makes a queue, or finds the one with these attributes; a name that ends in `.fifo` needs `FifoQueue`.
    public func createQueue(
        _ name: String, attributes: [String: String] = [:]
    ) async throws(AWSError) -> String {
        let (answer, id) = try await service.json(
            "CreateQueue",
            [
                "QueueName": .string(name),
                "Attributes": attributes.isEmpty ? nil : .object(attributes.mapValues { .string($0) }),
            ], resource: name)
        guard let url = answer["QueueUrl"]?.string else {
            throw service.unexpected("CreateQueue", "it has no QueueUrl", id)
        }
        return url
    }

    /// A queue's attributes, for example `QueueArn` and `ApproximateNumberOfMessages`.
    public func attributes(
        _ queue: String, _ names: [String] = ["All"]
    ) async throws(AWSError) -> [String: String] {
        let (answer, _) = try await service.json(
            "GetQueueAttributes",
            ["QueueUrl": .string(queue), "AttributeNames": .array(names.map { .string($0) })],
            resource: queue, mayBeEmpty: false)
        return (answer["Attributes"]?.object ?? [:]).compactMapValues(\.string)
    }

    public func setAttributes(_ queue: String, _ attributes: [String: String]) async throws(AWSError) {
        _ = try await service.json(
            "SetQueueAttributes",
            ["QueueUrl": .string(queue), "Attributes": .object(attributes.mapValues { .string($0) })],
            resource: queue)
    }

    /// Moves what was received `maxReceiveCount` times without being deleted to another queue.
    public func setRedrive(
        _ queue: String, deadLetterARN: String, maxReceiveCount: Int
    ) async throws(AWSError) {
        let policy: JSONValue = [
            "deadLetterTargetArn": .string(deadLetterARN), "maxReceiveCount": .string("\(maxReceiveCount)"),
        ]
        guard let text = try? policy.text() else {
            throw service.invalid("SetQueueAttributes", "the policy cannot be written")
        }
        try await setAttributes(queue, ["RedrivePolicy": text])
    }

    /// Begins to move a dead-letter queue's messages back to the queues that they came from.
    ///
    /// - Returns: the task's handle.
    public func redrive(deadLetterARN: String) async throws(AWSError) -> String {
        let (answer, id) = try await service.json(
            "StartMessageMoveTask", ["SourceArn": .string(deadLetterARN)], resource: deadLetterARN)
        guard let task = answer["TaskHandle"]?.string else {
            throw service.unexpected("StartMessageMoveTask", "it has no TaskHandle", id)
        }
        return task
    }

    // MARK: Sending

    /// - Returns: the message's id.
    @discardableResult
    public func send(_ queue: String, _ message: SQSOutgoing) async throws(AWSError) -> String {
        guard message.bytes <= Self.limitBytes else {
            throw service.invalid(
                "SendMessage", "the message has \(message.bytes) bytes, and SQS takes \(Self.limitBytes)")
        }
        var input: [String: JSONValue?] = ["QueueUrl": .string(queue)]
        for (key, value) in message.json { input[key] = value }
        let (answer, id) = try await service.json("SendMessage", input, resource: queue)
        guard let messageID = answer["MessageId"]?.string else {
            throw service.unexpected("SendMessage", "it has no MessageId", id)
        }
        if let sum = answer["MD5OfMessageBody"]?.string, sum != Self.md5(message.body) {
            throw service.unexpected("SendMessage", "the body's MD5 differs: it arrived damaged", id)
        }
        return messageID
    }

    /// Sends messages in as few requests as their count and sizes allow, in order.
    ///
    /// To a FIFO queue no request has two messages of one group, and once one was not taken none of the same group is
    /// sent after it: they are told as not taken too, with the code ``precedingFailed``, so that none overtakes another.
    ///
    /// - Returns: what was not taken. Those of before an error are sent: give messages an id of their own
    ///   (``SQSOutgoing/deduplicationID``) where sending one twice matters.
    public func send(_ queue: String, _ messages: [SQSOutgoing]) async throws(AWSError) -> [SQSFailure] {
        guard !queue.hasSuffix(".fifo") else { return try await sendInOrder(queue, messages) }
        var failures: [SQSFailure] = []
        var start = 0
        while start < messages.count {
            var end = start, bytes = 0
            while end < messages.count, end - start < Self.batchCount {
                let size = messages[end].bytes
                guard size <= Self.limitBytes else {
                    throw service.invalid(
                        "SendMessageBatch",
                        "the message at \(end) has \(size) bytes, and SQS takes \(Self.limitBytes)")
                }
                guard bytes + size <= Self.limitBytes else { break }
                bytes += size
                end += 1
            }
            let entries = (start..<end).map { index in
                JSONValue.object(messages[index].json.merging(["Id": .string("m\(index)")]) { $1 })
            }
            failures += try await batch("SendMessageBatch", queue, entries)
            start = end
        }
        return failures
    }

    /// The code of messages that were not sent since one of their group before them was not taken.
    public static let precedingFailed = "Millrace.PrecedingMessageFailed"

    private func sendInOrder(
        _ queue: String, _ messages: [SQSOutgoing]
    ) async throws(AWSError) -> [SQSFailure] {
        for (index, message) in messages.enumerated() where message.bytes > Self.limitBytes {
            throw service.invalid(
                "SendMessageBatch",
                "the message at \(index) has \(message.bytes) bytes, and SQS takes \(Self.limitBytes)")
        }
        var failures: [SQSFailure] = []
        var stopped: Set<String?> = []
        var left = Array(messages.indices)
        while !left.isEmpty {
            var entries: [JSONValue] = []
            var groups: Set<String?> = []
            var bytes = 0
            left.removeAll { index in
                let message = messages[index]
                guard !stopped.contains(message.groupID) else {
                    failures.append(
                        SQSFailure(
                            index: index, code: Self.precedingFailed,
                            message: "a message of its group before it was not taken", isSendersFault: false))
                    return true
                }
                // The first of a group that does not fit keeps back those behind it.
                guard groups.insert(message.groupID).inserted, entries.count < Self.batchCount,
                    bytes + message.bytes <= Self.limitBytes
                else { return false }
                bytes += message.bytes
                entries.append(
                    .object(message.json.merging(["Id": .string("m\(index)")]) { $1 }))
                return true
            }
            guard !entries.isEmpty else { continue }
            let refused = try await batch("SendMessageBatch", queue, entries)
            for failure in refused { stopped.insert(messages[failure.index].groupID) }
            failures += refused
        }
        return failures.sorted { $0.index < $1.index }
    }

    // MARK: Receiving

    /// Messages that are there, or the first that come within the wait. One attempt, whatever the environment says.
    ///
    /// - Parameters:
    ///   - count: 1 to 10.
    ///   - waitSeconds: 0 to 20. Longer waits cost fewer requests and find messages on every server of the queue.
    ///   - visibilitySeconds: how long nobody else gets them; `nil` for the queue's own.
    public func receive(
        _ queue: String, count: Int = 10, waitSeconds: Int = 20, visibilitySeconds: Int? = nil
    ) async throws(AWSError) -> [SQSMessage] {
        guard (1...Self.batchCount).contains(count), (0...20).contains(waitSeconds) else {
            throw service.invalid("ReceiveMessage", "1 to 10 messages are received, within 0 to 20 seconds")
        }
        let (answer, id) = try await receiver.json(
            "ReceiveMessage",
            [
                "QueueUrl": .string(queue), "MaxNumberOfMessages": .integer(count),
                "WaitTimeSeconds": .integer(waitSeconds),
                "VisibilityTimeout": visibilitySeconds.map { .integer($0) },
                "MessageAttributeNames": ["All"], "MessageSystemAttributeNames": ["All"],
                // For services and doubles that know the name of before.
                "AttributeNames": ["All"],
            ], resource: queue, timeout: .seconds(waitSeconds + 15), mayBeEmpty: false)
        return try (answer["Messages"]?.array ?? []).map { json throws(AWSError) in
            guard let message = SQSMessage(json) else {
                throw service.unexpected("ReceiveMessage", "a message has no id, receipt or body", id)
            }
            if let sum = json["MD5OfBody"]?.string, sum != Self.md5(message.body) {
                throw service.unexpected("ReceiveMessage", "a body's MD5 differs: it arrived damaged", id)
            }
            return message
        }
    }

    /// Ends a message: it was worked on.
    public func delete(_ queue: String, receipt: String) async throws(AWSError) {
        _ = try await service.json(
            "DeleteMessage", ["QueueUrl": .string(queue), "ReceiptHandle": .string(receipt)], resource: queue)
    }

    public func delete(_ queue: String, receipts: [String]) async throws(AWSError) -> [SQSFailure] {
        var failures: [SQSFailure] = []
        for start in stride(from: 0, to: receipts.count, by: Self.batchCount) {
            let entries = (start..<min(start + Self.batchCount, receipts.count)).map { index in
                JSONValue.object(["Id": .string("m\(index)"), "ReceiptHandle": .string(receipts[index])])
            }
            failures += try await batch("DeleteMessageBatch", queue, entries)
        }
        return failures
    }

    /// Hides a message for so long from now: 0 gives it back at once.
    public func setVisibility(
        _ queue: String, receipt: String, seconds: Int
    ) async throws(AWSError) {
        _ = try await service.json(
            "ChangeMessageVisibility",
            [
                "QueueUrl": .string(queue), "ReceiptHandle": .string(receipt),
                "VisibilityTimeout": .integer(seconds),
            ], resource: queue)
    }

    private func batch(
        _ name: String, _ queue: String, _ entries: [JSONValue]
    ) async throws(AWSError) -> [SQSFailure] {
        let (answer, id) = try await service.json(
            name, ["QueueUrl": .string(queue), "Entries": .array(entries)], resource: queue)
        let failed = answer["Failed"]?.array ?? []
        guard failed.count + (answer["Successful"]?.array ?? []).count == entries.count else {
            throw service.unexpected(name, "it does not tell of each of the \(entries.count) entries", id)
        }
        return try failed.map { json throws(AWSError) in
            guard let index = json["Id"]?.string.flatMap({ Int($0.dropFirst()) }) else {
                throw service.unexpected(name, "a failure has no entry's id", id)
            }
            return SQSFailure(
                index: index, code: json["Code"]?.string ?? "",
                message: String((json["Message"]?.string ?? "").prefix(300)),
                isSendersFault: json["SenderFault"]?.bool ?? false)
        }
    }

    private static func md5(_ text: String) -> String {
        Insecure.MD5.hash(data: Data(text.utf8)).hexadecimal
    }
}
