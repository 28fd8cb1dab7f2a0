import JSONValue

/// What a generator is asked.
public struct GenerationRequest: Sendable, Hashable {
    /// What the answer has to look like.
    public enum OutputFormat: Sendable, Hashable {
        case text
        /// JSON that keeps to `schema` (JSON Schema of an object), as text; `name` tells the model what it is.
        /// Whether the answer does is the caller's to check. It excludes tools.
        case json(name: String, schema: JSONValue)
    }

    /// Oldest first; system messages stand before all others.
    public var messages: [Message]
    public var tools: [ToolDefinition]
    public var toolChoice: ToolChoice
    /// Whether one answer may hold several calls; a provider that cannot limit them ignores it.
    public var allowsSeveralCalls = true
    public var outputFormat: OutputFormat
    /// Texts before which the answer ends; they are not part of it.
    public var stopSequences: [String]
    /// Tokens the answer may have; `nil` for the model's own limit.
    public var maxTokens: Int?
    /// 0 for the likeliest words, up to 1; `nil` for the model's own default.
    public var temperature: Double?

    public init(
        messages: [Message], tools: [ToolDefinition] = [], toolChoice: ToolChoice = .automatic,
        outputFormat: OutputFormat = .text, stopSequences: [String] = [], maxTokens: Int? = nil,
        temperature: Double? = nil
    ) {
        self.messages = messages
        self.tools = tools
        self.toolChoice = toolChoice
        self.outputFormat = outputFormat
        self.stopSequences = stopSequences
        self.maxTokens = maxTokens
        self.temperature = temperature
    }

    /// The question that was asked last with passages, if one was.
    public var grounding: GroundedQuestion? {
        for message in messages.reversed() {
            for case .grounding(let question) in message.parts.reversed() { return question }
        }
        return nil
    }
}
