import Concurrency
import Foundation
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Answers through Converse` {
    private let server: AWSDouble
    private let model = "anthropic.claude-3-haiku-20240307-v1:0"

    init() throws {
        server = try AWSDouble()
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

    private func events(_ prompt: GroundedPrompt) async throws -> [GenerationEvent] {
        let generator = ConverseGenerator(try server.bedrock(), .init(modelID: model))
        var events: [GenerationEvent] = []
        for try await event in generator.generate(prompt) { events.append(event) }
        return events
    }

    private func text(_ events: [GenerationEvent]) -> String {
        events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    @Test func `the answer streams and ends with reason and usage`() async throws {
        let events = try await events(prompt())
        #expect(text(events) == "It takes ten minutes. [1]")
        #expect(events.count > 3)
        #expect(events.last == .finished(.complete))
        guard case .usage(let usage) = events.dropLast().last else {
            Issue.record("\(String(describing: events.dropLast().last))")
            return
        }
        #expect(usage.inputTokens > 10)
        #expect(usage.outputTokens == 5)
        #expect(usage.cacheReadTokens == 0)
    }

    @Test func `an answer cut at its token limit says so`() async throws {
        let events = try await events(prompt(maxTokens: 2))
        #expect(text(events) == "It takes ")
        #expect(events.last == .finished(.maxTokens))
    }

    @Test func `a guardrail's intervention is a filtered answer`() async throws {
        try await server.fail("filtered")
        #expect(try await events(prompt()).last == .finished(.filtered))
    }

    @Test(arguments: ["throttle", "midway", "cut", "bad-frame"])
    func `a failure is thrown, never a short answer`(fault: String) async throws {
        try await server.fail(fault)
        let error = await #expect(throws: BedrockError.self) { try await events(prompt()) }
        #expect(error?.isRetryable == true)
    }

    @Test func `nothing is asked before the stream is read`() async throws {
        let generator = ConverseGenerator(try server.bedrock(), .init(modelID: model, name: "Haiku"))
        #expect(generator.name == "Haiku")
        _ = generator.generate(prompt()).makeAsyncIterator()
        #expect(try await server.requests().isEmpty)
    }

    @Test func `cancelling the reader ends the answer`() async throws {
        try await server.fail("slow")
        let generator = ConverseGenerator(try server.bedrock(), .init(modelID: model))
        let stream = generator.generate(prompt())
        let task = Task { for try await _ in stream {} }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        let result = await task.result
        #expect(throws: BedrockError.transport(.cancelled)) { try result.get() }
    }
}
