import Corpus
import CorpusSQLite
import Foundation
import Models
import TestSupport
import Testing
import Text
import TextIndex
import VectorIndex

@testable import QA

/// What one request asks of the database, whatever it finds.
@Suite(.timeLimit(.minutes(1))) struct `What a question costs the database` {
    /// 300 pages of three passages each, every one of which holds the words asked for.
    private func corpus() async throws -> (TestCorpus, SQLiteCorpus) {
        let corpus = try await TestCorpus()
        let store = try #require(corpus.corpus as? SQLiteCorpus)
        for page in 0..<300 {
            let texts = (0..<3).map { "The dam number \(page) of part \($0) holds water" }
            let chunks = texts.enumerated().map { ordinal, text in
                Chunk(
                    ordinal: ordinal, headingPath: [], kind: .prose, text: text, embeddedText: text,
                    tokenCount: 9, range: 0..<text.utf8.count)
            }
            let vectors = try await corpus.embedder.embed(texts, purpose: .passage)
            let change = try await store.replace(
                Document(
                    id: "\(page)", kind: .page, spaceKey: "ENG", title: "Dam \(page)",
                    labels: ["l\(page % 3)"], text: texts.joined(), readers: .everybody),
                contentHash: "", chunkSignature: "", chunks: chunks, embeddings: vectors,
                model: corpus.embedder.model.name)
            try corpus.index.upsert(
                zip(change.added, vectors).map { VectorEntry(id: UInt64($0), vector: $1) })
            try corpus.words.upsert(
                zip(change.added, chunks).map { id, chunk in
                    TextDocument(PassageText(id: id, chunk, title: "", labels: [], page: ""))
                })
        }
        return (corpus, store)
    }

    @Test(arguments: SearchMode.allCases, [1, 20])
    func `a search is one transaction and loads what it shows`(mode: SearchMode, limit: Int) async throws {
        let (corpus, store) = try await corpus()
        let qa = try corpus.qa()
        let request = try SearchRequest("dam water", mode: mode, limit: limit, offset: 3)
        let before = store.statistics
        let results = try await qa.search(request, scope: corpus.scope())
        #expect(results.hits.count == limit)
        #expect(results.count > 100)
        #expect(store.statistics.reads - before.reads == 1)
        #expect(store.statistics.passages - before.passages == limit)
    }

    @Test func `an answer loads the passages of its prompt and no others`() async throws {
        let (corpus, store) = try await corpus()
        let qa = try corpus.qa()
        let before = store.statistics
        let result = try await qa.run(Question("Which dam holds water?", topK: 5), scope: corpus.scope())
        let found = result.answer.passages.filter { $0.rank.vectorRank != nil || $0.rank.keywordRank != nil }
        #expect(found.count == 5)
        // The others stand beside them: this generator writes, and reads on.
        #expect(store.statistics.passages - before.passages == result.answer.passages.count)
        #expect(store.statistics.reads - before.reads <= 4)
    }

    @Test func `facets count every document found, each once`() async throws {
        let (corpus, _) = try await corpus()
        let results = try await corpus.qa().search(
            SearchRequest("dam water", mode: .keyword, limit: 5), scope: corpus.scope())
        #expect(results.facets.spaces.map(\.count) == [results.count])
        #expect(results.facets.labels.reduce(0) { $0 + $1.count } == results.count)
        #expect(results.facets.kinds.map(\.value) == ["page"])
    }
}
