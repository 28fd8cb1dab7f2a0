import Foundation
import JSONValue

/// What Bedrock's Converse and ConverseStream are asked.
public struct ConverseRequest: Sendable {
    /// One turn. Turns alternate, the user's first; Bedrock refuses anything else.
    public struct Message: Sendable, Equatable {
        public enum Role: String, Sendable, Encodable {
            case user, assistant
        }

        public var role: Role
        public var content: [ConverseContent]

        public init(role: Role, content: [ConverseContent]) {
            self.role = role
            self.content = content
        }

        public init(role: Role, text: String) {
            self.init(role: role, content: [.text(text)])
        }
    }

    /// A tool that the model may call.
    public struct Tool: Sendable, Equatable {
        public var name: String
        /// Bedrock refuses an empty one, which is not sent.
        public var description: String
        /// JSON Schema of the input.
        public var inputSchema: JSONValue

        public init(name: String, description: String, inputSchema: JSONValue) {
            self.name = name
            self.description = description
            self.inputSchema = inputSchema
        }
    }

    /// Whether a tool has to be called.
    public enum ToolChoice: Sendable, Equatable {
        case auto
        /// At least one, whichever.
        case any
        case tool(name: String)
    }

    public var system: [String]
    public var messages: [Message]
    public var tools: [Tool]
    /// Counts only where there are tools; `nil` for Bedrock's default, `auto`.
    public var toolChoice: ToolChoice?
    public var stopSequences: [String]
    /// `nil` for the model's own limit.
    public var maxTokens: Int?
    /// `nil` for the model's own default.
    public var temperature: Double?
    /// A JSON Schema that the model itself keeps to; not every model takes one.
    public var outputSchema: (name: String, schema: JSONValue)?
    public var guardrail: Guardrail?
    /// Where the prompt's beginning ends that later calls share.
    public var cachePoints: CachePoints = []
    /// What a model takes beyond Converse's own fields, `{"thinking": …}` say.
    public var modelFields: JSONValue?

    /// What checks prompt and answer on AWS's side.
    public struct Guardrail: Sendable, Hashable {
        /// An id or an ARN.
        public var identifier: String
        /// A number, or `DRAFT`.
        public var version: String

        public init(identifier: String, version: String) {
            self.identifier = identifier
            self.version = version
        }
    }

    /// What ends with a cache point: the model keeps what it read up to there for some minutes.
    public struct CachePoints: OptionSet, Sendable, Hashable {
        public let rawValue: Int

        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        public static let system = CachePoints(rawValue: 1)
        public static let tools = CachePoints(rawValue: 2)
    }

    public init(
        system: [String] = [], messages: [Message], tools: [Tool] = [], toolChoice: ToolChoice? = nil,
        stopSequences: [String] = [], maxTokens: Int? = nil, temperature: Double? = nil
    ) {
        self.system = system
        self.messages = messages
        self.tools = tools
        self.toolChoice = toolChoice
        self.stopSequences = stopSequences
        self.maxTokens = maxTokens
        self.temperature = temperature
    }
}
