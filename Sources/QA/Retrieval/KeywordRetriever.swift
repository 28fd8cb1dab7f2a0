import Corpus

/// Passages that share words with the question, by BM25.
public struct KeywordRetriever: Retriever {
    let corpus: any CorpusStore

    public init(corpus: any CorpusStore) {
        self.corpus = corpus
    }

    public func retrieve(_ query: RetrievalQuery) async throws -> [RetrievedChunk] {
        let matches = try await corpus.keywordSearch(
            QueryTerms(query.text), limit: query.limit, filter: query.filter)
        let score = Dictionary(
            matches.map { ($0.chunkID, $0.score) }, uniquingKeysWith: { first, _ in first })
        let chunks = try await corpus.chunks(matches.map(\.chunkID), reader: query.filter.reader)
        return chunks.enumerated().map { offset, chunk in
            RetrievedChunk(
                chunk: chunk, keywordRank: offset + 1, keywordScore: score[chunk.id],
                score: score[chunk.id] ?? 0)
        }
    }
}
