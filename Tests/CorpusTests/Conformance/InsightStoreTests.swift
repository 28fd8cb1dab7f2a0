import Corpus
import Testing

@Suite struct `What was found out about texts` {
    private let english = PassageInsights(
        language: "en", sentiment: "neutral",
        entities: [.init(text: "Northwind  Ltd", type: "ORGANIZATION")], keyPhrases: ["the Travel budget"])
    private let german = PassageInsights(language: "de", sentiment: "negative")

    private func hash(_ title: String, _ text: String) -> String {
        ContentHash.of(title + "\n" + text)
    }

    private func filter(_ kind: PassageInsights.Kind, _ values: String...) -> ChunkFilter {
        ChunkFilter(insights: [kind: Set(values.map(PassageInsights.folded))])
    }

    @Test(arguments: CorpusEngine.all)
    func `passages show it, and filters go by it`(engine: CorpusEngine) async throws {
        let corpus = try await SampleCorpus(engine)
        try await corpus.store.saveInsights(
            [hash("A", "one word"): english, hash("B", "ein word"): german], analyzer: "t/1")
        try await corpus.put("a", ["one word", "another word"], title: "A")
        try await corpus.put("b", ["ein word"], title: "B")
        #expect(try await corpus.find("word") == ["a", "a", "b"])
        #expect(try await corpus.find("word", filter: filter(.language, "DE")) == ["b"])
        #expect(try await corpus.find("word", filter: filter(.language, "de", "en")) == ["a", "b"])
        #expect(try await corpus.find("word", filter: filter(.entity, "northwind ltd")) == ["a"])
        #expect(try await corpus.find("word", filter: filter(.keyPhrase, "The travel budget")) == ["a"])
        #expect(try await corpus.find("word", filter: filter(.sentiment, "positive")).isEmpty)
        var both = filter(.language, "en")
        both.insights[.sentiment] = ["negative"]
        #expect(try await corpus.find("word", filter: both).isEmpty)
        let scope = corpus.store.scope(for: .anonymous)
        let shown = try await corpus.store.withSnapshot(for: scope) { snapshot in
            try snapshot.chunks(snapshot.accessClasses(model: SampleCorpus.model).map(\.chunk).sorted())
                .map(\.insights)
        }
        #expect(shown == [english, nil, german])
    }

    @Test(arguments: CorpusEngine.all)
    func `what another analyzer found takes its place`(engine: CorpusEngine) async throws {
        let store = try await SampleCorpus(engine).store
        let key = hash("A", "one word")
        try await store.saveInsights([key: english], analyzer: "t/1")
        #expect(try await store.insightHashes(analyzer: "t/1", contentHashes: [key, "x"]) == [key])
        try await store.saveInsights([key: german], analyzer: "t/2")
        #expect(try await store.insightHashes(analyzer: "t/1", contentHashes: [key]).isEmpty)
        let corpus = SampleCorpus(opened: store)
        try await corpus.put("a", ["one word"], title: "A")
        #expect(try await corpus.find("word", filter: filter(.language, "en")).isEmpty)
        #expect(try await corpus.find("word", filter: filter(.language, "de")) == ["a"])
    }

    @Test(arguments: CorpusEngine.all)
    func `what no passage has any more goes with its embeddings`(engine: CorpusEngine) async throws {
        let corpus = try await SampleCorpus(engine)
        let key = hash("A", "one word")
        try await corpus.store.saveInsights([key: english], analyzer: "t/1")
        try await corpus.put("a", ["one word"], title: "A")
        try await corpus.store.removeUnusedEmbeddings()
        #expect(try await corpus.store.insightHashes(analyzer: "t/1", contentHashes: [key]) == [key])
        _ = try await corpus.store.removeDocuments(["a"])
        try await corpus.store.removeUnusedEmbeddings()
        #expect(try await corpus.store.insightHashes(analyzer: "t/1", contentHashes: [key]).isEmpty)
    }
}
