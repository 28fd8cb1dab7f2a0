import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Tools and shaped answers through OpenAI's interface` {
    private let server: OpenAIServer
    private let schema: JSONValue = [
        "type": "object", "properties": ["title": ["type": "string"], "score": ["type": "integer"]],
        "required": ["title", "score"], "additionalProperties": false,
    ]
    private let tools = ["count_pages", "find_page"].map { name in
        ToolDefinition(
            name: name, description: "Knows the pages of a space.",
            parameters: [
                "type": "object", "properties": ["space": ["type": "string"]], "required": ["space"],
            ])
    }

    init() throws {
        server = try OpenAIServer()
    }

    private func generator(
        _ model: String = "m", change: (inout OpenAIGenerator.Configuration) -> Void = { _ in }
    ) throws -> OpenAIGenerator {
        var configuration = OpenAIGenerator.Configuration(model: model)
        change(&configuration)
        return OpenAIGenerator(try server.endpoint(), configuration)
    }

    @Test(arguments: ["m", "noisy"])
    func `are calls that come whole, and their results are answered`(model: String) async throws {
        var request = GenerationRequest(
            messages: [Message(.user, "Please count_pages and find_page.")], tools: tools)
        let asked = try await generator(model).generate(request).collected()
        #expect(asked.last == .finished(.toolCalls))
        #expect(asked.text.isEmpty)
        #expect(asked.calls.map(\.name) == ["count_pages", "find_page"])
        #expect(asked.calls.allSatisfy { $0.arguments == ["space": "a space"] })
        #expect(Set(asked.calls.map(\.id)).count == 2)
        request.messages += [
            Message(.assistant, [.text("I look.")] + asked.calls.map { .toolCall($0) }),
            Message(
                .tool,
                [
                    .toolResult(ToolResult(callID: asked.calls[0].id, content: .json(["count": 41]))),
                    .toolResult(
                        ToolResult(callID: asked.calls[1].id, content: .text("No such space."), isError: true)
                    ),
                ]),
        ]
        let told = try await generator(model).generate(request).collected()
        #expect(told.text == #"The tool said: {"count":41}; The call failed: No such space."#)
        #expect(told.last == .finished(.complete))
    }

    @Test(arguments: [ToolChoice.required, .named("find_page")])
    func `are called where the request wants it`(choice: ToolChoice) async throws {
        let events = try await generator().generate(
            GenerationRequest(messages: [Message(.user, "Hello.")], tools: tools, toolChoice: choice)
        ).collected()
        #expect(events.calls.map(\.name) == [choice == .required ? "count_pages" : "find_page"])
        #expect(events.last == .finished(.toolCalls))
    }

    @Test func `are not called with arguments that the limit cuts`() async throws {
        let events = try await generator().generate(
            GenerationRequest(
                messages: [Message(.user, "Hello.")], tools: tools, toolChoice: .required, maxTokens: 2)
        ).collected()
        #expect(events.calls.isEmpty)
        #expect(events.last == .finished(.maxTokens))
    }

    @Test(arguments: OpenAIGenerator.StructuredOutput.allCases, ["m", "thinker"])
    func `are text that keeps to the schema, in each of the ways to ask for it`(
        form: OpenAIGenerator.StructuredOutput, model: String
    ) async throws {
        let events = try await generator(model) { $0.structuredOutput = form }.generate(
            GenerationRequest(
                messages: [Message(.user, "Judge it.")], outputFormat: .json(name: "verdict", schema: schema))
        ).collected()
        #expect(events.calls.isEmpty)
        #expect(events.last == .finished(.complete))
        let answer = try JSONValue(parsing: events.text)
        // The double has no schema where it stands in the instructions.
        #expect(
            answer
                == (form == .jsonObject
                    ? ["answer": "No passage was given."] : ["title": "a title", "score": 7]))
    }

    @Test func `are asked for all the same where OpenAI does not keep to a schema strictly`() async throws {
        let events = try await generator().generate(
            GenerationRequest(
                messages: [Message(.user, "Judge it.")],
                outputFormat: .json(
                    name: "verdict", schema: ["type": "object", "properties": ["title": ["type": "string"]]]))
        ).collected()
        #expect(events.text == #"{"title": "a title"}"#)
    }

    @Test func `stream where a tool takes the answer`() async throws {
        let events = try await generator("noisy") { $0.structuredOutput = .tool }.generate(
            GenerationRequest(
                messages: [Message(.user, "Judge it.")], outputFormat: .json(name: "verdict", schema: schema),
                maxTokens: 2)
        ).collected()
        #expect(events.text.count == 14)
        #expect(events.last == .finished(.maxTokens))
    }

    @Test func `go with the thought that led to a call, where the model wants it back`()
        async throws
    {
        var request = GenerationRequest(
            messages: [Message(.user, "Please count_pages.")], tools: tools)
        let generator = try generator("reasoner") { $0.returnsReasoning = true }
        let asked = try await generator.generate(request).collected()
        let call = try #require(asked.calls.first)
        request.messages += [
            Message(.assistant, [.reasoning(Reasoning(text: asked.thoughts.joined())), .toolCall(call)]),
            Message(.tool, [.toolResult(ToolResult(callID: call.id, content: .text("41")))]),
        ]
        #expect(try await generator.generate(request).collected().text == "The tool said: 41")
        let last = try JSONValue(parsing: try await server.requestsText()).array?.last?["body"]?["messages"]?
            .array
        #expect(last?[1]["reasoning_content"]?.string?.hasPrefix("The question needs") == true)
    }
}
