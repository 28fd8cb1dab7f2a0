import Foundation
import JSONValue

/// What ends what the model keeps.
struct ConverseCachePoint: Encodable {
    var type = "default"
}

/// An image as Converse has it.
private struct ConverseImage: Encodable {
    struct Source: Encodable {
        var bytes: Data
    }
    var format: String
    var source: Source

    init(_ format: String, _ bytes: Data) {
        self.format = format
        source = Source(bytes: bytes)
    }
}

extension ConverseContent: Encodable {
    private enum Keys: String, CodingKey {
        case text, guardContent, image, reasoningContent, toolUse, toolResult, cachePoint
    }

    private struct Guarded: Encodable {
        struct Text: Encodable {
            var text: String
            var qualifiers: [ConverseGuardQualifier]
        }
        var text: Text
    }

    public func encode(to encoder: any Encoder) throws {
        var block = encoder.container(keyedBy: Keys.self)
        switch self {
        case .text(let text): try block.encode(text, forKey: .text)
        case .guarded(let text, let qualifier):
            try block.encode(
                Guarded(text: .init(text: text, qualifiers: [qualifier])), forKey: .guardContent)
        case .image(let format, let bytes):
            try block.encode(ConverseImage(format, bytes), forKey: .image)
        case .reasoning(let reasoning): try block.encode(reasoning, forKey: .reasoningContent)
        case .toolUse(let use): try block.encode(use, forKey: .toolUse)
        case .toolResult(let result): try block.encode(result, forKey: .toolResult)
        case .cachePoint: try block.encode(ConverseCachePoint(), forKey: .cachePoint)
        }
    }
}

extension ConverseReasoning: Codable {
    private enum Keys: String, CodingKey {
        case reasoningText, redactedContent
    }

    private struct Text: Codable {
        var text: String
        var signature: String?
    }

    public init(from decoder: any Decoder) throws {
        let block = try decoder.container(keyedBy: Keys.self)
        let text = try block.decodeIfPresent(Text.self, forKey: .reasoningText)
        self.init(
            text: text?.text ?? "", signature: text?.signature,
            redacted: try block.decodeIfPresent(Data.self, forKey: .redactedContent))
    }

    public func encode(to encoder: any Encoder) throws {
        var block = encoder.container(keyedBy: Keys.self)
        if let redacted {
            try block.encode(redacted, forKey: .redactedContent)
        } else {
            try block.encode(Text(text: text, signature: signature), forKey: .reasoningText)
        }
    }
}

extension ConverseToolResult: Encodable {
    private enum Keys: String, CodingKey {
        case toolUseId, content, status
    }

    public func encode(to encoder: any Encoder) throws {
        var result = encoder.container(keyedBy: Keys.self)
        try result.encode(toolUseId, forKey: .toolUseId)
        try result.encode(content, forKey: .content)
        try result.encode(isError ? "error" : "success", forKey: .status)
    }
}

extension ConverseToolResult.Content: Encodable {
    private enum Keys: String, CodingKey {
        case text, json, image
    }

    public func encode(to encoder: any Encoder) throws {
        var block = encoder.container(keyedBy: Keys.self)
        switch self {
        case .text(let text): try block.encode(text, forKey: .text)
        case .json(let value): try block.encode(value, forKey: .json)
        case .image(let format, let bytes): try block.encode(ConverseImage(format, bytes), forKey: .image)
        }
    }
}
