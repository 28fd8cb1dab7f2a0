import Components
import FlowService
import JSONValue

/// What `POST /v1/chat/completions` is asked for. Fields that mean nothing to a flow are passed over, as servers do
/// that speak this API for other models.
struct OpenAIChatRequest: Sendable {
    var messages: OpenAIMessages
    var tools: OpenAITools
    var settings: GenerationSettings
    /// Texts at whose first appearance the answer ends.
    var stops: [String]
    var isStreamed: Bool
    /// Whether a stream tells at its end how many tokens there were.
    var includesUsage: Bool

    static let stopLimit = 4
    /// Bytes of UTF-8 of one of ``stops``.
    static let stopByteLimit = 64
    /// Messages of a request; those that no component would read are passed over, not refused.
    static let messageLimit = 10_000

    static var schema: JSONSchema {
        let content = JSONSchema([
            "anyOf": [
                ["type": "string"], ["type": "null"],
                ["type": "array", "items": ["type": "object", "required": ["type"]]],
            ]
        ])
        let message = JSONSchema(
            [
                "type": "object", "required": ["role"],
                "properties": [
                    "role": ["enum": ["system", "developer", "user", "assistant", "tool", "function"]],
                    "content": content.json, "name": ["type": ["string", "null"]],
                    "tool_calls": [
                        "type": ["array", "null"], "maxItems": .integer(OpenAITurns.callLimit),
                        "items": ["type": "object", "required": ["id", "function"]],
                    ],
                    "tool_call_id": ["type": ["string", "null"]],
                ],
            ]
        ).named("OpenAIChatMessage")
        return JSONSchema(
            [
                "type": "object", "required": ["model", "messages"],
                "properties": [
                    "model": [
                        "type": "string", "minLength": 1, "description": "a flow: its endpoint, id or name",
                    ],
                    "messages": [
                        "type": "array", "minItems": 1, "items": message.json,
                        "description": """
                        all that was said; the user's last message is the flow's input, and those before it are \
                        what the flow remembers
                        """,
                    ],
                    "stream": ["type": ["boolean", "null"]],
                    "stream_options": ["type": ["object", "null"]],
                    "n": ["enum": [1, nil]],
                    "tools": [
                        "type": ["array", "null"], "maxItems": .integer(OpenAITools.limit),
                        "items": ["type": "object", "required": ["type", "function"]],
                        "description": "functions that the flow's model may call and the client carries out",
                    ],
                    "tool_choice": ["type": ["string", "object", "null"]],
                    "parallel_tool_calls": ["type": ["boolean", "null"]],
                    "temperature": ["type": ["number", "null"], "minimum": 0, "maximum": 2],
                    "max_tokens": ["type": ["integer", "null"], "minimum": 1],
                    "max_completion_tokens": ["type": ["integer", "null"], "minimum": 1],
                    "stop": [
                        "anyOf": [
                            ["type": "string"], ["type": "null"],
                            [
                                "type": "array", "maxItems": .integer(stopLimit),
                                "items": ["type": "string", "minLength": 1],
                            ],
                        ]
                    ],
                ],
            ], uses: [message]
        ).named("OpenAIChatRequest")
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)``.
    init(_ body: JSONValue) throws(RequestFault) {
        guard let items = body["messages"]?.array, !items.isEmpty else {
            throw .invalidField(name: "messages", reason: "must be a list with at least one message")
        }
        guard items.count <= Self.messageLimit else {
            throw .invalidField(
                name: "messages",
                reason: "has \(items.count) messages; at most \(Self.messageLimit) are taken")
        }
        messages = try OpenAIMessages(items, in: "messages")
        settings = try GenerationSettings(body, maxTokens: ["max_tokens", "max_completion_tokens"])
        guard try body.wholeNumber("n", in: 1...128) ?? 1 == 1 else {
            throw .invalidField(name: "n", reason: "must be 1: a flow answers once")
        }
        tools = try OpenAITools(body, form: .chat)
        try JSONValue.checkFormat(body["response_format"], named: "response_format")
        isStreamed = try body.flag("stream") ?? false
        let options = body["stream_options"] ?? .null
        guard options == .null || options.object != nil else {
            throw .invalidField(name: "stream_options", reason: "must be an object")
        }
        includesUsage = try options.flag("include_usage") ?? false
        stops = try Self.stops(body["stop"])
    }

    private static func stops(_ value: JSONValue?) throws(RequestFault) -> [String] {
        let stops: [String?]
        switch value {
        case nil, .null?: return []
        case .string(let text)?: stops = [text]
        case .array(let texts)?: stops = texts.map(\.string)
        default: throw .invalidField(name: "stop", reason: "must be a text or a list of texts")
        }
        guard stops.count <= stopLimit else {
            throw .invalidField(
                name: "stop", reason: "has \(stops.count) texts; at most \(stopLimit) are taken")
        }
        var checked: [String] = []
        for stop in stops {
            guard let stop, !stop.isEmpty, stop.utf8.count <= stopByteLimit else {
                throw .invalidField(name: "stop", reason: "must hold texts of 1 to \(stopByteLimit) bytes")
            }
            checked.append(stop)
        }
        return checked
    }
}
