import Components
import FlowService
import Foundation
import JSONValue

/// What a chat completion's documents and chunks have in common.
struct ChatCompletion: Sendable {
    let id: String
    /// As the client named it.
    let model: String
    let created: Int

    init(run: String, model: String, at time: Date) {
        id = "chatcmpl-" + run.replacing("-", with: "")
        self.model = model
        created = OpenAITime.seconds(time)
    }

    /// Why an answer ended: by itself, or because its model had written as much as it may.
    static func reason(_ isCutShort: Bool) -> String { isCutShort ? "length" : "stop" }

    /// The same, of a run: it waits for results where a model called tools of the client's.
    static func reason(_ response: FlowResponse) -> String {
        response.toolCalls.isEmpty ? reason(response.isCutShort) : "tool_calls"
    }

    /// A call as a message has it.
    static func json(_ call: CallerCall) -> JSONValue {
        [
            "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(call.argumentsText)],
        ]
    }

    static func usage(_ tokens: CountedTokens) -> JSONValue {
        [
            "prompt_tokens": .integer(tokens.input), "completion_tokens": .integer(tokens.output),
            "total_tokens": .integer(tokens.input + tokens.output),
        ]
    }

    /// The whole answer of a run.
    func document(_ response: FlowResponse, stops: [String]) -> JSONValue {
        var (text, citations) = response.wholeText
        var reason = Self.reason(response)
        var calls = response.toolCalls
        if !stops.isEmpty {
            var sequences = StopSequences(stops)
            text = sequences.take(text) + sequences.end()
            if sequences.hasStopped {
                reason = "stop"
                calls = []
            }
            let end = text.unicodeScalars.count
            citations.removeAll { $0.range.upperBound > end }
        }
        var message: [String: JSONValue] = [
            "role": "assistant", "refusal": nil, "annotations": .array(citations.map(\.chatJSON)),
            "content": text.isEmpty && !calls.isEmpty ? .null : .string(text),
        ]
        if !calls.isEmpty { message["tool_calls"] = .array(calls.map(Self.json)) }
        return [
            "id": .string(id), "object": "chat.completion", "created": .integer(created),
            "model": .string(model), "system_fingerprint": nil, "usage": Self.usage(response.tokens),
            "choices": [
                [
                    "index": 0, "finish_reason": .string(reason), "logprobs": nil,
                    "message": .object(message),
                ]
            ],
        ]
    }

    /// One chunk of a stream.
    ///
    /// - Parameter usage: `nil` leaves the member out, which it is unless the client wants it.
    func chunk(delta: JSONValue, reason: String? = nil, usage: JSONValue?) -> JSONValue {
        chunk(
            choices: [
                [
                    "index": 0, "delta": delta, "logprobs": nil,
                    "finish_reason": reason.map { .string($0) } ?? .null,
                ]
            ], usage: usage)
    }

    func chunk(choices: [JSONValue], usage: JSONValue?) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "object": "chat.completion.chunk", "created": .integer(created),
            "model": .string(model), "system_fingerprint": nil, "choices": .array(choices),
        ]
        if let usage { members["usage"] = usage }
        return .object(members)
    }

    static var schema: JSONSchema {
        JSONSchema([
            "type": "object", "required": ["id", "object", "created", "model", "choices", "usage"],
            "properties": [
                "object": ["const": "chat.completion"],
                "choices": [
                    "type": "array", "minItems": 1, "maxItems": 1,
                    "items": [
                        "type": "object", "required": ["index", "message", "finish_reason"],
                        "properties": [
                            "finish_reason": ["enum": ["stop", "length", "tool_calls"]],
                            "message": [
                                "type": "object", "required": ["role", "content", "annotations"],
                                "properties": [
                                    "content": ["type": ["string", "null"]],
                                    "tool_calls": ["type": "array", "items": ["type": "object"]],
                                    "annotations": ["type": "array", "items": ["type": "object"]],
                                ],
                            ],
                        ],
                    ],
                ],
                "usage": [
                    "type": "object", "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
                ],
            ],
        ]).named("OpenAIChatCompletion")
    }
}
