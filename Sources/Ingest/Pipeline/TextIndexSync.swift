import Corpus
import TextIndex

/// Brings an index of words level with the database, which alone is the truth.
///
/// A chunk's id is never used again and its text never changes, so the difference of the two sets of ids is most of
/// what must be mended; labels change without the text, which the database's log of changes tells.
public enum TextIndexSync {
    /// Adds what the index lacks, removes what the database no longer has, and stores anew what documents' own
    /// changes reach.
    ///
    /// For use at start and after an ingest, like ``VectorIndexSync``.
    ///
    /// - Parameter known: documents whose changes are in the index already.
    /// - Complexity: two sets of all ids; passages are read in batches.
    @discardableResult
    public static func level(
        store: any EmbeddingStore & PassageTextStore, index: WordIndex, model: String,
        known: Set<String> = []
    ) async throws -> (added: Int, removed: Int, renewed: Int) {
        // First: what changes from here on is not in what is read below for certain.
        let now = try await store.changeSequence()
        // The index before the passages: what another process stores meanwhile is then missing at most, and never taken for
        // surplus.
        let ids = try await index.ids()
        let stored = try await store.chunkIDs(model: model)
        let changed = try await stale(store, index, model, known: known)
        if changed?.isEmpty == true, VectorIndexSync.isLevel(ids, with: stored) {
            if index.levelledUpTo != now { try await index.save(upTo: now) }
            return (0, 0, 0)
        }
        let indexed = Set(ids)
        let surplus = indexed.subtracting(stored)
        try await index.remove(surplus.sorted())
        let missing = stored.subtracting(indexed)
        let stale = changed?.intersection(indexed) ?? indexed.intersection(stored)
        for batch in batches(missing.union(stale).sorted()) {
            try await index.upsert(try await store.passageTexts(ids: Array(batch)))
        }
        try await index.save(upTo: now)
        return (missing.count, surplus.count, stale.count)
    }

    /// Stores anew the passages of documents whose own facts have changed.
    static func renew(
        _ documents: [String], store: any PassageTextStore, index: WordIndex, model: String
    ) async throws {
        let ids = try await store.chunkIDs(ofDocuments: documents, model: model)
        for batch in batches(ids) {
            try await index.upsert(try await store.passageTexts(ids: Array(batch)))
        }
    }

    /// Passages that the index may have as they were; `nil` for any.
    private static func stale(
        _ store: any PassageTextStore, _ index: WordIndex, _ model: String, known: Set<String>
    ) async throws -> Set<Int64>? {
        guard let since = index.levelledUpTo, let changed = try await store.documentsChanged(after: since)
        else { return nil }
        let documents = changed.subtracting(known)
        return Set(try await store.chunkIDs(ofDocuments: documents.sorted(), model: model))
    }

    private static func batches(_ ids: [Int64]) -> [ArraySlice<Int64>] {
        let size = WordIndex.batchSize
        return stride(from: 0, to: ids.count, by: size).map { ids[$0..<min($0 + size, ids.count)] }
    }
}
