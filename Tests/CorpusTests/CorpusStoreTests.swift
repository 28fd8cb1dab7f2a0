import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing
import Text

/// A small corpus to ask.
struct SampleCorpus {
    let store: any CorpusStore
    static let model = "test"

    init(_ store: any CorpusStore) async throws {
        self.store = store
        try await store.upsert(space: Space(key: "ENG", name: "Engineering"))
        try await store.upsert(space: Space(key: "HR", name: "People"))
    }

    init() async throws {
        try await self.init(SQLiteCorpus.inMemory())
    }

    /// One chunk for each text; vectors point along the axis of the text's position.
    @discardableResult
    func put(
        _ id: String, _ texts: [String], title: String = "Page", space: String = "ENG",
        readers: AccessRule = .everybody, labels: [String] = [], kind: Document.Kind = .page,
        updated: Date? = nil
    ) async throws -> DocumentChange {
        let whole = texts.joined(separator: "\n")
        var offset = 0
        let chunks = texts.enumerated().map { ordinal, text in
            defer { offset += text.utf8.count + 1 }
            return Chunk(
                ordinal: ordinal, headingPath: ["Heading"], kind: .prose, text: text,
                embeddedText: title + "\n" + text, tokenCount: 3, range: offset..<(offset + text.utf8.count))
        }
        return try await store.replace(
            Document(
                id: id, kind: kind, spaceKey: space, title: title, labels: labels, updatedAt: updated,
                text: whole,
                readers: readers),
            contentHash: ContentHash.of(whole), chunkSignature: "s", chunks: chunks,
            embeddings: chunks.map { [Float($0.ordinal), 1, 0] }, model: Self.model)
    }

    /// Documents that hold these words, as one reader finds them.
    func find(
        _ words: String, _ reader: Reader = .anonymous, filter: ChunkFilter = .everything
    ) async throws -> [String] {
        let matches = try await store.keywordSearch(
            QueryTerms(words), limit: 10, filter: filter, reader: reader)
        return try await store.chunks(matches.map(\.chunkID), reader: reader).map(\.documentID)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The corpus` {

    @Test func `an empty corpus answers with nothing`() async throws {
        let sample = try await SampleCorpus()
        #expect(try await sample.find("anything").isEmpty)
        #expect(try await sample.store.chunks([1, 2], reader: .anonymous).isEmpty)
        #expect(try await sample.store.summary(reader: .anonymous).documents == 0)
        #expect(try await sample.store.context(ofChunk: 7, reader: .anonymous) == nil)
    }

    @Test func `replacing a document replaces its chunks and never reuses an id`() async throws {
        let sample = try await SampleCorpus()
        let first = try await sample.put("1", ["the mill wheel turns", "the race flows"])
        let second = try await sample.put("1", ["the dam holds"])
        #expect(second.removed == first.added)
        #expect(Set(second.added).isDisjoint(with: first.added))
        #expect(try await sample.find("wheel").isEmpty)
        #expect(try await sample.find("dam") == ["1"])
        #expect(try await sample.store.chunkIDs(model: SampleCorpus.model) == Set(second.added))
    }

    @Test func `stems and accents do not hide a word`() async throws {
        let sample = try await SampleCorpus()
        try await sample.put("1", ["Rotating the certificates in Valparaíso"])
        #expect(try await sample.find("certificate rotation rotated valparaiso") == ["1"])
    }

    @Test(arguments: ["\"", "AND", "NEAR(", "a\"b*", "col:word", "-", "ü", "NOT dam", "(((", "dam^2"])
    func `no question is taken for FTS5's query language`(question: String) async throws {
        let sample = try await SampleCorpus()
        try await sample.put("1", ["the dam holds"])
        // Its words are looked for as words, and its signs are none.
        let expected = question.contains("dam") ? ["1"] : []
        #expect(try await sample.find(question) == expected)
    }

    @Test func `a removed document is gone from search, chunks and counts`() async throws {
        let sample = try await SampleCorpus()
        let added = try await sample.put("1", ["the dam holds"]).added
        #expect(try await sample.store.removeDocuments(["1", "unknown"]).removed == added)
        #expect(try await sample.find("dam").isEmpty)
        #expect(try await sample.store.summary(reader: .anonymous).chunks == 0)
    }

    @Test func `embeddings are kept by model and text`() async throws {
        let sample = try await SampleCorpus()
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

    @Test func `filters narrow by space, label, kind and date`() async throws {
        let sample = try await SampleCorpus()
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

    @Test func `the context of a passage is what stands around it`() async throws {
        let sample = try await SampleCorpus()
        let ids = try await sample.put("1", ["before", "the dam", "after"]).added
        let context = try #require(try await sample.store.context(ofChunk: ids[1], reader: .anonymous))
        #expect(context.before == "before\n")
        #expect(context.chunk.text == "the dam")
        #expect(context.after == "\nafter")
    }

    @Test func `a document of an unknown space is refused by name`() async throws {
        let store = try SQLiteCorpus.inMemory()
        let document = Document(
            id: "9", kind: .page, spaceKey: "NO", title: "x", text: "", readers: .everybody)
        await #expect(throws: CorpusError.unknownSpace(key: "NO", documentID: "9")) {
            try await store.replace(
                document, contentHash: "", chunkSignature: "", chunks: [], embeddings: [], model: "m")
        }
    }

    @Test func `the generation grows with every change of chunks or readers`() async throws {
        let sample = try await SampleCorpus()
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
