import Corpus
import VectorIndex

extension IngestPipeline {
    /// Removes documents from the database and from the indexes that follow it, without any source.
    ///
    /// What a source still has comes back when it is read in full.
    ///
    /// - Returns: which chunks went, and how many documents; ids that are not there are ignored.
    @discardableResult
    public func removeDocuments(_ ids: [String]) async throws -> DocumentChange {
        let change = try await store.removeDocuments(ids)
        if let index { try await VectorWriter(index).remove(change.removed.map { UInt64(bitPattern: $0) }) }
        try await words?.remove(change.removed)
        return change
    }
}
