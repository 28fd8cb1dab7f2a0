import Foundation

/// What Bedrock's Converse and ConverseStream are asked. Text only.
public struct ConverseRequest: Sendable, Equatable {
    /// One turn.
    public struct Message: Sendable, Equatable {
        public enum Role: String, Sendable, Encodable {
            case user, assistant
        }

        public var role: Role
        public var text: String

        public init(role: Role, text: String) {
            self.role = role
            self.text = text
        }
    }

    public var system: [String]
    public var messages: [Message]
    /// `nil` for the model's own limit.
    public var maxTokens: Int?
    /// `nil` for the model's own default.
    public var temperature: Double?

    public init(
        system: [String] = [], messages: [Message], maxTokens: Int? = nil, temperature: Double? = nil
    ) {
        self.system = system
        self.messages = messages
        self.maxTokens = maxTokens
        self.temperature = temperature
    }

    /// The body on the wire; equal requests give equal bytes.
    func encoded() throws(BedrockError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(Wire(self))
        } catch {
            // JSON knows no infinite and no undefined numbers; nothing else in a request can fail.
            let reason = "the request's temperature is not a number"
            throw .transport(.invalidRequest(reason: reason))
        }
    }

    private struct Wire: Encodable {
        struct Block: Encodable {
            var text: String
        }
        struct Turn: Encodable {
            var role: Message.Role
            var content: [Block]
        }
        struct Inference: Encodable {
            var maxTokens: Int?
            var temperature: Double?
        }

        var system: [Block]?
        var messages: [Turn]
        var inferenceConfig: Inference?

        init(_ request: ConverseRequest) {
            system = request.system.isEmpty ? nil : request.system.map(Block.init)
            messages = request.messages.map { Turn(role: $0.role, content: [Block(text: $0.text)]) }
            if request.maxTokens != nil || request.temperature != nil {
                inferenceConfig = Inference(maxTokens: request.maxTokens, temperature: request.temperature)
            }
        }
    }
}

/// How many tokens a call read and wrote.
public struct ConverseUsage: Sendable, Equatable, Decodable {
    public var inputTokens: Int
    public var outputTokens: Int

    public init(inputTokens: Int, outputTokens: Int) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}

/// The whole answer of Converse.
public struct ConverseResponse: Sendable, Equatable, Decodable {
    /// The text blocks of the answer, joined; blocks of other kinds are passed over.
    public var text: String
    /// In AWS's words: `end_turn`, `max_tokens`, `guardrail_intervened`, …
    public var stopReason: String
    public var usage: ConverseUsage?

    private enum Keys: String, CodingKey {
        case output, stopReason, usage
    }

    private struct Output: Decodable {
        struct Message: Decodable {
            struct Block: Decodable {
                var text: String?
            }
            var content: [Block]
        }
        var message: Message
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        let output = try values.decode(Output.self, forKey: .output)
        text = output.message.content.compactMap(\.text).joined()
        stopReason = try values.decode(String.self, forKey: .stopReason)
        usage = try values.decodeIfPresent(ConverseUsage.self, forKey: .usage)
    }
}

/// What ConverseStream tells, in the order in which it does.
public enum ConverseEvent: Sendable, Equatable {
    case text(String)
    /// In AWS's words, as ``ConverseResponse/stopReason``.
    case stop(reason: String)
    /// After the stop, where the model reports it.
    case usage(ConverseUsage)
}
