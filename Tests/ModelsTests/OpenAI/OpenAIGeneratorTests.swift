import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Answers through OpenAI's interface` {
    private let server: OpenAIServer
    init() throws {
        server = try OpenAIServer()
    }

    private func prompt(maxTokens: Int = 100) -> GroundedPrompt {
        GroundedPrompt(
            instructions: "Answer from the passages.", question: "How long?",
            passages: [
                .init(
                    marker: 1, title: "Runbook", headingPath: ["Failover"],
                    text: "It takes ten minutes. Rest.")
            ], maxTokens: maxTokens)
    }

    private func generator(
        _ model: String = "m", change: (inout OpenAIGenerator.Configuration) -> Void = { _ in }
    ) throws -> OpenAIGenerator {
        var configuration = OpenAIGenerator.Configuration(model: model)
        change(&configuration)
        return OpenAIGenerator(try server.endpoint(), configuration)
    }

    // MARK: Text

    @Test(arguments: ["m", "noisy"])
    func `stream, and end with reason and usage`(model: String) async throws {
        let events = try await generator(model).generate(prompt()).collected()
        #expect(events.text == "It takes ten minutes. [1]")
        #expect(events.count > 3)
        #expect(events.last == .finished(.complete))
        guard case .usage(let usage) = events.dropLast().last else {
            Issue.record("\(events)")
            return
        }
        #expect(usage.inputTokens > 10)
        #expect(usage.outputTokens == 5)
    }

    @Test func `have no usage where it is not asked for`() async throws {
        let events = try await generator { $0.asksForUsage = false }.generate(prompt()).collected()
        #expect(events.usage == nil)
        #expect(events.last == .finished(.complete))
    }

    @Test func `are cut at the limit of tokens, and say so`() async throws {
        for field in OpenAIGenerator.TokenLimitField.allCases {
            let events = try await generator { $0.tokenLimitField = field }.generate(prompt(maxTokens: 2))
                .collected()
            #expect(events.text == "It takes ")
            #expect(events.last == .finished(.maxTokens))
        }
        let sent = String(decoding: try await server.requestsText(), as: UTF8.self)
        #expect(sent.contains(#""max_tokens": 2"#) && sent.contains(#""max_completion_tokens": 2"#))
    }

    @Test func `come from models that take neither temperature nor the old limit, by settings alone`()
        async throws
    {
        let refused = await #expect(throws: OpenAIError.self) {
            try await generator("o1").generate(prompt()).collected()
        }
        guard case .invalidRequest = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        let events = try await generator("o1") {
            ($0.tokenLimitField, $0.sendsTemperature) = (.maxCompletionTokens, false)
            $0.fields = ["reasoning_effort": "low"]
        }.generate(prompt()).collected()
        #expect(events.text == "It takes ten minutes. [1]")
    }

    @Test func `that a filter cuts are filtered`() async throws {
        try await server.fail("filtered")
        #expect(try await generator().generate(prompt()).collected().last == .finished(.filtered))
    }

    @Test func `end before a stop sequence`() async throws {
        let events = try await generator().generate(
            GenerationRequest(messages: [Message(.user, "Hello.")], stopSequences: ["was"])
        ).collected()
        #expect(events.text == "No passage ")
        #expect(events.last == .finished(.complete))
    }

    // MARK: Thoughts

    @Test(arguments: ["reasoner", "thinker", "noisy-thinker", "noisy-reasoner"])
    func `never hold what the model thought`(model: String) async throws {
        let events = try await generator(model).generate(prompt()).collected()
        #expect(events.text == "It takes ten minutes. [1]")
        #expect(events.thoughts == ["The question needs one passage, and passage [9] is not it."])
        guard case .reasoning = events.first else {
            Issue.record("\(events)")
            return
        }
    }

    @Test(arguments: ["reasoner", "thinker"])
    func `are empty where the limit cuts the thought`(model: String) async throws {
        let events = try await generator(model).generate(prompt(maxTokens: 3)).collected()
        #expect(events.text.isEmpty)
        #expect(events.thoughts.count == 1)
        #expect(events.last == .finished(.maxTokens))
    }

    @Test func `are about images, too`() async throws {
        let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1, 2, 3])
        let asked = GroundedQuestion(question: "What is it?", passages: prompt().passages)
        let events = try await generator().generate(
            GenerationRequest(
                messages: [
                    Message(.user, [.text("Look."), .image(try ImageContent(png)), .grounding(asked)])
                ])
        ).collected()
        #expect(events.text == "It takes ten minutes. [1]")
    }

    // MARK: Failures

    @Test(arguments: ["cut", "midway", "no-done", "reset", "500"])
    func `that break off are thrown, never a short answer`(fault: String) async throws {
        try await server.fail(fault)
        var told: [GenerationEvent] = []
        let answer = try generator().generate(prompt())
        let error = await #expect(throws: OpenAIError.self) {
            for try await event in answer { told.append(event) }
        }
        #expect(error?.isRetryable == true)
        #expect(!told.contains { if case .finished = $0 { true } else { false } })
    }

    @Test func `that are no stream are refused`() async throws {
        try await server.fail("not-json")
        let error = await #expect(throws: OpenAIError.self) {
            try await generator().generate(prompt()).collected()
        }
        guard case .unexpectedResponse = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `cannot be asked of a request that no model takes`() async throws {
        for request in InvalidRequests.all.map(\.request) {
            let answer = try generator().generate(request)
            await #expect(throws: ModelsError.self) { try await answer.collected() }
        }
        #expect(try await server.requests().isEmpty)
    }

    // MARK: Reading

    @Test func `are asked for by the first read, and have nothing to say after their end`() async throws {
        let generator = try generator { $0.name = "Model" }
        #expect(generator.name == "Model")
        let answer = generator.generate(prompt())
        var reading = answer.makeAsyncIterator()
        #expect(try await server.requests().isEmpty)
        while try await reading.next() != nil {}
        for _ in 0..<2 { #expect(try await reading.next() == nil) }
        #expect(try await answer.collected().text == "It takes ten minutes. [1]")
        #expect(try await server.requests().count == 2)
    }

    @Test func `have nothing to say after a failure`() async throws {
        for fault in ["500", "midway"] {
            try await server.fail(fault)
            var reading = try generator().generate(prompt()).makeAsyncIterator()
            await #expect(throws: OpenAIError.self) {
                while try await reading.next() != nil {}
            }
            #expect(try await reading.next() == nil)
        }
        #expect(try await server.requests().count == 2)
    }

    @Test(arguments: ["slow", "stall"])
    func `end with their reader's task`(fault: String) async throws {
        try await server.fail(fault)
        let answer = try generator().generate(prompt())
        let reading = Task { try await answer.collected() }
        while try await server.requests().isEmpty { await Task.yield() }
        reading.cancel()
        let result = await reading.result
        #expect(throws: OpenAIError.transport(.cancelled, operation: "chat/completions", model: "m")) {
            try result.get()
        }
    }
}
