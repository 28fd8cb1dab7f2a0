import Foundation

/// One word of a command; any bytes.
public enum RedisWord: Sendable, Hashable, ExpressibleByStringLiteral {
    case text(String)
    case bytes(Data)
    case int(Int)

    public init(stringLiteral value: String) { self = .text(value) }

    func append(to bytes: inout [UInt8]) {
        switch self {
        case .text(let text): bytes.append(contentsOf: text.utf8)
        case .bytes(let data): bytes.append(contentsOf: data)
        case .int(let number): bytes.append(contentsOf: String(number).utf8)
        }
    }
}

/// A command with its words.
public struct RedisCommand: Sendable, Hashable {
    public var words: [RedisWord]
    /// The key, by which a cluster knows the node; `nil` for a command that any node carries out.
    public var key: String?

    /// - Parameters:
    ///   - words: the command's name first: `["SET", .text(key), .bytes(value)]`.
    ///   - key: the key among them.
    public init(_ words: [RedisWord], key: String? = nil) {
        self.words = words
        self.key = key
    }
}

/// What a server answers (RESP2).
public enum RedisReply: Sendable, Hashable {
    /// A short word, such as `OK`.
    case status(String)
    case integer(Int64)
    case bytes(Data)
    case null
    case array([RedisReply])
    /// What was refused, and why.
    case error(String)

    /// Bytes or a status as text.
    public var text: String? {
        switch self {
        case .status(let text): text
        case .bytes(let data): String(decoding: data, as: UTF8.self)
        default: nil
        }
    }

    public var data: Data? {
        if case .bytes(let data) = self { data } else { nil }
    }

    public var integer: Int64? {
        if case .integer(let number) = self { number } else { nil }
    }

    public var array: [RedisReply]? {
        if case .array(let replies) = self { replies } else { nil }
    }
}
