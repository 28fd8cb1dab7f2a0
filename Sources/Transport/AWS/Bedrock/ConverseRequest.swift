import Foundation
import JSONValue

/// What Bedrock's Converse and ConverseStream are asked.
public struct ConverseRequest: Sendable, Equatable {
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
        /// Bedrock refuses an empty one.
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

/// A block of a turn.
public enum ConverseContent: Sendable, Equatable {
    case text(String)
    case toolUse(ConverseToolUse)
    case toolResult(ConverseToolResult)
}

/// A call that the model asks for.
public struct ConverseToolUse: Sendable, Hashable, Codable {
    public var toolUseId: String
    public var name: String
    public var input: JSONValue

    public init(toolUseId: String, name: String, input: JSONValue) {
        self.toolUseId = toolUseId
        self.name = name
        self.input = input
    }
}

/// What a call gave back.
public struct ConverseToolResult: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case text(String)
        case json(JSONValue)
    }

    public var toolUseId: String
    public var content: [Content]
    public var isError: Bool

    public init(toolUseId: String, content: [Content], isError: Bool = false) {
        self.toolUseId = toolUseId
        self.content = content
        self.isError = isError
    }
}
