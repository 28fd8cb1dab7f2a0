import Corpus
import Models
import VectorIndex

/// Passages nearest in meaning: the question's vector against the index.
public struct DenseRetriever: Retriever {
    let corpus: any CorpusStore
    let index: any VectorStore
    let embedder: any Embedder
    let readable: ReadableChunks
    /// Breadth of the graph search; at least twice the limit is used.
    let efSearch: Int

    public init(
        corpus: any CorpusStore, index: any VectorStore, embedder: any Embedder, readable: ReadableChunks,
        efSearch: Int = 128
    ) {
        self.corpus = corpus
        self.index = index
        self.embedder = embedder
        self.readable = readable
        self.efSearch = efSearch
    }

    public func retrieve(_ query: RetrievalQuery) async throws -> [RetrievedChunk] {
        let vector: [Float]
        if let known = query.vector {
            vector = known
        } else {
            vector = try await embedder.embed([query.text], purpose: .query)[0]
        }
        let allowed = try await readable.bitmap(for: query.filter)
        guard allowed.count > 0, index.count > 0 else { return [] }
        let neighbors = try index.search(
            vector, k: query.limit, efSearch: max(efSearch, query.limit * 2), filter: .allowed(allowed))
        let score = Dictionary(
            neighbors.map { (Int64(clamping: $0.id), Double(1 - $0.distance)) },
            uniquingKeysWith: { first, _ in first })
        let chunks = try await corpus.chunks(
            neighbors.map { Int64(clamping: $0.id) }, reader: query.filter.reader)
        return chunks.enumerated().map { offset, chunk in
            let similarity = score[chunk.id] ?? 0
            return RetrievedChunk(
                chunk: chunk, vectorRank: offset + 1, vectorScore: similarity, score: similarity)
        }
    }
}
