/// Vectors, by what was embedded and by the chunk that it belongs to.
public protocol EmbeddingStore: Sendable {
    /// The embeddings that are already known of these texts' hashes.
    func embeddings(
        model: String, contentHashes: [String]
    ) async throws(CorpusError) -> [String: [Float]]

    /// Ids of all chunks embedded by `model`.
    func chunkIDs(model: String) async throws(CorpusError) -> Set<Int64>

    /// How many chunks are embedded by `model`. Loads no ids.
    func countChunks(model: String) async throws(CorpusError) -> Int

    /// The vectors of some chunks, in no order; a chunk that is gone is left out.
    func vectors(ids: [Int64], model: String) async throws(CorpusError) -> [(id: Int64, vector: [Float])]

    /// Removes embeddings that no chunk uses any more.
    ///
    /// - Returns: how many went.
    @discardableResult
    func removeUnusedEmbeddings() async throws(CorpusError) -> Int
}
