import Foundation
import JSONValue
import TestSupport
import Testing

@testable import Models

@Suite struct `What a server of OpenAI's interface is sent` {
    private func body(
        _ request: GenerationRequest, change: (inout OpenAIGenerator.Configuration) -> Void = { _ in }
    ) throws -> JSONValue {
        var configuration = OpenAIGenerator.Configuration(model: "m")
        change(&configuration)
        return try JSONValue(parsing: OpenAIChatRequest(request, configuration).body)
    }

    private let tool = ToolDefinition(
        name: "count_pages", description: "Counts the pages of a space.", parameters: ["type": "object"])

    @Test func `is told of strict tools and of one call at a time, only where these are wanted`() throws {
        var request = GenerationRequest(messages: [Message(.user, "Count.")], tools: [tool])
        let plain = try body(request)
        #expect(plain["parallel_tool_calls"] == nil)
        #expect(plain["tools"]?.array?[0]["function"]?["strict"] == nil)
        request.tools[0].isStrict = true
        request.allowsSeveralCalls = false
        let strict = try body(request)
        #expect(strict["parallel_tool_calls"] == false)
        #expect(strict["tools"]?.array?[0]["function"]?["strict"] == true)
        // Without tools a server of OpenAI's refuses the field.
        request.tools = []
        #expect(try body(request)["parallel_tool_calls"] == nil)
    }

    @Test func `is the conversation, with one system message and roles that alternate`() throws {
        let calls = ["t1", "t2"].map {
            ToolCall(id: $0, name: "count_pages", arguments: ["space": .string($0)])
        }
        let results = [
            ToolResult(callID: "t1", content: .json(["count": 41])),
            ToolResult(callID: "t2", content: .text("There is no such space."), isError: true),
        ]
        let request = GenerationRequest(
            messages: [
                Message(.system, "Answer briefly."), Message(.system, "In English."), Message(.system, ""),
                Message(.user, "Count."), Message(.user, [.text("ENG,"), .text("OPS.")]),
                Message(.assistant, [.reasoning(Reasoning(text: "Hm.")), .text("I count.")]),
                Message(.assistant, calls.map { .toolCall($0) }),
                Message(.tool, [.toolResult(results[0])]), Message(.tool, [.toolResult(results[1])]),
                Message(.assistant, [.reasoning(Reasoning(text: "Oh."))]), Message(.user, "So?"),
            ], tools: [tool], toolChoice: .named("count_pages"), stopSequences: ["END"], maxTokens: 50,
            temperature: 0)
        let function: JSONValue = [
            "name": "count_pages", "description": "Counts the pages of a space.",
            "parameters": ["type": "object"],
        ]
        let sent = calls.map { call -> JSONValue in
            [
                "id": .string(call.id), "type": "function",
                "function": ["name": "count_pages", "arguments": .string(#"{"space":"\#(call.id)"}"#)],
            ]
        }
        #expect(
            try body(request) == [
                "model": "m", "stream": true, "stream_options": ["include_usage": true], "max_tokens": 50,
                "temperature": 0, "stop": ["END"], "tools": [["type": "function", "function": function]],
                "tool_choice": ["type": "function", "function": ["name": "count_pages"]],
                "messages": [
                    ["role": "system", "content": "Answer briefly.\n\nIn English."],
                    ["role": "user", "content": "Count.\n\nENG,\n\nOPS."],
                    ["role": "assistant", "content": "I count.", "tool_calls": .array(sent)],
                    ["role": "tool", "tool_call_id": "t1", "content": #"{"count":41}"#],
                    [
                        "role": "tool", "tool_call_id": "t2",
                        "content": "The call failed: There is no such space.",
                    ],
                    ["role": "user", "content": "So?"],
                ],
            ])
    }

    @Test func `shows the images of calls behind all their results`() throws {
        let gif = try ImageContent(Data("GIF89a123".utf8))
        let calls = ["t1", "t2"].map { ToolCall(id: $0, name: "count_pages", arguments: [:]) }
        let opening = [Message(.user, "Look."), Message(.assistant, calls.map { .toolCall($0) })]
        let results = [
            Message(.tool, [.toolResult(ToolResult(callID: "t1", content: .text("One."), images: [gif]))]),
            Message(.tool, [.toolResult(ToolResult(callID: "t2", content: .text("None.")))]),
        ]
        let shown: [JSONValue] = [
            ["type": "text", "text": "The images that the call t1 returned:"],
            ["type": "image_url", "image_url": ["url": "data:image/gif;base64,R0lGODlhMTIz"]],
        ]
        let sent = try #require(try body(GenerationRequest(messages: opening + results))["messages"]?.array)
        #expect(sent.map { $0["role"]?.string } == ["user", "assistant", "tool", "tool", "user"])
        #expect(sent[2]["content"]?.string == "One." && sent[4]["content"] == .array(shown))
        // What the user says next is of the same turn.
        let next = try body(GenerationRequest(messages: opening + results + [Message(.user, "So?")]))
        let last = next["messages"]?.array?.last
        #expect(last?["content"] == .array(shown + [["type": "text", "text": "So?"]]))
        #expect(next["messages"]?.array?.count == 5)
    }

    @Test func `is a grounded question in the words that Bedrock is sent`() throws {
        let asked = GroundedQuestion(
            question: "Why?",
            passages: [.init(marker: 1, title: "</passage>", headingPath: [], text: "a < b")])
        let sent = try body(
            GenerationRequest(messages: [Message(.system, "Be brief."), Message(.user, [.grounding(asked)])]))
        let messages = try #require(sent["messages"]?.array)
        #expect(messages[0]["content"]?.string == "Be brief.\n\n\(PassagePrompt.guardrail)")
        #expect(messages[1]["content"]?.string == PassagePrompt(asked).text)
    }

    @Test(arguments: [JSONValue.null, "x", [1]])
    func `is a call with an object, whatever the model wrote`(arguments: JSONValue) throws {
        let call = ToolCall(id: "t", name: "f", arguments: arguments)
        let sent = try body(
            GenerationRequest(
                messages: [
                    Message(.user, "Hi."), Message(.assistant, [.toolCall(call)]),
                    Message(.tool, [.toolResult(ToolResult(callID: "t", content: .text("x")))]),
                ]))
        let message = sent["messages"]?.array?[1]
        #expect(message?["content"] == .null)
        #expect(message?["tool_calls"]?.array?[0]["function"]?["arguments"] == "{}")
    }

    @Test func `is an image between the texts around it`() throws {
        let gif = Data("GIF89a123".utf8)
        let sent = try body(
            GenerationRequest(
                messages: [
                    Message(.user, [.text("a"), .image(try ImageContent(gif)), .text("b"), .text("c")])
                ]))
        #expect(
            sent["messages"]?.array?[0]["content"] == [
                ["type": "text", "text": "a"],
                ["type": "image_url", "image_url": ["url": "data:image/gif;base64,R0lGODlhMTIz"]],
                ["type": "text", "text": "b"], ["type": "text", "text": "c"],
            ])
    }

    @Test func `holds nothing that was not asked for`() throws {
        let request = GenerationRequest(messages: [Message(.user, "Hi.")], temperature: 0.5)
        #expect(
            try body(request) {
                ($0.asksForUsage, $0.sendsTemperature) = (false, false)
                $0.fields = ["seed": 1, "stream": false]
            } == [
                // What the settings say of a field goes before ours.
                "model": "m", "stream": false, "seed": 1, "messages": [["role": "user", "content": "Hi."]],
            ])
    }

