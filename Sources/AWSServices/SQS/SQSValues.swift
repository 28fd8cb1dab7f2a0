import Foundation
import JSONValue

/// A value beside a message's body. Numbers are text, of any precision.
public enum AWSMessageAttribute: Sendable, Hashable {
    case string(String)
    case number(String)
    case binary(Data)

    var dataType: String {
        switch self {
        case .string: "String"
        case .number: "Number"
        case .binary: "Binary"
        }
    }

    var json: JSONValue {
        switch self {
        case .string(let text), .number(let text):
            ["DataType": .string(dataType), "StringValue": .string(text)]
        case .binary(let data):
            ["DataType": "Binary", "BinaryValue": .string(data.base64EncodedString())]
        }
    }

    init?(_ json: JSONValue) {
        let type = json["DataType"]?.string ?? ""
        if let text = json["StringValue"]?.string {
            self = type.hasPrefix("Number") ? .number(text) : .string(text)
        } else if let data = json["BinaryValue"]?.string.flatMap({ Data(base64Encoded: $0) }) {
            self = .binary(data)
        } else {
            return nil
        }
    }
}

extension [String: AWSMessageAttribute] {
    /// What they count toward the limit of a message.
    var bytes: Int {
        reduce(0) { sum, item in
            let value =
                switch item.value {
                case .string(let text), .number(let text): text.utf8.count
                case .binary(let data): data.count
                }
            return sum + item.key.utf8.count + item.value.dataType.utf8.count + value
        }
    }
}

/// A message to send.
public struct SQSOutgoing: Sendable, Hashable {
    public var body: String
    public var attributes: [String: AWSMessageAttribute] = [:]
    /// 0 to 900; `nil` for the queue's own. Not for FIFO queues.
    public var delaySeconds: Int?
    /// Of a FIFO queue: messages of a group are taken in order, one at a time.
    public var groupID: String?
    /// Of a FIFO queue: within five minutes a second message of that id is not taken in. `nil` where the queue
    /// makes it of the content.
    public var deduplicationID: String?

    public init(_ body: String, groupID: String? = nil, deduplicationID: String? = nil) {
        self.body = body
        self.groupID = groupID
        self.deduplicationID = deduplicationID
    }

    var json: [String: JSONValue] {
        var json: [String: JSONValue] = ["MessageBody": .string(body)]
        if !attributes.isEmpty { json["MessageAttributes"] = .object(attributes.mapValues(\.json)) }
        if let delaySeconds { json["DelaySeconds"] = .integer(delaySeconds) }
        if let groupID { json["MessageGroupId"] = .string(groupID) }
        if let deduplicationID { json["MessageDeduplicationId"] = .string(deduplicationID) }
        return json
    }

    /// What counts toward the limit of a message and of a batch.
    var bytes: Int { body.utf8.count + attributes.bytes }
}

/// A message that was received, and is hidden from others until its visibility timeout.
public struct SQSMessage: Sendable, Hashable {
    public var id: String
    /// With this the message is deleted or kept hidden; another one each time it is received.
    public var receipt: String
    public var body: String
    public var attributes: [String: AWSMessageAttribute]
    /// How often it was received, this time included.
    public var receiveCount: Int
    public var groupID: String?
    public var deduplicationID: String?
    public var sent: Date?

    init?(_ json: JSONValue) {
        guard let id = json["MessageId"]?.string, let receipt = json["ReceiptHandle"]?.string,
            let body = json["Body"]?.string
        else { return nil }
        self.id = id
        self.receipt = receipt
        self.body = body
        attributes = (json["MessageAttributes"]?.object ?? [:]).compactMapValues { AWSMessageAttribute($0) }
        let system = json["Attributes"]
        receiveCount = system?["ApproximateReceiveCount"]?.string.flatMap { Int($0) } ?? 1
        groupID = system?["MessageGroupId"]?.string
        deduplicationID = system?["MessageDeduplicationId"]?.string
        sent = system?["SentTimestamp"]?.string.flatMap { Double($0) }
            .map { Date(timeIntervalSince1970: $0 / 1000) }
    }
}

/// An entry of a batch that was not taken.
public struct SQSFailure: Sendable, Hashable {
    /// Its place among what was given.
    public var index: Int
    public var code: String
    public var message: String
    /// Whether it will not help to try the same again.
    public var isSendersFault: Bool
}
