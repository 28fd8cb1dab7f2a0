import Concurrency
import Corpus
import Models
import VectorIndex

/// Passages nearest in meaning: the question's vector against the index, then against the best ones' sentences.
public struct DenseRetriever: Retriever {
    let index: any VectorStore
    let embedder: any Embedder
    let readable: ReadableChunks
    /// Breadth of the graph search, at least; it is wider than the limit by ``margin``, or twice as wide.
    var efSearch: Int
    /// What a wide search needs beyond its limit: the last of several hundred passages need not be exact.
    private static let margin = 100
    let sentences: SentenceSimilarity

    public init(
        index: any VectorStore, embedder: any Embedder, readable: ReadableChunks, efSearch: Int = 128,
        sentences: SentenceSimilarity = SentenceSimilarity()
    ) {
        self.index = index
        self.embedder = embedder
        self.readable = readable
        self.efSearch = efSearch
        self.sentences = sentences
    }

    /// The same with questions embedded by another path to the same model.
    func embedding(by embedder: any Embedder) -> DenseRetriever {
        DenseRetriever(
            index: index, embedder: embedder, readable: readable, efSearch: efSearch, sentences: sentences)
    }

    public func prepare(_ query: RetrievalQuery) async throws -> RetrievalQuery {
        guard query.vector == nil else { return query }
        var query = query
        query.vector = try await embedder.embed([query.text], purpose: .query).first
        return query
    }

    public func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        try RequestTrace.immediatePart("search vectors") { span in
            let ranked = try ranked(query, in: snapshot)
            span?.set("millrace.passages", ranked.count)
            return ranked
        }
    }

    private func ranked(
        _ query: RetrievalQuery, in snapshot: any CorpusSnapshot
    ) throws -> [RankedPassage] {
        guard let vector = query.vector, index.count > 0 else { return [] }
        let allowed = try readable.bitmap(for: query.filter, in: snapshot)
        guard !allowed.isEmpty else { return [] }
        let neighbors = try index.search(
            vector, k: query.limit, efSearch: max(efSearch, query.limit + min(query.limit, Self.margin)),
            filter: .allowed(allowed))
        let nearest = neighbors.enumerated().map { offset, neighbor in
            let similarity = Double(1 - neighbor.distance)
            return RankedPassage(
                id: Int64(clamping: neighbor.id), vectorRank: offset + 1, vectorScore: similarity,
                score: similarity)
        }
        return try sentences.refined(nearest, vector: vector, in: snapshot)
    }
}
