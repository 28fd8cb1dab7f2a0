import Foundation

/// How many tokens a call read and wrote.
public struct ConverseUsage: Sendable, Equatable, Decodable {
    public var inputTokens: Int
    public var outputTokens: Int
    /// Tokens taken from the prompt cache, where the model has one.
    public var cacheReadInputTokens: Int?
    /// Tokens put into the prompt cache, where the model has one.
    public var cacheWriteInputTokens: Int?

    public init(
        inputTokens: Int, outputTokens: Int, cacheReadInputTokens: Int? = nil,
        cacheWriteInputTokens: Int? = nil
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cacheReadInputTokens = cacheReadInputTokens
        self.cacheWriteInputTokens = cacheWriteInputTokens
    }
}

/// The whole answer of Converse.
public struct ConverseResponse: Sendable, Equatable, Decodable {
    /// The text blocks of the answer, joined; blocks that are neither text nor calls are passed over.
    public var text: String
    /// The calls that the model asks for, in order.
    public var toolUses: [ConverseToolUse]
    /// In AWS's words: `end_turn`, `tool_use`, `max_tokens`, `guardrail_intervened`, …
    public var stopReason: String
    public var usage: ConverseUsage?

    private enum Keys: String, CodingKey {
        case output, stopReason, usage
    }

    private struct Output: Decodable {
        struct Message: Decodable {
            struct Block: Decodable {
                var text: String?
                var toolUse: ConverseToolUse?
            }
            var content: [Block]
        }
        var message: Message
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        let blocks = try values.decode(Output.self, forKey: .output).message.content
        text = blocks.compactMap(\.text).joined()
        toolUses = blocks.compactMap(\.toolUse)
        stopReason = try values.decode(String.self, forKey: .stopReason)
        usage = try values.decodeIfPresent(ConverseUsage.self, forKey: .usage)
    }
}

/// What ConverseStream tells, in the order in which it does.
public enum ConverseEvent: Sendable, Equatable {
    case text(String)
    /// A call, once all of its input has come.
    case toolUse(ConverseToolUse)
    /// In AWS's words, as ``ConverseResponse/stopReason``.
    case stop(reason: String)
    /// After the stop, where the model reports it.
    case usage(ConverseUsage)
}
