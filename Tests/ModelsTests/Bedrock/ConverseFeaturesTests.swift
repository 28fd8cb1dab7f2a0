import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `What Converse can beyond text` {
    private let server: AWSDouble
    private let model = "anthropic.claude-3-haiku-20240307-v1:0"
    private let schema: JSONValue = [
        "type": "object", "properties": ["minutes": ["type": "integer"], "name": ["type": "string"]],
        "required": ["minutes", "name"],
    ]

    init() throws {
        server = try AWSDouble()
    }

    private func events(
        _ request: GenerationRequest, _ change: (inout ConverseGenerator.Configuration) -> Void = { _ in }
    ) async throws -> [GenerationEvent] {
        var configuration = ConverseGenerator.Configuration(modelID: model)
        change(&configuration)
        let generator = ConverseGenerator(try server.bedrock(), configuration)
        var events: [GenerationEvent] = []
        for try await event in generator.generate(request) { events.append(event) }
        return events
    }

    private func text(_ events: [GenerationEvent]) -> String {
        events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    private func intervention(_ events: [GenerationEvent]) -> GuardrailIntervention? {
        events.compactMap { if case .intervened(let told) = $0 { told } else { nil } }.first
    }

    private func usage(_ events: [GenerationEvent]) -> TokenUsage? {
        events.compactMap { if case .usage(let usage) = $0 { usage } else { nil } }.first
    }

    private func grounded(_ passage: String = "It takes ten minutes. Rest.") -> GenerationRequest {
        GroundedPrompt(
            instructions: "Answer from the passages.", question: "How long?",
            passages: [.init(marker: 1, title: "Runbook", headingPath: [], text: passage)]
        ).request
    }

    private func lastBody() async throws -> JSONValue? {
        try JSONValue(parsing: try await server.requestsText()).array?.last?["body"]
    }

    @Test func `an image is shown to the model`() async throws {
        let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + [UInt8](repeating: 7, count: 40))
        let request = GenerationRequest(
            messages: [Message(.user, [.image(try ImageContent(png)), .text("What is it?")])])
        #expect(text(try await events(request)) == "I see a PNG image of 48 bytes.")
        #expect(throws: ModelsError.self) { try ImageContent(Data("<svg/>".utf8)) }
        #expect(throws: ModelsError.self) {
            try ImageContent(png + Data(count: ImageContent.limitBytes))
        }
    }

    @Test func `what a model thinks is kept apart from what it says`() async throws {
        let events = try await events(grounded()) { $0.thinkingTokens = 2_048 }
        let thoughts = events.compactMap { if case .reasoning(let thought) = $0 { thought } else { nil } }
        let thought = try #require(thoughts.first)
        #expect(!thought.text.isEmpty && thought.signature?.isEmpty == false)
        #expect(text(events) == "It takes ten minutes. [1]")
        let body = try await lastBody()
        #expect(body?["additionalModelRequestFields"]?["thinking"]?["budget_tokens"]?.integer == 2_048)
        #expect(body?["inferenceConfig"]?["temperature"] == nil)
        #expect(body?["inferenceConfig"]?["maxTokens"]?.integer == 1_024 + 2_048)
        // It goes back unchanged in front of the call that followed it.
        let call = ToolCall(id: "c1", name: "count", arguments: [:])
        let tool = ToolDefinition(name: "count", description: "Counts.", parameters: ["type": "object"])
        var next = GenerationRequest(
            messages: [
                Message(.user, "Count."), Message(.assistant, [.reasoning(thought), .toolCall(call)]),
                Message(.tool, [.toolResult(ToolResult(callID: "c1", content: .text("41")))]),
            ], tools: [tool])
        next.maxTokens = 100
        #expect(text(try await self.events(next)).contains("41"))
        let block = try await lastBody()?["messages"]?.array?[1]["content"]?.array?[0]["reasoningContent"]
        #expect(block?["reasoningText"]?["signature"]?.string == thought.signature)
    }

    @Test func `a guardrail judges by passages and question, and says so when it steps in`() async throws {
        let guardrail = ConverseRequest.Guardrail(identifier: "gr123", version: "1")
        let fine = try await events(grounded()) { $0.guardrail = guardrail }
        #expect(text(fine) == "It takes ten minutes. [1]" && fine.last == .finished(.complete))
        let content = try await lastBody()?["messages"]?.array?[0]["content"]?.array ?? []
        let qualifiers = content.map { $0["guardContent"]?["text"]?["qualifiers"]?.array?.first?.string }
        #expect(qualifiers == ["grounding_source", "query"])
        let blocked = try await events(grounded("This is forbidden. Rest.")) { $0.guardrail = guardrail }
        #expect(text(blocked) == "This was blocked." && blocked.last == .finished(.filtered))
        let told = try #require(intervention(blocked))
        #expect(told.guardrail == "gr123" && told.version == "1" && told.isBlocked)
        #expect(told.policies == [.word] && told.places == [.question])
        #expect((told.requestID?.count ?? 0) > 10)
        #expect("\(told)".contains("gr123") && "\(told)".contains(told.requestID ?? "?"))
        #expect(!"\(told)".contains("forbidden"))
        #expect(intervention(fine) == nil)
    }

    @Test func `what a guardrail only masks is an answer still`() async throws {
        let masked = try await events(grounded("Write to kim@example.org. Rest.")) {
            $0.guardrail = ConverseRequest.Guardrail(identifier: "gr123", version: "1")
        }
        #expect(text(masked) == "Write to {EMAIL}. [1]" && masked.last == .finished(.complete))
        let told = try #require(intervention(masked))
        #expect(!told.isBlocked && told.policies == [.sensitiveInformation] && told.places == [.answer])
    }

    @Test func `a filter of the provider's own is told apart from a guardrail`() async throws {
        try await server.fail("filtered")
        let events = try await events(grounded())
        #expect(events.last == .finished(.filtered))
        #expect(intervention(events)?.isBlocked == true && intervention(events)?.guardrail == nil)
    }

    @Test func `a model that thinks may write its data as text, which is taken out of it`() async throws {
        // It cannot be made to call, and repeats what a tool gave back.
        let call = ToolCall(id: "t1", name: "duration", arguments: [:])
        func asked(_ result: String) -> GenerationRequest {
            GenerationRequest(
                messages: [
                    Message(.user, "How long?"), Message(.assistant, [.toolCall(call)]),
                    Message(.tool, [.toolResult(ToolResult(callID: "t1", content: .text(result)))]),
                ], outputFormat: .json(name: "duration", schema: schema))
        }
        let data = try await events(asked(#"{"minutes": 7, "name": "a"}."#)) { $0.thinkingTokens = 1_024 }
        #expect(text(data) == #"{"minutes": 7, "name": "a"}"#)
        #expect(data.last == .finished(.complete))
        #expect(try await lastBody()?["toolConfig"]?["toolChoice"] == nil)
        // What holds no data is passed on for the caller to judge, and never lost.
        let other = try await events(asked("nothing")) { $0.thinkingTokens = 1_024 }
        #expect(text(other) == "The tool said: nothing")
    }

    @Test func `a model that thinks and calls all the same answers with its call`() async throws {
        let request = GenerationRequest(
            messages: [Message(.user, "Tell the duration.")],
            outputFormat: .json(name: "duration", schema: schema))
        let told = try await events(request) { $0.thinkingTokens = 1_024 }
        #expect(try JSONValue(parsing: text(told)) == ["minutes": 7, "name": "a name"])
        #expect(told.last == .finished(.complete))
    }

    @Test func `a guardrail looks at texts without a model`() async throws {
        let runtime = try server.bedrock()
        let guardrail = ConverseRequest.Guardrail(identifier: "gr123", version: "DRAFT")
        let fine = try await runtime.applyGuardrail(
            guardrail, to: [("A quiet text.", nil), ("What?", .query)], source: .input)
        #expect(!fine.hasIntervened && fine.outputs.isEmpty)
        let blocked = try await runtime.applyGuardrail(
            guardrail, to: [("It is forbidden.", nil)], source: .output)
        #expect(blocked.hasIntervened && blocked.outputs == ["This was blocked."])
        let masked = try await runtime.applyGuardrail(
            guardrail, to: [("Write to kim@example.org.", nil)], source: .output)
        #expect(masked.hasIntervened && masked.outputs.first?.contains("kim@example.org") == false)
        #expect(!masked.assessments.isEmpty)
    }

    @Test func `instructions and tools are cached, and what that saves is counted`() async throws {
        let tool = ToolDefinition(name: "count", description: "Counts.", parameters: ["type": "object"])
        var request = grounded()
        request.tools = [tool]
        let first = usage(try await events(request) { $0.cachesPrompt = true })
        let second = usage(try await events(request) { $0.cachesPrompt = true })
        #expect((first?.cacheWriteTokens ?? 0) > 0 && first?.cacheReadTokens == 0)
        #expect(second?.cacheReadTokens == first?.cacheWriteTokens)
        let body = try await lastBody()
        #expect(body?["system"]?.array?.last?["cachePoint"]?["type"] == "default")
        #expect(body?["toolConfig"]?["tools"]?.array?.last?["cachePoint"]?["type"] == "default")
    }

    @Test(arguments: [true, false])
    func `an answer of a schema comes by the model's own way or by a tool`(knowsSchemas: Bool) async throws {
        var request = grounded()
        request.outputFormat = .json(name: "duration", schema: schema)
        let events = try await events(request) { $0.knowsSchemas = knowsSchemas }
        let answer = try JSONValue(parsing: text(events))
        #expect(answer["minutes"]?.integer != nil && answer["name"]?.string != nil)
        #expect(events.last == .finished(.complete))
        let body = try await lastBody()
        #expect((body?["outputConfig"] != nil) == knowsSchemas)
        #expect((body?["toolConfig"] == nil) == knowsSchemas)
    }

    @Test func `a prompt that is too long, and a model that is not enabled, say what they are`() async throws
    {
        let long = GenerationRequest(
            messages: [Message(.user, String(repeating: "word ", count: 200_001))])
        let tooLong = await #expect(throws: BedrockError.self) { try await events(long) }
        guard case .contextTooLong = tooLong else {
            Issue.record("\(String(describing: tooLong))")
            return
        }
        let disabled = await #expect(throws: BedrockError.self) {
            try await events(grounded()) { $0.modelID = "disabled.model-v1:0" }
        }
        guard case .modelNotEnabled(let details) = disabled else {
            Issue.record("\(String(describing: disabled))")
            return
        }
        #expect(details.requestID.count > 10 && disabled?.description.contains("Model access") == true)
    }

    @Test func `dollars are counted by the million, what was cached for less`() {
        let price = ModelPrice(input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75)
        let usage = TokenUsage(
            inputTokens: 1_000, outputTokens: 200, cacheReadTokens: 10_000, cacheWriteTokens: 400)
        #expect(abs(price.cost(of: usage) - 0.0105) < 1e-9)
    }
}
