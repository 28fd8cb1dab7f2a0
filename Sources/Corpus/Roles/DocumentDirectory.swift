/// Stored documents as a caller may see them. One that may not be read is as one that is not there.
public protocol DocumentDirectory: Sendable {
    /// By id, so that a page begins where the one before ended, whatever changed meanwhile.
    ///
    /// - Parameters:
    ///   - filter: what passages were analyzed for is not looked at.
    ///   - id: the last one of the page before; empty for the first page.
    func documents(
        matching filter: ChunkFilter, after id: String, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [DocumentDescription]

    func document(_ id: String, scope: ReadScope) async throws(CorpusError) -> DocumentDescription?

    /// The rendered text.
    func text(ofDocument id: String, scope: ReadScope) async throws(CorpusError) -> String?

    /// The passages of a document in reading order; `nil` when it is not there.
    ///
    /// - Parameter ordinal: the first one's.
    func chunks(
        ofDocument id: String, from ordinal: Int, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [StoredChunk]?

    /// Why `reader` may read a document or may not; `nil` when it is not there for `scope`.
    func access(
        toDocument id: String, of reader: Reader, scope: ReadScope
    ) async throws(CorpusError) -> DocumentAccess?
}
