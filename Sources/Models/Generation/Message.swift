/// One turn of a conversation with a model.
public struct Message: Sendable, Hashable {
    public enum Role: String, Sendable, Codable {
        /// What the model is told to be and to do; text only.
        case system
        case user
        /// What the model said: text and the calls that it made.
        case assistant
        /// What the tools that it called gave back.
        case tool
    }

    /// A piece of a turn.
    public enum Part: Sendable, Hashable {
        case text(String)
        /// A question with the passages that the answer may rest on; each generator words it in its own way.
        case grounding(GroundedQuestion)
        case image(ImageContent)
        /// Stands before the calls that followed it.
        case reasoning(Reasoning)
        case toolCall(ToolCall)
        case toolResult(ToolResult)
    }

    public var role: Role
    public var parts: [Part]

    public init(_ role: Role, _ parts: [Part]) {
        self.role = role
        self.parts = parts
    }

    public init(_ role: Role, _ text: String) {
        self.init(role, [.text(text)])
    }

    /// The text parts, joined.
    public var text: String {
        parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }
}
