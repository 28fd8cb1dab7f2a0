import Corpus
import Foundation
import TestSupport
import Testing
import Text

@Suite(.timeLimit(.minutes(2))) struct `The corpus` {

    @Test(arguments: CorpusEngine.all)
    func `an empty corpus answers with nothing`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        #expect(try await sample.find("anything").isEmpty)
        #expect(try await sample.store.chunks([1, 2], reader: .anonymous).isEmpty)
        #expect(try await sample.store.summary(reader: .anonymous).documents == 0)
        #expect(try await sample.store.context(ofChunk: 7, reader: .anonymous) == nil)
    }

    @Test(arguments: CorpusEngine.all)
    func `replacing a document replaces its chunks and never reuses an id`(engine: CorpusEngine) async throws
    {
        let sample = try await SampleCorpus(engine)
        let first = try await sample.put("1", ["the mill wheel turns", "the race flows"])
        let second = try await sample.put("1", ["the dam holds"])
        #expect(second.removed == first.added)
        #expect(Set(second.added).isDisjoint(with: first.added))
        #expect(try await sample.find("wheel").isEmpty)
        #expect(try await sample.find("dam") == ["1"])
        #expect(try await sample.store.chunkIDs(model: SampleCorpus.model) == Set(second.added))
    }

    @Test(arguments: CorpusEngine.all)
    func `stems and accents do not hide a word`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["Rotating the certificates in Valparaíso"])
        #expect(try await sample.find("certificate rotation rotated valparaiso") == ["1"])
    }

    @Test(
        arguments: CorpusEngine.all,
        ["\"", "AND", "NEAR(", "a\"b*", "col:word", "-", "ü", "NOT dam", "(((", "dam^2"])
    func `no question is taken for FTS5's query language`(engine: CorpusEngine, question: String) async throws
    {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["the dam holds"])
        // Its words are looked for as words, and its signs are none.
        let expected = question.contains("dam") ? ["1"] : []
        #expect(try await sample.find(question) == expected)
    }

    @Test(arguments: CorpusEngine.all)
    func `a removed document is gone from search, chunks and counts`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let added = try await sample.put("1", ["the dam holds"]).added
        #expect(try await sample.store.removeDocuments(["1", "unknown"]).removed == added)
        #expect(try await sample.find("dam").isEmpty)
        #expect(try await sample.store.summary(reader: .anonymous).chunks == 0)
    }

    @Test(arguments: CorpusEngine.all)
    func `embeddings are kept by model and text`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["the dam holds"])
        let hash = ContentHash.of("Page\nthe dam holds")
        #expect(
            try await sample.store.embeddings(model: SampleCorpus.model, contentHashes: [hash])[hash] == [
                0, 1, 0,
            ])
        #expect(try await sample.store.embeddings(model: "other", contentHashes: [hash]).isEmpty)
        #expect(try await sample.store.removeUnusedEmbeddings() == 0)
        _ = try await sample.store.removeDocuments(["1"])
        #expect(try await sample.store.removeUnusedEmbeddings() == 1)
    }

    @Test(arguments: CorpusEngine.all)
    func `filters narrow by space, label, kind and date`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["dam one"], labels: ["water"], updated: Date(timeIntervalSince1970: 1_000))
        try await sample.put("2", ["dam two"], space: "HR", updated: Date(timeIntervalSince1970: 2_000))
        try await sample.put("3", ["dam three"], kind: .comment)
        #expect(try await sample.find("dam", filter: ChunkFilter(spaces: ["HR"])) == ["2"])
        #expect(
            try await sample.find("dam", filter: ChunkFilter(labels: ["water", "x"])) == ["1"])
        #expect(try await sample.find("dam", filter: ChunkFilter(kinds: [.comment])) == ["3"])
        let after = ChunkFilter(updatedAfter: Date(timeIntervalSince1970: 1_500))
        #expect(try await sample.find("dam", filter: after) == ["2"])
    }

    @Test(arguments: CorpusEngine.all)
    func `the context of a passage is what stands around it`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let ids = try await sample.put("1", ["before", "the dam", "after"]).added
        let context = try #require(try await sample.store.context(ofChunk: ids[1], reader: .anonymous))
        #expect(context.before == "before\n")
        #expect(context.chunk.text == "the dam")
        #expect(context.after == "\nafter")
    }

    @Test(arguments: CorpusEngine.all)
    func `a document of an unknown space is refused by name`(engine: CorpusEngine) async throws {
        let store = try await engine.open()
        let document = Document(
            id: "9", kind: .page, spaceKey: "NO", title: "x", text: "", readers: .everybody)
        await #expect(throws: CorpusError.unknownSpace(key: "NO", documentID: "9")) {
            try await store.replace(
                document, contentHash: "", chunkSignature: "", chunks: [], embeddings: [], model: "m")
        }
    }

    @Test(arguments: CorpusEngine.all)
    func `the generation grows with every change of chunks or readers`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        try await sample.put("1", ["dam"])
        let before = try await sample.store.generation
        try await sample.store.setReaders(.nobody, ofDocument: "1")
        let between = try await sample.store.generation
        _ = try await sample.store.removeDocuments(["1"])
        #expect(before < between)
        let after = try await sample.store.generation
        #expect(between < after)
    }
}
