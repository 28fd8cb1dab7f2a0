import Foundation

/// The name of a topic of Amazon SNS, `arn:PARTITION:sns:REGION:ACCOUNT:NAME`, which stands for an endpoint's address.
public struct TopicARN: Sendable, Hashable {
    /// As it came.
    public let text: String
    public let region: String
    /// Its messages come in order, each once.
    public let isFIFO: Bool

    /// Whether an address is meant to be a topic's.
    public static func isMeant(by address: String) -> Bool { address.hasPrefix("arn:") }

    /// - Returns: `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, text.utf8.count <= 512, parts[0] == "arn", parts[2] == "sns",
            parts[1] == "aws" || parts[1].hasPrefix("aws-"), Self.isWord(parts[1]), Self.isWord(parts[3]),
            parts[4].utf8.count == 12, parts[4].utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        // Names have 1 to 256 letters, digits, hyphens and underscores, and `.fifo` behind them for FIFO topics.
        let isFIFO = parts[5].hasSuffix(".fifo")
        let name = isFIFO ? parts[5].dropLast(5) : parts[5]
        guard !name.isEmpty, parts[5].utf8.count <= 256, name.utf8.allSatisfy(Self.isNameByte) else {
            return nil
        }
        self.text = text
        self.isFIFO = isFIFO
        region = String(parts[3])
    }

    private static func isWord(_ part: Substring) -> Bool {
        !part.isEmpty
            && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45
            || byte == 95
    }
}

/// Publishes messages to topics.
public protocol MessageTopics: Sendable {
    /// - Parameters:
    ///   - id: the message's, equal for each attempt.
    ///   - attributes: what subscribers filter by.
    /// - Throws: ``TopicRefusal`` and `CancellationError` alone.
    func publish(
        _ body: Data, id: String, attributes: [String: String], to topic: TopicARN
    ) async throws
}

/// Why a message was not published.
public struct TopicRefusal: Error, Hashable, Sendable {
    /// Ends in no full stop, and holds nothing of the message.
    public var reason: String
    /// Whether another attempt is of no use.
    public var isFinal: Bool

    public init(reason: String, isFinal: Bool) {
        self.reason = reason
        self.isFinal = isFinal
    }
}
