import JSONValue

/// A tool as a model is told of it.
public struct ToolDefinition: Sendable, Hashable {
    /// Letters, digits, `_` and `-`, at most 64: what every provider accepts.
    public var name: String
    /// What it does and when to call it, for the model to read.
    public var description: String
    /// JSON Schema of the arguments: an object.
    public var parameters: JSONValue
    /// Whether the provider is asked to keep the model's arguments to the schema; one that cannot ignores it.
    public var isStrict = false

    public init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// Which of the tools given the model has to call.
public enum ToolChoice: Sendable, Hashable {
    case automatic
    /// At least one, whichever.
    case required
    case named(String)
}

/// A call that a model asks for.
public struct ToolCall: Sendable, Hashable {
    /// The provider's; the result carries it back.
    public var id: String
    public var name: String
    /// What the model wrote, not checked against the tool's schema.
    public var arguments: JSONValue

    public init(id: String, name: String, arguments: JSONValue) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }
}

/// What a call gave back.
public struct ToolResult: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        case text(String)
        case json(JSONValue)
    }

    /// ``ToolCall/id`` of the call that it answers.
    public var callID: String
    public var content: Content
    /// Shown to the model behind `content`; to one that sees.
    public var images: [ImageContent]
    /// The call failed, and `content` tells the model why.
    public var isError: Bool

    public init(callID: String, content: Content, images: [ImageContent] = [], isError: Bool = false) {
        self.callID = callID
        self.content = content
        self.images = images
        self.isError = isError
    }
}
