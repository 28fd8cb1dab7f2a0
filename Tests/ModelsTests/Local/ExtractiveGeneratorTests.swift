import Concurrency
import JSONValue
import Models
import TestSupport
import Testing

@Suite struct `Extractive answers` {
    private let embedder = HashingEmbedder()

    private func events(
        _ request: GenerationRequest, confidence: Double = 0
    ) async throws -> [GenerationEvent] {
        var configuration = ExtractiveGenerator.Configuration()
        configuration.requiredConfidence = confidence
        let generator = ExtractiveGenerator(embedder: embedder, configuration: configuration)
        var events: [GenerationEvent] = []
        for try await event in generator.generate(request) { events.append(event) }
        return events
    }

    @Test func `quote the sentence, with its marker`() async throws {
        let events = try await events(GeneratorUnderTest.question.request)
        let quotation = Quotation(text: "A failover takes ten minutes.", marker: 1, ranges: [0..<29])
        #expect(events.first == .quotation(quotation))
        #expect(events.last == .finished(.complete))
    }

    @Test func `say so when nothing answers, and what comes nearest`() async throws {
        let unsure = try await events(GeneratorUnderTest.question.request, confidence: 1)
        #expect(unsure.last == .finished(.noAnswer))
        let quotation = Quotation(text: "A failover takes ten minutes.", marker: 1, ranges: [0..<29])
        #expect(unsure.contains(.nearest(quotation)))
        #expect(
            !unsure.contains { event in
                if case .quotation = event { true } else { false }
            })
        let empty = GroundedPrompt(instructions: "", question: "Why?", passages: [])
        #expect(try await events(empty.request).last == .finished(.noAnswer))
    }

    @Test func `cost nothing before they are read`() async throws {
        let generator = ExtractiveGenerator(embedder: embedder)
        _ = generator.generate(GeneratorUnderTest.question).makeAsyncIterator()
        #expect(embedder.texts.isEmpty)
    }

    @Test func `are refused for what quoting cannot do`() async throws {
        var withTools = GeneratorUnderTest.question.request
        withTools.tools = [ToolDefinition(name: "t", description: "d", parameters: [:])]
        var shaped = GeneratorUnderTest.question.request
        shaped.outputFormat = .json(name: "j", schema: [:])
        let ungrounded = GenerationRequest(messages: [Message(.user, "Why?")])
        for request in [withTools, shaped, ungrounded] {
            let error = await #expect(throws: ModelsError.self) { try await events(request) }
            guard case .unsupportedRequest(generator: "extractive", _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }
}
