import Foundation
import JSONValue

/// A block of a turn.
public enum ConverseContent: Sendable, Equatable {
    case text(String)
    /// Text that a guardrail judges answers by: as what they must rest on, or as what was asked.
    case guarded(String, ConverseGuardQualifier)
    case image(format: String, Data)
    /// What the model thought before a call, given back unchanged.
    case reasoning(ConverseReasoning)
    case toolUse(ConverseToolUse)
    case toolResult(ConverseToolResult)
    /// The prompt up to here is kept for later calls.
    case cachePoint
}

/// What a guardrail takes a text for.
public enum ConverseGuardQualifier: String, Sendable, Encodable {
    case groundingSource = "grounding_source"
    case query
    case content = "guard_content"
}

/// What a model thought.
public struct ConverseReasoning: Sendable, Hashable {
    public var text: String
    /// By which the model knows its own words again.
    public var signature: String?
    /// Thoughts that the provider shows to nobody, encrypted.
    public var redacted: Data?

    public init(text: String = "", signature: String? = nil, redacted: Data? = nil) {
        self.text = text
        self.signature = signature
        self.redacted = redacted
    }
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
        case image(format: String, Data)
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
