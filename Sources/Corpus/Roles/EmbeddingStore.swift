import Foundation

/// Vectors, by what was embedded and by the chunk that it belongs to.
public protocol EmbeddingStore: Sendable {
    /// The embeddings that are already known of these texts' hashes.
    func embeddings(
        model: String, contentHashes: [String]
    ) async throws(CorpusError) -> [String: [Float]]

    /// Which of these texts' hashes have evidence that was cut by these rules.
    func evidenceHashes(
        model: String, rules: Int, contentHashes: [String]
    ) async throws(CorpusError) -> Set<String>

    /// Keeps what was derived of texts beside their embeddings: the vectors of their units of evidence.
    ///
    /// - Parameter evidence: by hash of the embedded text; replaces what is there.
    func saveEvidence(_ evidence: [String: Data], model: String, rules: Int) async throws(CorpusError)

    /// Ids of all chunks embedded by `model`.
    func chunkIDs(model: String) async throws(CorpusError) -> Set<Int64>

    /// How many chunks are embedded by `model`. Loads no ids.
    func countChunks(model: String) async throws(CorpusError) -> Int

    /// The vectors of some chunks, in no order; a chunk that is gone is left out.
    func vectors(ids: [Int64], model: String) async throws(CorpusError) -> [(id: Int64, vector: [Float])]

    /// Removes embeddings, evidence and insights that no chunk uses any more.
    ///
    /// - Returns: how many embeddings went.
    @discardableResult
    func removeUnusedEmbeddings() async throws(CorpusError) -> Int
}