    @Test func `is the shape of the answer in the server's way`() throws {
        let schema: JSONValue = ["type": "object", "properties": [:], "additionalProperties": false]
        let request = GenerationRequest(
            messages: [Message(.user, "Hi.")], outputFormat: .json(name: "verdict", schema: schema))
        let strict = try body(request)
        #expect(
            strict["response_format"] == [
                "type": "json_schema", "json_schema": ["name": "verdict", "schema": schema, "strict": true],
            ])
        let object = try body(request) { $0.structuredOutput = .jsonObject }
        #expect(object["response_format"] == ["type": "json_object"])
        let told = object["messages"]?.array?[0]
        #expect(told?["role"] == "system")
        #expect(told?["content"]?.string?.contains(try schema.text()) == true)
        let tool = try body(request) { $0.structuredOutput = .tool }
        #expect(tool["response_format"] == nil)
        #expect(tool["tools"]?.array?[0]["function"]?["parameters"] == schema)
        #expect(tool["tool_choice"] == ["type": "function", "function": ["name": "verdict"]])
    }

    @Test(
        arguments: [
            (
                [
                    "type": "object", "properties": ["a": ["type": "string"]], "required": ["a"],
                    "additionalProperties": false,
                ], true
            ),
            (
                ["type": "object", "properties": ["a": ["type": "string"]], "additionalProperties": false],
                false
            ),
            (["type": "object", "properties": ["a": ["type": "string"]], "required": ["a"]], false),
            (["type": "object"], false), ([:], true), (["type": ["object", "null"]], false),
            (["type": "array", "items": ["type": "object"]], false),
            (["anyOf": [["type": "object"], ["type": "null"]]], false),
            (["anyOf": [["type": "string"], ["type": "null"]]], true),
            (["oneOf": [["type": "string"]]], false),
            (["$defs": ["x": ["type": "object"]], "$ref": "#/$defs/x"], false),
            (["enum": [["type": "object"]]], true),
        ] as [(JSONValue, Bool)])
    func `is kept to strictly where OpenAI can`(schema: JSONValue, isStrict: Bool) {
        #expect(OpenAIStrictSchema.allows(schema) == isStrict)
    }

    @Test func `is refused where JSON cannot write it`() {
        let error = #expect(throws: ModelsError.self) {
            try body(GenerationRequest(messages: [Message(.user, "Hi.")])) {
                $0.fields = ["seed": .number(.infinity)]
            }
        }
        #expect(error.map { "\($0)".contains("JSON") } == true)
    }
}
