import Foundation
import JSONValue

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
    /// The text blocks of the answer, joined.
    public var text: String
    /// What the model thought, in order; no part of ``text``.
    public var reasoning: [ConverseReasoning]
    /// The calls that the model asks for, in order.
    public var toolUses: [ConverseToolUse]
    /// In AWS's words: `end_turn`, `tool_use`, `max_tokens`, `guardrail_intervened`, …
    public var stopReason: String
    public var usage: ConverseUsage?
    /// What a guardrail found, as AWS tells it.
    public var guardrailTrace: JSONValue?

    private enum Keys: String, CodingKey {
        case output, stopReason, usage, trace
    }

    private struct Trace: Decodable {
        var guardrail: JSONValue?
    }

    private struct Output: Decodable {
        struct Message: Decodable {
            struct Block: Decodable {
                var text: String?
                var toolUse: ConverseToolUse?
                var reasoningContent: ConverseReasoning?
            }
            var content: [Block]
        }
        var message: Message
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        let blocks = try values.decode(Output.self, forKey: .output).message.content
        text = blocks.compactMap(\.text).joined()
        reasoning = blocks.compactMap(\.reasoningContent)
        toolUses = blocks.compactMap(\.toolUse)
        stopReason = try values.decode(String.self, forKey: .stopReason)
        usage = try values.decodeIfPresent(ConverseUsage.self, forKey: .usage)
        guardrailTrace = try values.decodeIfPresent(Trace.self, forKey: .trace)?.guardrail
    }
}

/// What ConverseStream tells, in the order in which it does.
public enum ConverseEvent: Sendable, Equatable {
    case text(String)
    /// A block of what the model thought, once it is whole.
    case reasoning(ConverseReasoning)
    /// A call, once all of its input has come.
    case toolUse(ConverseToolUse)
    /// In AWS's words, as ``ConverseResponse/stopReason``.
    case stop(reason: String)
    /// After the stop, where the model reports it.
    case usage(ConverseUsage)
    /// After the stop, where a guardrail looked at the call: what it found, as AWS tells it.
    case guardrail(JSONValue)
}
