import Foundation
import Transport

/// Amazon SNS: tells whoever subscribed to a topic.
public struct SNS: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "sns", serviceID: "SNS", apiProtocol: .query(apiVersion: "2010-03-31"))
    /// Bytes of a message.
    public static let limitBytes = 256 << 10

    let service: AWSService

    /// - Parameter endpoint: another than AWS's own.
    public init(_ account: AWSAccount, endpoint: URL? = nil) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint)
    }

    /// A message for a topic.
    public struct Message: Sendable, Hashable {
        public var body: String
        /// Of e-mails.
        public var subject: String?
        /// What subscribers filter by.
        public var attributes: [String: AWSMessageAttribute] = [:]
        /// Of FIFO topics.
        public var groupID: String?
        public var deduplicationID: String?

        public init(_ body: String) {
            self.body = body
        }
    }

    /// - Returns: the message's id.
    @discardableResult
    public func publish(_ topicARN: String, _ message: Message) async throws(AWSError) -> String {
        guard message.body.utf8.count <= Self.limitBytes, !message.body.isEmpty else {
            throw service.invalid(
                "Publish", "a message has 1 to \(Self.limitBytes) bytes, not \(message.body.utf8.count)")
        }
        let input = [AWSFormValue.Field("TopicArn", .text(topicARN))] + message.fields
        let (result, id) = try await service.query("Publish", input, resource: topicARN)
        guard let messageID = result["MessageId"]?.text else {
            throw service.unexpected("Publish", "it has no MessageId", id)
        }
        return messageID
    }

    /// Makes a topic, or finds the one of that name.
    ///
    /// - Returns: its ARN.
    public func createTopic(_ name: String) async throws(AWSError) -> String {
        let (result, id) = try await service.query(
            "CreateTopic", [.init("Name", .text(name))], resource: name)
        guard let arn = result["TopicArn"]?.text else {
            throw service.unexpected("CreateTopic", "it has no TopicArn", id)
        }
        return arn
    }

    /// Asks for a topic's attributes: it is there, and may be looked at.
    public func checkTopic(_ topicARN: String) async throws(AWSError) {
        _ = try await service.query(
            "GetTopicAttributes", [.init("TopicArn", .text(topicARN))], resource: topicARN)
    }

    /// Subscribes an endpoint of a protocol such as `sqs` or `https`.
    ///
    /// - Parameter isRaw: whether the body alone is delivered, without SNS's envelope.
    @discardableResult
    public func subscribe(
        _ topicARN: String, protocol kind: String, endpoint: String, isRaw: Bool = false
    ) async throws(AWSError) -> String {
        var input: [AWSFormValue.Field] = [
            .init("TopicArn", .text(topicARN)), .init("Protocol", .text(kind)),
            .init("Endpoint", .text(endpoint)),
        ]
        if isRaw {
            let raw = AWSFormValue.Field("RawMessageDelivery", .text("true"))
            input.append(.init("Attributes", .map([raw])))
        }
        let (result, id) = try await service.query("Subscribe", input, resource: topicARN)
        guard let arn = result["SubscriptionArn"]?.text else {
            throw service.unexpected("Subscribe", "it has no SubscriptionArn", id)
        }
        return arn
    }
}

extension SNS.Message {
    /// As Publish and PublishBatch take it.
    var fields: [AWSFormValue.Field] {
        var fields: [AWSFormValue.Field] = [.init("Message", .text(body))]
        if let subject { fields.append(.init("Subject", .text(subject))) }
        if !attributes.isEmpty {
            let entries = attributes.sorted { $0.key < $1.key }.map {
                AWSFormValue.Field($0.key, Self.form($0.value))
            }
            fields.append(.init("MessageAttributes", .map(entries, key: "Name", value: "Value")))
        }
        if let deduplicationID { fields.append(.init("MessageDeduplicationId", .text(deduplicationID))) }
        if let groupID { fields.append(.init("MessageGroupId", .text(groupID))) }
        return fields
    }

    private static func form(_ attribute: AWSMessageAttribute) -> AWSFormValue {
        let type = AWSFormValue.Field("DataType", .text(attribute.dataType))
        switch attribute {
        case .string(let text), .number(let text):
            return .structure([type, .init("StringValue", .text(text))])
        case .binary(let data):
            return .structure([type, .init("BinaryValue", .text(data.base64EncodedString()))])
        }
    }
}
