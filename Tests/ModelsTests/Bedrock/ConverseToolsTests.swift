import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite struct `Tools and shaped answers through Converse` {
    private let server: AWSDouble
    private let model = "anthropic.claude-3-haiku-20240307-v1:0"
    private let tool = ToolDefinition(
        name: "count_pages", description: "Counts the pages of a space.",
        parameters: [
            "type": "object", "properties": ["space": ["type": "string"]], "required": ["space"],
        ])

    init() throws {
        server = try AWSDouble()
    }

    private func events(_ request: GenerationRequest) async throws -> [GenerationEvent] {
        let generator = ConverseGenerator(try server.bedrock(), .init(modelID: model))
        var events: [GenerationEvent] = []
        for try await event in generator.generate(request) { events.append(event) }
        return events
    }

    private func text(_ events: [GenerationEvent]) -> String {
        events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    private func calls(_ events: [GenerationEvent]) -> [ToolCall] {
        events.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    @Test func `the whole request is as recorded`() async throws {
        let calls = [
            ToolCall(id: "t1", name: "count_pages", arguments: ["space": "ENG"]),
            ToolCall(id: "t2", name: "count_pages", arguments: ["space": "OPS"]),
        ]
        let results = [
            ToolResult(callID: "t1", content: .json(["count": 41])),
            ToolResult(callID: "t2", content: .text("There is no such space."), isError: true),
            ToolResult(callID: "t1", content: .json([1, 2])),
        ]
        let request = GenerationRequest(
            messages: [
                Message(.system, "Answer briefly."), Message(.user, "Count the pages of ENG and OPS."),
                Message(.assistant, [.text("I count.")] + calls.map { .toolCall($0) }),
                Message(.tool, results.map { .toolResult($0) }), Message(.user, "So?"),
            ], tools: [tool], toolChoice: .named("count_pages"), stopSequences: ["END"], maxTokens: 50,
            temperature: 0)
        let replay = ReplayHTTPClient([])
        let runtime = try BedrockRuntime(
            region: "us-east-1", credentials: StaticCredentials(server.credentials), http: replay)
        let answer = ConverseGenerator(runtime, .init(modelID: model)).generate(request)
        await #expect(throws: BedrockError.self) { for try await _ in answer {} }
        let sent = try JSONValue(parsing: try #require(replay.requests.first?.body.data))
        #expect(sent == (try JSONValue(parsing: Fixtures.data("bedrock/converse-request.json"))))
    }

    /// A conversation as another provider's client keeps it, sent to the double, which checks it by Bedrock's model.
    @Test func `calls of another provider's conversation are taken`() async throws {
        let ids = ["chatcmpl-tool.7:a/b", String(repeating: "x", count: 65), "", "call_1"]
        let calls = ids.map { ToolCall(id: $0, name: "count_pages", arguments: ["space": "ENG"]) }
        let silent = ToolDefinition(name: "list", description: "", parameters: ["type": "object"])
        let messages = [
            Message(.user, "Count."), Message(.assistant, [.text(" \n")] + calls.map { .toolCall($0) }),
            Message(.tool, ids.map { .toolResult(ToolResult(callID: $0, content: .text("7"))) }),
        ]
        let replay = ReplayHTTPClient([])
        let runtime = try BedrockRuntime(
            region: "us-east-1", credentials: StaticCredentials(server.credentials), http: replay)
        for tools in [[tool, silent], []] {
            let request = GenerationRequest(messages: messages, tools: tools)
            _ = try await events(request)
            let answer = ConverseGenerator(runtime, .init(modelID: model)).generate(request)
            await #expect(throws: BedrockError.self) { for try await _ in answer {} }
        }
        let bodies = try replay.requests.map { try JSONValue(parsing: try #require($0.body.data)) }
        let blocks = bodies[0]["messages"]?.array?.map { $0["content"]?.array ?? [] } ?? []
        #expect(blocks.map(\.count) == [1, 4, 4])
        let used = blocks[1].map { $0["toolUse"]?["toolUseId"]?.string }
        #expect(used == blocks[2].map { $0["toolResult"]?["toolUseId"]?.string })
        #expect(Set(used).count == 4 && used.last == "call_1")
        #expect(used.allSatisfy { $0?.wholeMatch(of: /[a-zA-Z0-9_-]{1,64}/) != nil })
        let told = bodies[0]["toolConfig"]?["tools"]?.array?.map { $0["toolSpec"]?["description"] }
        #expect(told == [.string("Counts the pages of a space."), nil])
        // Without tools of its own a conversation with calls has those that it called.
        let names = bodies[1]["toolConfig"]?["tools"]?.array?.map { $0["toolSpec"]?["name"]?.string }
        #expect(names == ["count_pages"])
    }

    @Test func `a call comes whole, its result is answered`() async throws {
        var request = GenerationRequest(
            messages: [Message(.user, "How many pages has ENG?")], tools: [tool], toolChoice: .required)
        let asked = try await events(request)
        #expect(asked.last == .finished(.toolCalls))
        #expect(text(asked).isEmpty)
        let call = try #require(calls(asked).first)
        #expect(call.name == "count_pages")
        #expect(call.arguments == ["space": "a space"])
        request.toolChoice = .automatic
        request.messages += [
            Message(.assistant, [.toolCall(call)]),
            Message(.tool, [.toolResult(ToolResult(callID: call.id, content: .json(["count": 41])))]),
        ]
        let told = try await events(request)
        #expect(text(told) == #"The tool said: {"count": 41}"#)
        #expect(told.last == .finished(.complete))
    }

    @Test func `an image that a call returned is shown within its result`() async throws {
        let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3])
        let call = ToolCall(id: "t1", name: "count_pages", arguments: [:])
        let result = ToolResult(callID: "t1", content: .text("A chart."), images: [try ImageContent(png)])
        let told = try await events(
            GenerationRequest(
                messages: [
                    Message(.user, "Draw it."), Message(.assistant, [.toolCall(call)]),
                    Message(.tool, [.toolResult(result)]),
                ], tools: [tool]))
        #expect(text(told) == "The tool said: A chart. It showed a PNG image of 11 bytes.")
    }

    @Test func `a tool that need not be called is called when the model likes`() async throws {
        let idle = try await events(
            GenerationRequest(messages: [Message(.user, "Hello.")], tools: [tool]))
        #expect(calls(idle).isEmpty)
        #expect(idle.last == .finished(.complete))
        let keen = try await events(
            GenerationRequest(messages: [Message(.user, "Please count_pages.")], tools: [tool]))
        #expect(calls(keen).map(\.name) == ["count_pages"])
    }

    @Test func `an answer of a given shape is text that keeps to the schema`() async throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": ["title": ["type": "string"], "score": ["type": "integer"]],
        ]
        let told = try await events(
            GenerationRequest(
                messages: [Message(.user, "Judge it.")], outputFormat: .json(name: "verdict", schema: schema))
        )
        #expect(calls(told).isEmpty)
        #expect(told.last == .finished(.complete))
        #expect(try JSONValue(parsing: text(told)) == ["title": "a title", "score": 7])
    }

    @Test func `a stop sequence ends the answer before it`() async throws {
        let told = try await events(
            GenerationRequest(messages: [Message(.user, "Hello.")], stopSequences: ["was"]))
        #expect(text(told) == "No passage ")
        #expect(told.last == .finished(.stopSequence))
    }

    @Test func `tokens of the prompt cache are told apart`() async throws {
        try await server.fail("cached")
        let told = try await events(GenerationRequest(messages: [Message(.user, "Hello.")]))
        #expect(
            told.dropLast().last
                == .usage(
                    TokenUsage(inputTokens: 1, outputTokens: 4, cacheReadTokens: 3, cacheWriteTokens: 2)))
    }
}
