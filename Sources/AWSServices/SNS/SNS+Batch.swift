import Transport

/// A message of a batch that SNS did not take.
public struct SNSFailure: Sendable, Hashable {
    /// Its place among what was given.
    public var index: Int
    public var code: String
    /// At most 300 characters of AWS's words.
    public var message: String
    /// Whether it will not help to try the same again.
    public var isSendersFault: Bool
}

extension SNS {
    /// Messages of a request.
    static let batchCount = 10

    /// Publishes messages in as few requests as their count (10 each) and sizes (256 KiB together) allow, in order.
    ///
    /// - Returns: what was not taken.
    /// - Throws: ``AWSError``; nothing is sent where one of the messages is empty or too large. Those before an error
    ///   are published: give messages an id of their own (``Message/deduplicationID``, of FIFO topics) where
    ///   publishing one twice matters.
    public func publish(
        _ topicARN: String, _ messages: [Message]
    ) async throws(AWSError) -> [SNSFailure] {
        let sizes = messages.map(\.bytes)
        for (index, size) in sizes.enumerated() {
            guard size <= Self.limitBytes, !messages[index].body.isEmpty else {
                throw service.invalid(
                    "PublishBatch",
                    "the message at \(index) has \(size) bytes, and a message has 1 to \(Self.limitBytes)")
            }
        }
        var failures: [SNSFailure] = []
        var start = 0
        while start < messages.count {
            var end = start, bytes = 0
            while end < messages.count, end - start < Self.batchCount, bytes + sizes[end] <= Self.limitBytes {
                bytes += sizes[end]
                end += 1
            }
            failures += try await publish(topicARN, messages, start..<end)
            start = end
        }
        return failures
    }

    private func publish(
        _ topicARN: String, _ messages: [Message], _ range: Range<Int>
    ) async throws(AWSError) -> [SNSFailure] {
        let name = "PublishBatch"
        let entries = range.map { index in
            AWSFormValue.structure([AWSFormValue.Field("Id", .text("m\(index)"))] + messages[index].fields)
        }
        let (result, id) = try await service.query(
            name,
            [
                .init("TopicArn", .text(topicARN)), .init("PublishBatchRequestEntries", .list(entries)),
            ], resource: topicARN)
        let taken = result["Successful"]?.all("member") ?? []
        let failed = result["Failed"]?.all("member") ?? []
        var told: [Int] = []
        for entry in taken + failed {
            guard let index = entry["Id"].flatMap({ Int($0.text.dropFirst()) }) else {
                throw service.unexpected(name, "an entry of it has no id", id)
            }
            told.append(index)
        }
        guard told.sorted() == Array(range) else {
            throw service.unexpected(name, "it does not tell of each of the \(range.count) messages", id)
        }
        return failed.map { entry in
            SNSFailure(
                index: entry["Id"].flatMap { Int($0.text.dropFirst()) } ?? 0, code: entry["Code"]?.text ?? "",
                message: String((entry["Message"]?.text ?? "").prefix(300)),
                isSendersFault: entry["SenderFault"]?.text == "true")
        }.sorted { $0.index < $1.index }
    }
}

extension SNS.Message {
    /// What counts toward the limit of a message and of a batch.
    var bytes: Int { body.utf8.count + (subject?.utf8.count ?? 0) + attributes.bytes }
}
