import Corpus
import EngineSupport
import Models
import TestSupport
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(1))) struct `What is kept is never stale` {
    private let retention = "How long are access logs kept?"
    private let bonus = "What is the secret bonus of the leads?"

    private func asked(_ text: String) throws -> Question { try Question(text, topK: 1) }

    @Test(arguments: StorageEngine.allCases)
    func `an equal question is answered without the model, and costs nothing`(engine: StorageEngine)
        async throws
    {
        let corpus = try await TestCorpus.cacheable(engine)
        let generator = CountingGenerator()
        let qa = try corpus.qa(generator)
        let first = try await qa.run(asked(retention), scope: corpus.scope())
        let second = try await qa.run(asked(retention), scope: corpus.scope())
        #expect(first.answer.text == "Access logs are kept for 30 days. [1]")
        #expect(!first.isKept)
        #expect(second.isKept)
        #expect(second.answer.text == first.answer.text)
        #expect(second.answer.citations == first.answer.citations)
        #expect(first.answer.usage?.outputTokens == 2)
        #expect(second.answer.usage?.outputTokens == 0)
        #expect(generator.calls == 1)
        #expect(corpus.embedder.texts.count { $0 == retention } == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page that was replaced is answered from anew`(engine: StorageEngine) async throws {
        let corpus = try await TestCorpus.cacheable(engine)
        let qa = try corpus.qa(CountingGenerator())
        let request = try SearchRequest(retention)
        _ = try await qa.run(asked(retention), scope: corpus.scope())
        _ = try await qa.search(request, scope: corpus.scope())
        try await corpus.put("1", "Log retention", "Access logs are kept for 90 days. Then they go.")
        let answer = try await qa.run(asked(retention), scope: corpus.scope()).answer
        let found = try await qa.search(request, scope: corpus.scope())
        #expect(answer.text == "Access logs are kept for 90 days. [1]")
        #expect(found.hits.first?.passage.chunk.text.contains("90 days") == true)
        #expect(qa.cacheStatistics.answers?.invalidations == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a page that was removed is not answered from`(engine: StorageEngine) async throws {
        let corpus = try await TestCorpus.cacheable(engine)
        let qa = try corpus.qa(CountingGenerator())
        _ = try await qa.run(asked(retention), scope: corpus.scope())
        // The indexes still have it: the database alone decides.
        _ = try await corpus.corpus.removeDocuments(["1"])
        let answer = try await qa.run(asked(retention), scope: corpus.scope())
        #expect(!answer.citedPages.contains("1"))
    }

    @Test(arguments: StorageEngine.allCases)
    func `what was asked while a page was in the database and not yet in the indexes is asked anew`(
        engine: StorageEngine
    ) async throws {
        let corpus = try await TestCorpus.cacheable(engine)
        let qa = try corpus.qa(CountingGenerator())
        let page = Document(
            id: "4", kind: .page, spaceKey: "ENG", title: "Gangway",
            text: "The gangway certificate is rotated every spring.", readers: .everybody)
        let question = try asked("When is the gangway certificate rotated?")
        let request = try SearchRequest(question.text)
        let index = try await corpus.store(page, passages: [page.text])
        let early = try await qa.run(question, scope: corpus.scope())
        _ = try await qa.search(request, scope: corpus.scope())
        try index()
        let late = try await qa.run(question, scope: corpus.scope())
        let found = try await qa.search(request, scope: corpus.scope())
        #expect(!early.citedPages.contains("4"))
        #expect(late.citedPages == ["4"])
        #expect(found.hits.first?.passage.chunk.documentID == "4")
    }

    @Test(arguments: StorageEngine.allCases)
    func `an answer during which the corpus changed is given and not kept`(engine: StorageEngine) async throws
    {
        let corpus = try await TestCorpus.cacheable(engine)
        let gate = Promise<Void>()
        let generator = CountingGenerator(gate: gate)
        let qa = try corpus.qa(generator)
        let question = try asked(retention)
        async let first = qa.run(question, scope: corpus.scope())
        try await until { generator.calls == 1 }
        try await corpus.put("5", "Tea", "Tea is at four.")
        gate.settle(.success(()))
        #expect(try await first.citedPages == ["1"])
        #expect(try await !qa.run(question, scope: corpus.scope()).isKept)
        #expect(generator.calls == 2)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a change of rights closes and opens what is kept at once`(engine: StorageEngine) async throws {
        let corpus = try await TestCorpus.cacheable(engine)
        let qa = try corpus.qa(CountingGenerator())
        let question = try asked(bonus)
        let request = try SearchRequest(bonus)
        func pages() async throws -> (answered: [String], found: [String]) {
            let answer = try await qa.run(question, scope: corpus.scope())
            let found = try await qa.search(request, scope: corpus.scope())
            return (answer.citedPages, found.hits.map(\.passage.chunk.documentID))
        }
        let closed = try await pages()
        #expect(!closed.answered.contains("3") && !closed.found.contains("3"))
        try await corpus.corpus.setReaders(.everybody, ofDocument: "3")
        for _ in 0..<2 {
            let open = try await pages()
            #expect(open.answered == ["3"] && open.found.contains("3"))
        }
        try await corpus.corpus.setReaders(.nobody, ofDocument: "3")
        let again = try await pages()
        #expect(!again.answered.contains("3") && !again.found.contains("3"))
    }

    @Test(arguments: StorageEngine.allCases)
    func `readers of other rights never share an answer or a ranking`(engine: StorageEngine) async throws {
        let corpus = try await TestCorpus.cacheable(engine)
        let generator = CountingGenerator()
        let qa = try corpus.qa(generator)
        let question = try asked(bonus)
        let request = try SearchRequest(bonus)
        let shown = try await qa.run(question, scope: corpus.scope(TestCorpus.lead))
        _ = try await qa.search(request, scope: corpus.scope(TestCorpus.lead))
        let hidden = try await qa.run(question, scope: corpus.scope())
        let found = try await qa.search(request, scope: corpus.scope())
        #expect(shown.citedPages == ["3"])
        #expect(!hidden.isKept && !hidden.answer.passages.contains { $0.chunk.documentID == "3" })
        #expect(!found.hits.contains { $0.passage.chunk.documentID == "3" })
        // Other people of the same rights do.
        let reader = Reader([.group("leads"), .user("ada")])
        #expect(try await qa.run(question, scope: corpus.scope(reader)).isKept)
    }

    @Test(arguments: StorageEngine.allCases)
    func `a reader of other rights does not join a run`(engine: StorageEngine) async throws {
        let corpus = try await TestCorpus.cacheable(engine)
        let gate = Promise<Void>()
        let generator = CountingGenerator(gate: gate)
        let qa = try corpus.qa(generator)
        let question = try asked(bonus)
        async let shown = qa.run(question, scope: corpus.scope(TestCorpus.lead))
        try await until { generator.calls == 1 }
        async let hidden = qa.run(question, scope: corpus.scope())
        try await until { qa.cacheStatistics.answers?.misses == 2 }
        gate.settle(.success(()))
        #expect(try await shown.citedPages == ["3"])
        #expect(try await !hidden.answer.passages.contains { $0.chunk.documentID == "3" })
        #expect(qa.cacheStatistics.answers?.shared == 0)
    }

    @Test(arguments: StorageEngine.allCases)
    func `nothing is kept over indexes that do not tell their revisions`(engine: StorageEngine) async throws {
        let corpus = try await TestCorpus(engine)
        try await corpus.put("1", "Log retention", "Access logs are kept for 30 days.")
        let generator = CountingGenerator()
        let qa = try corpus.qa(generator)
        for _ in 0..<2 { _ = try await qa.run(asked(retention), scope: corpus.scope()) }
        #expect(generator.calls == 2)
        #expect(qa.cacheStatistics.answers == nil)
        #expect(qa.cacheStatistics.retrieval == nil)
    }
}
