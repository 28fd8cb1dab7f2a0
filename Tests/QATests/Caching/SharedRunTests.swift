import Concurrency
import Corpus
import Models
import TestSupport
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(1))) struct `Equal questions at once` {
    private let text = "How long are access logs kept?"

    @Test func `a hundred are one call of the model and one embedding`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let gate = Promise<Void>()
        let generator = CountingGenerator(gate: gate)
        let qa = try corpus.qa(generator)
        let question = try Question(text, topK: 1)
        let results = try await withThrowingTaskGroup(of: FlowResult.self) { group in
            for _ in 0..<100 {
                group.addTask { try await qa.run(question, scope: corpus.scope()) }
            }
            try await until { qa.cacheStatistics.answers?.shared == 99 }
            gate.settle(.success(()))
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(generator.calls == 1)
        #expect(corpus.embedder.texts.count { $0 == text } == 1)
        #expect(Set(results.map(\.answer.text)) == ["Access logs are kept for 30 days. [1]"])
        // One of them was paid for.
        #expect(results.count { $0.answer.usage?.outputTokens == 2 } == 1)
        #expect(qa.cacheStatistics.answers?.misses == 1)
    }

    @Test func `a hundred searches rank once`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let qa = try corpus.qa()
        let request = try SearchRequest(text)
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<100 {
                group.addTask {
                    try await qa.search(request, scope: corpus.scope()).hits
                        .map(\.passage.chunk.documentID)
                }
            }
            for try await pages in group { #expect(pages.first == "1") }
        }
        #expect(qa.cacheStatistics.retrieval?.misses == 1)
        #expect(corpus.embedder.texts.count { $0 == text } == 1)
    }

    @Test func `whoever leaves takes nothing from the others, the one who began included`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let gate = Promise<Void>()
        let generator = CountingGenerator(gate: gate)
        let qa = try corpus.qa(generator)
        let question = try Question(text, topK: 1)
        let first = Task { try await qa.run(question, scope: corpus.scope()) }
        try await until { generator.calls == 1 }
        let others = (0..<3).map { _ in Task { try await qa.run(question, scope: corpus.scope()) } }
        try await until { qa.cacheStatistics.answers?.shared == 3 }
        first.cancel()
        others[0].cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        await #expect(throws: CancellationError.self) { try await others[0].value }
        gate.settle(.success(()))
        for other in others.dropFirst() { #expect(try await other.value.citedPages == ["1"]) }
        #expect(generator.calls == 1)
    }

    @Test func `a run that nobody waits for is ended`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let generator = CountingGenerator(gate: Promise())
        let qa = try corpus.qa(generator)
        let question = try Question(text, topK: 1)
        let tasks = (0..<2).map { _ in Task { try await qa.run(question, scope: corpus.scope()) } }
        try await until { generator.calls == 1 && qa.cacheStatistics.answers?.shared == 1 }
        tasks[0].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[0].value }
        #expect(generator.cancellations == 0)
        tasks[1].cancel()
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        try await until { generator.cancellations == 1 }
    }

    @Test func `a failure is told to all and not kept`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let gate = Promise<Void>()
        let generator = CountingGenerator(gate: gate, failures: 1)
        let qa = try corpus.qa(generator)
        let question = try Question(text, topK: 1)
        let tasks = (0..<5).map { _ in Task { try await qa.run(question, scope: corpus.scope()) } }
        try await until { qa.cacheStatistics.answers?.shared == 4 }
        gate.settle(.success(()))
        for task in tasks { await #expect(throws: QAError.self) { try await task.value } }
        #expect(generator.calls == 1)
        #expect(qa.cacheStatistics.answers?.entries == 0)
        #expect(try await qa.run(question, scope: corpus.scope()).citedPages == ["1"])
    }

    @Test func `a stream reads a run from its beginning, and a kept answer as the run told it`() async throws
    {
        let corpus = try await TestCorpus.cacheable()
        let gate = Promise<Void>()
        let generator = CountingGenerator(gate: gate)
        let qa = try corpus.qa(generator)
        let question = try Question(text, topK: 1)
        @Sendable func shown() async throws -> [String] {
            var shown: [String] = []
            for try await event in try qa.events(question, scope: corpus.scope()) {
                if let text = event.shown { shown.append(text) }
            }
            return shown
        }
        async let first = shown()
        try await until { generator.calls == 1 }
        async let second = shown()
        async let whole = qa.run(question, scope: corpus.scope())
        try await until { qa.cacheStatistics.answers?.shared == 2 }
        gate.settle(.success(()))
        let told = try await first
        #expect(try await second == told)
        #expect(try await "finished \(whole.answer.text)" == told.last)
        #expect(try await shown() == told)
        #expect(told.first?.hasPrefix("passages") == true)
        #expect(told.contains { $0.hasPrefix("token") })
        #expect(generator.calls == 1)
        #expect(qa.cacheStatistics.answers?.hits == 1)
    }

    @Test func `a stream that is dropped ends its run, and the same question begins another`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let generator = CountingGenerator(gate: Promise())
        let qa = try corpus.qa(generator)
        let question = try Question(text, topK: 1)
        for try await event in try qa.events(question, scope: corpus.scope()) {
            if case .passages = event { break }
        }
        let next = Task { try await qa.run(question, scope: corpus.scope()) }
        try await until { qa.cacheStatistics.answers?.misses == 2 && generator.calls > 0 }
        #expect(qa.cacheStatistics.answers?.shared == 0)
        next.cancel()
        await #expect(throws: CancellationError.self) { try await next.value }
    }
}
