import Components
import FlowService
import JSONValue

/// What `POST /v1/responses` is asked for. Fields that mean nothing to a flow are passed over.
struct OpenAIResponseRequest: Sendable {
    var messages: OpenAIMessages
    var tools: OpenAITools
    var settings: GenerationSettings
    var instructions: String?
    /// The response that this one goes on from, as its id is written.
    var previous: String?
    /// Names a session of the caller's own.
    var conversation: String?
    /// Whether what is said is kept, so that another response can go on from it.
    var isKept: Bool
    var isStreamed: Bool
    /// Given back as it came.
    var metadata: [String: JSONValue]

    /// Items of an input.
    static let itemLimit = 10_000
    static let metadataLimit = 16
    /// Bytes of ``metadata``, as JSON.
    static let metadataByteLimit = 16_384

    static var schema: JSONSchema {
        JSONSchema([
            "type": "object", "required": ["model", "input"],
            "properties": [
                "model": [
                    "type": "string", "minLength": 1, "description": "a flow: its endpoint, id or name",
                ],
                "input": [
                    "description":
                        "what the person says, or a list of items, the last of the user being that",
                    "anyOf": [
                        ["type": "string", "minLength": 1],
                        ["type": "array", "minItems": 1, "items": ["type": "object"]],
                    ],
                ],
                "instructions": [
                    "type": ["string", "null"],
                    "description": "stands before what was said, for this response alone",
                ],
                "previous_response_id": [
                    "type": ["string", "null"],
                    "description": "the response of the same model that this one goes on from",
                ],
                "conversation": [
                    "description": "a session of the caller's own naming, which goes on with this response",
                    "anyOf": [
                        ["type": ["string", "null"]],
                        [
                            "type": "object", "required": ["id"], "properties": ["id": ["type": "string"]],
                        ],
                    ],
                ],
                "store": ["type": ["boolean", "null"], "default": true],
                "stream": ["type": ["boolean", "null"]],
                "background": ["enum": [false, nil]],
                "temperature": ["type": ["number", "null"], "minimum": 0, "maximum": 2],
                "max_output_tokens": ["type": ["integer", "null"], "minimum": 1],
                "tools": [
                    "type": ["array", "null"], "items": ["type": "object"],
                    "description": "functions that the flow's model may call and the client carries out",
                ],
                "tool_choice": ["type": ["string", "object", "null"]],
                "parallel_tool_calls": ["type": ["boolean", "null"]],
                "metadata": ["type": ["object", "null"]],
            ],
        ]).named("OpenAIResponseRequest")
    }

    /// Whether what such a body asks for is kept as a conversation.
    static func isKept(_ body: JSONValue) -> Bool { body["store"] != .bool(false) }

    /// - Parameter dialect: Langflow has no tools of the client's: its calls are those of the server.
    /// - Throws: ``RequestFault/invalidField(name:reason:)``.
    init(_ body: JSONValue, dialect: OpenAIDialect = .openAI) throws(RequestFault) {
        previous = try body.text("previous_response_id")
        conversation = try Self.conversation(body["conversation"])
        switch body["input"] {
        case .string(let text)? where !text.isEmpty:
            messages = try OpenAIMessages([["role": "user", "content": .string(text)]], in: "input")
        case .array(let items)? where !items.isEmpty:
            guard items.count <= Self.itemLimit else {
                throw .invalidField(
                    name: "input", reason: "has \(items.count) items; at most \(Self.itemLimit) are taken")
            }
            messages = try OpenAIMessages(
                items, in: "input", readsCalls: dialect == .openAI,
                goesOn: previous != nil || conversation != nil)
        default: throw .invalidField(name: "input", reason: "must be a text or a list of items")
        }
        settings = try GenerationSettings(body, maxTokens: ["max_output_tokens"])
        instructions = try body.text("instructions")
        guard previous == nil || conversation == nil else {
            throw .invalidField(
                name: "conversation",
                reason: "cannot stand beside previous_response_id: each says what goes on")
        }
        isKept = try body.flag("store") ?? true
        isStreamed = try body.flag("stream") ?? false
        guard try body.flag("background") != true else {
            throw .invalidField(
                name: "background",
                reason: "must be false; POST /v1/runs carries a run out while nobody waits")
        }
        switch dialect {
        case .openAI: tools = try OpenAITools(body, form: .responses)
        case .langflow:
            try body.checkToolChoice()
            tools = OpenAITools()
        }
        try JSONValue.checkFormat(body["text"]?["format"], named: "text.format")
        metadata = try Self.metadata(body["metadata"])
    }

    private static func conversation(_ value: JSONValue?) throws(RequestFault) -> String? {
        switch value {
        case nil, .null?, .string("")?: return nil
        case .string(let name)?: return name
        default:
            guard let name = value?["id"]?.string, !name.isEmpty else {
                throw .invalidField(
                    name: "conversation", reason: "must be a session's name, or {\"id\": its name}")
            }
            return name
        }
    }

    private static func metadata(_ value: JSONValue?) throws(RequestFault) -> [String: JSONValue] {
        guard let value, value != .null else { return [:] }
        guard let members = value.object, members.count <= metadataLimit,
            members.values.allSatisfy({ $0.string != nil }),
            (try? value.utf8().count) ?? .max <= metadataByteLimit
        else {
            throw .invalidField(
                name: "metadata",
                reason: "must be an object of at most \(metadataLimit) texts and \(metadataByteLimit) bytes")
        }
        return members
    }
}
