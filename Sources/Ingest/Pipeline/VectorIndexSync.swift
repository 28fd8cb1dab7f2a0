import Corpus
import VectorIndex

/// Brings a vector index level with the database, which alone is the truth.
///
/// A chunk's id is never used again and its vector never changes, so the difference of the two sets of ids
/// is all that must be mended. Nothing is embedded.
public enum VectorIndexSync {
    static let batchSize = 1_000

    /// Adds what the index lacks and removes what the database no longer has.
    ///
    /// For use at start and after an ingest: a crash between the database's commit and the index's file
    /// costs nothing more than this.
    ///
    /// - Complexity: two sets of all ids; vectors are read in batches of 1,000.
    @discardableResult
    public static func level(
        store: any EmbeddingStore, index: any VectorStore, model: String
    ) async throws -> (added: Int, removed: Int) {
        let writer = VectorWriter(index)
        // The index first: what another process stores meanwhile is then missing at most, and never taken for surplus.
        let ids = try await writer.ids().map { Int64(bitPattern: $0) }
        let stored = try await store.chunkIDs(model: model)
        if isLevel(ids, with: stored) { return (0, 0) }
        let indexed = Set(ids)
        let surplus = indexed.subtracting(stored).sorted()
        for batch in batches(surplus) {
            try await writer.remove(batch.map { UInt64(bitPattern: $0) })
        }
        let missing = stored.subtracting(indexed).sorted()
        for batch in batches(missing) {
            let vectors = try await store.vectors(ids: Array(batch), model: model)
            try await writer.upsert(
                vectors.map { VectorEntry(id: UInt64(bitPattern: $0.id), vector: $0.vector) })
        }
        return (missing.count, surplus.count)
    }

    /// Whether an index holds exactly what is stored, as it nearly always does: told without a set of its ids.
    ///
    /// - Parameter ids: of an index, each once.
    static func isLevel(_ ids: [Int64], with stored: Set<Int64>) -> Bool {
        ids.count == stored.count && ids.allSatisfy(stored.contains)
    }

    private static func batches(_ ids: [Int64]) -> [ArraySlice<Int64>] {
        stride(from: 0, to: ids.count, by: batchSize).map { ids[$0..<min($0 + batchSize, ids.count)] }
    }
}
