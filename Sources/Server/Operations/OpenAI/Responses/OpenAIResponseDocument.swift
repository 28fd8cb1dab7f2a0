import FlowService
import Foundation
import JSONValue

/// What all states of one response have in common.
struct OpenAIResponseDocument: Sendable {
    let id: String
    /// As the client named it.
    let model: String
    let created: Int
    let request: OpenAIResponseRequest

    enum Status: String, Sendable {
        case inProgress = "in_progress"
        case completed, failed, incomplete
    }

    init(_ id: ResponseID, model: String, request: OpenAIResponseRequest, at time: Date) {
        self.id = id.text
        self.model = model
        self.request = request
        created = OpenAITime.seconds(time)
    }

    func json(
        _ status: Status, output: [JSONValue] = [], tokens: CountedTokens? = nil,
        error: JSONValue = .null
    ) -> JSONValue {
        [
            "id": .string(id), "object": "response", "created_at": .integer(created),
            "status": .string(status.rawValue), "background": false, "error": error,
            "incomplete_details": status == .incomplete ? ["reason": "max_output_tokens"] : nil,
            "instructions": request.instructions.map { .string($0) } ?? .null,
            "max_output_tokens": request.settings.maxTokens.map { .integer($0) } ?? .null,
            "model": .string(model), "output": .array(output),
            "parallel_tool_calls": .bool(request.tools.allowsSeveral),
            "previous_response_id": request.previous.map { .string($0) } ?? .null,
            "conversation": request.conversation.map { ["id": .string($0)] } ?? .null,
            "reasoning": ["effort": nil, "summary": nil], "store": .bool(request.isKept),
            "temperature": request.settings.temperature.map { .number($0) } ?? .null,
            "text": ["format": ["type": "text"]], "tool_choice": request.tools.toldChoice,
            "tools": .array(request.tools.told), "top_p": nil,
            "truncation": "disabled", "user": nil, "metadata": .object(request.metadata),
            "usage": tokens.map { Self.usage($0) } ?? .null,
        ]
    }

    private static func usage(_ tokens: CountedTokens) -> JSONValue {
        [
            "input_tokens": .integer(tokens.input), "output_tokens": .integer(tokens.output),
            "total_tokens": .integer(tokens.input + tokens.output),
            "input_tokens_details": ["cached_tokens": 0, "cache_write_tokens": 0],
            "output_tokens_details": ["reasoning_tokens": 0],
        ]
    }

    static var schema: JSONSchema {
        JSONSchema([
            "type": "object",
            "required": [
                "id", "object", "created_at", "status", "error", "incomplete_details", "model", "output",
                "parallel_tool_calls", "tool_choice", "tools", "usage", "metadata",
            ],
            "properties": [
                "object": ["const": "response"],
                "status": ["enum": ["in_progress", "completed", "failed", "incomplete"]],
                "output": [
                    "type": "array", "items": ["type": "object", "required": ["id", "type", "status"]],
                ],
            ],
        ]).named("OpenAIResponse")
    }
}
