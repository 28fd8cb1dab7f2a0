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
    func `what passages are found by is told as it is stored`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        let ids = try await sample.put("1", ["the wheel", "the race"], title: "Mill", labels: ["b", "a"])
            .added
        let texts = try await sample.store.passageTexts(ids: ids.reversed() + [9_999])
        #expect(
            texts.sorted { $0.id < $1.id }
                == zip(ids, ["the wheel", "the race"]).map { id, text in
                    PassageText(
                        id: id, title: "Mill", headingPath: ["Heading"], body: text, labels: ["a", "b"],
                        page: "the wheel\nthe race")
                })
        #expect(
            try await sample.store.chunkIDs(ofDocuments: ["1", "2"], model: SampleCorpus.model).sorted()
                == ids)
        #expect(try await sample.store.chunkIDs(ofDocuments: ["1"], model: "other").isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `which documents changed after a moment is told, labels too`(engine: CorpusEngine) async throws {
        let sample = try await SampleCorpus(engine)
        #expect(try await sample.store.changeSequence() == 0)
        try await sample.put("1", ["the wheel"])
        try await sample.put("2", ["the race"])
        let then = try await sample.store.changeSequence()
        #expect(try await sample.store.documentsChanged(after: 0) == ["1", "2"])
        #expect(try await sample.store.documentsChanged(after: then) == [])
        let place = DocumentPlace(spaceKey: "ENG", ancestors: [], labels: ["water"])
        try await sample.store.update([DocumentUpdate(id: "2", place: place)])
        #expect(try await sample.store.documentsChanged(after: then) == ["2"])
        let ids = try await sample.store.chunkIDs(ofDocuments: ["2"], model: SampleCorpus.model)
        #expect(try await sample.store.passageTexts(ids: ids).map(\.labels) == [["water"]])
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
