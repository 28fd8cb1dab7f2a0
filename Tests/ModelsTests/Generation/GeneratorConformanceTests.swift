import Concurrency
import Foundation
import Models
import TestSupport
import Testing
import Transport

/// A generator as the suite makes it, with a question that it can answer.
struct GeneratorUnderTest: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var make: @Sendable () throws -> any Generator

    static let all = [
        GeneratorUnderTest(testDescription: "extractive") {
            var configuration = ExtractiveGenerator.Configuration()
            configuration.requiredConfidence = 0
            return ExtractiveGenerator(embedder: HashingEmbedder(), configuration: configuration)
        },
        GeneratorUnderTest(testDescription: "Converse") {
            ConverseGenerator(try AWSDouble().bedrock(), .init(modelID: "anthropic.claude-3"))
        },
        GeneratorUnderTest(testDescription: "OpenAI") {
            OpenAIGenerator(try OpenAIServer().endpoint(), .init(model: "m"))
        },
    ]

    static let question = GroundedPrompt(
        instructions: "Answer from the passages.", question: "How long does a failover take?",
        passages: [
            .init(
                marker: 1, title: "Runbook", headingPath: ["Failover"],
                text: "A failover takes ten minutes. Rest.")
        ])
}

/// What every ``Generator`` keeps to.
@Suite struct `Every generator` {
    private func events(_ sequence: PulledSequence<GenerationEvent>) async throws -> [GenerationEvent] {
        var events: [GenerationEvent] = []
        for try await event in sequence { events.append(event) }
        return events
    }

    @Test(arguments: GeneratorUnderTest.all)
    func `ends with its one finish, usage told once at most`(_ tested: GeneratorUnderTest) async throws {
        let generator = try tested.make()
        #expect(!generator.name.isEmpty)
        let events = try await events(generator.generate(GeneratorUnderTest.question))
        #expect(events.last == .finished(.complete))
        #expect(events.filter { if case .finished = $0 { true } else { false } }.count == 1)
        #expect(events.filter { if case .usage = $0 { true } else { false } }.count <= 1)
        let text = events.map { event in
            switch event {
            case .text(let text): text
            case .quotation(let quotation): "\(quotation.text) [\(quotation.marker)]"
            default: ""
            }
        }.joined()
        #expect(text.contains("ten minutes"))
        #expect(text.contains("[1]"))
    }

    @Test(arguments: GeneratorUnderTest.all)
    func `has nothing to say after its end`(_ tested: GeneratorUnderTest) async throws {
        var reading = try tested.make().generate(GeneratorUnderTest.question).makeAsyncIterator()
        while try await reading.next() != nil {}
        for _ in 0..<2 { #expect(try await reading.next() == nil) }
    }

    @Test(arguments: GeneratorUnderTest.all)
    func `answers anew each time that its sequence is read`(_ tested: GeneratorUnderTest) async throws {
        let sequence = try tested.make().generate(GeneratorUnderTest.question)
        let first = try await events(sequence)
        #expect(try await events(sequence) == first)
    }

    @Test(arguments: GeneratorUnderTest.all)
    func `refuses a request that nobody can carry out, when it is read`(
        _ tested: GeneratorUnderTest
    ) async throws {
        for request in InvalidRequests.all.map(\.request) {
            let answer = try tested.make().generate(request)
            let error = await #expect(throws: ModelsError.self) { try await events(answer) }
            guard case .invalidRequest = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test(arguments: GeneratorUnderTest.all)
    func `ends with an error when its reader is cancelled`(_ tested: GeneratorUnderTest) async throws {
        let sequence = try tested.make().generate(GeneratorUnderTest.question)
        let reading = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await events(sequence)
        }
        let result = await reading.result
        #expect(throws: (any Error).self) { try result.get() }
    }
}
