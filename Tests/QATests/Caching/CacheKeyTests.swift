import Corpus
import Flow
import JSONValue
import TestSupport
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(1))) struct `What an answer is kept under` {
    private static let text = "How long are access logs kept?"

    private static let others: [@Sendable () throws -> Question] = [
        { try Question("For how long are access logs kept?", topK: 1) },
        { try Question(text, topK: 2) },
        { try Question(text, filter: ChunkFilter(spaces: ["ENG"]), topK: 1) },
        { try Question(text, topK: 1, requiredConfidence: 0.1) },
        { try Question(text, conversation: [turn("30 days")], topK: 1) },
        { try Question(text, conversation: [turn("90 days")], topK: 1) },
        { try Question(text, conversation: [turn("30 days"), turn("30 days")], topK: 1) },
    ]

    private static func turn(_ answer: String) -> Question.Turn {
        Question.Turn(question: "Are logs kept?", answer: "For \(answer).")
    }

    @Test func `every part of a question that bears on the answer`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let generator = CountingGenerator()
        let qa = try corpus.qa(generator)
        let questions = try [Question(Self.text, topK: 1)] + Self.others.map { try $0() }
        for question in questions {
            #expect(try await !qa.run(question, scope: corpus.scope()).isKept)
        }
        for question in questions {
            #expect(try await qa.run(question, scope: corpus.scope()).isKept)
        }
        #expect(generator.calls <= questions.count)
    }

    @Test func `a measurement is served from nothing`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let generator = CountingGenerator()
        let qa = try corpus.qa(generator)
        let bare = try qa.uncached()
        for _ in 0..<2 {
            _ = try await qa.run(Question(Self.text), scope: corpus.scope())
            _ = try await bare.run(Question(Self.text), scope: corpus.scope())
        }
        #expect(generator.calls == 3)
        #expect(corpus.embedder.texts.count { $0 == Self.text } == 3)
        #expect(bare.cacheStatistics == QuestionCacheStatistics())
    }

    @Test func `a cache of no bytes or no entries is off, and the others are not`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let sizes: [CacheLimits] = [
            .none, CacheLimits(answers: .none), CacheLimits(answers: CacheLimit(bytes: 1 << 20, entries: 0)),
            CacheLimits(answers: CacheLimit(bytes: -1, entries: 10)),
        ]
        for limits in sizes {
            let generator = CountingGenerator()
            let qa = try corpus.qa(generator, caches: limits)
            for _ in 0..<2 { _ = try await qa.run(Question(Self.text), scope: corpus.scope()) }
            #expect(generator.calls == 2)
            #expect(qa.cacheStatistics.answers == nil)
            #expect((qa.cacheStatistics.retrieval == nil) == limits.retrieval.isNone)
        }
        let qa = try corpus.qa(caches: CacheLimits(embeddings: .none, retrieval: .none))
        for _ in 0..<2 { _ = try await qa.search(SearchRequest(Self.text), scope: corpus.scope()) }
        #expect(qa.cacheStatistics.embeddings == nil && qa.cacheStatistics.answers != nil)
    }

    @Test func `a ranking is kept under its text, filter and mode, and its page is not part of it`()
        async throws
    {
        let corpus = try await TestCorpus.cacheable()
        let qa = try corpus.qa()
        let requests = try [
            SearchRequest(Self.text), SearchRequest(Self.text, limit: 1),
            SearchRequest(Self.text, limit: 1, offset: 1), SearchRequest(Self.text, mode: .vector),
            SearchRequest(Self.text, mode: .keyword),
            SearchRequest(Self.text, filter: ChunkFilter(labels: ["none"])), SearchRequest("access logs"),
        ]
        for request in requests { _ = try await qa.search(request, scope: corpus.scope()) }
        #expect(qa.cacheStatistics.retrieval?.hits == 2)
        #expect(qa.cacheStatistics.retrieval?.misses == 5)
    }

    @Test func `recency orders by the time of the question, whatever is kept`() async throws {
        let corpus = try await TestCorpus.cacheable()
        let generator = CountingGenerator()
        let qa = try corpus.qa(generator, boosts: Boosts(recency: 2))
        for _ in 0..<2 {
            _ = try await qa.run(Question(Self.text), scope: corpus.scope())
            _ = try await qa.search(SearchRequest(Self.text), scope: corpus.scope())
        }
        #expect(generator.calls == 2)
        #expect(qa.cacheStatistics.answers?.misses == 0)
        // Of what is below the boosts there is no time: it is kept.
        #expect((qa.cacheStatistics.retrieval?.hits ?? 0) > 0)
    }

    @Test func `only flows of components that are known to be pure are kept`() throws {
        let pure = try QuestionAnswering.builtIn()
        func digest(_ change: (inout FlowDefinition) -> Void) -> String? {
            var flow = pure
            change(&flow)
            return CacheableFlow.digest(flow, parts: ["model"])
        }
        #expect(digest { _ in } != nil)
        #expect(
            try CacheableFlow.digest(QuestionAnswering.builtIn(boosts: Boosts(title: 2)), parts: []) != nil)
        #expect(
            try CacheableFlow.digest(QuestionAnswering.builtIn(boosts: Boosts(recency: 2)), parts: []) == nil)
        #expect(try CacheableFlow.digest(QuestionAnswering.builtIn(external: [.kendra]), parts: []) == nil)
        #expect(digest { $0.graph.components.append(FlowGraph.Node(id: "now", type: "CurrentDate")) } == nil)
        #expect(
            digest { flow in
                for index in flow.graph.components.indices
                where flow.graph.components[index].type == BuildPrompt.type {
                    flow.graph.components[index].parameters["temperature"] = .number(0.7)
                }
            } == nil)
        #expect(digest { $0.graph.components[0].bodies["body"] = .named("other") } == nil)
        #expect(digest { $0.description += "!" } != digest { _ in })
        #expect(
            CacheableFlow.digest(pure, parts: ["a", "b"]) != CacheableFlow.digest(pure, parts: ["ab", ""]))
    }
}
