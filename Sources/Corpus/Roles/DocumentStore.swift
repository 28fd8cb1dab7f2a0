import Text

/// Spaces, documents and their chunks: what is stored, and how it changes.
///
/// Every write is one transaction: what belongs together (a document, its chunks, what it includes, who may
/// read it, the generation) is seen together or not at all. A write that has begun is finished even when the
/// task that asked for it is cancelled.
public protocol DocumentStore: Sendable {
    /// Grows with every transaction that changes chunks or who may read them.
    var generation: Int64 { get async throws(CorpusError) }

    func upsert(space: Space) async throws(CorpusError)

    func storedDocument(id: String) async throws(CorpusError) -> StoredDocumentState?

    /// The version of a stored document, if it was cut with these settings.
    func storedVersion(id: String, chunkSignature: String) async throws(CorpusError) -> Int?

    /// Every document's id and version.
    func storedVersions() async throws(CorpusError) -> [String: Int]

    func documentIDs(inSpace key: String) async throws(CorpusError) -> Set<String>

    /// Titles of stored documents, by id.
    func titles(ofDocuments ids: [String]) async throws(CorpusError) -> [String: String]

    /// Replaces a document, its chunks and their embeddings in one transaction.
    ///
    /// - Throws: ``CorpusError/unknownSpace(key:documentID:)`` or
    ///   ``CorpusError/countMismatch(documentID:chunks:embeddings:)`` when the document is at fault; any other
    ///   error would meet the next document too.
    func replace(_ replacement: DocumentReplacement) async throws(CorpusError) -> DocumentChange

    /// Changes who may read documents and where they stand, all in one transaction.
    func update(_ updates: [DocumentUpdate]) async throws(CorpusError)

    /// Removes documents with their chunks, and closes those that include them until they are rendered anew;
    /// ids that are not there are ignored.
    func removeDocuments(_ ids: [String]) async throws(CorpusError) -> DocumentChange
}

extension DocumentStore {
    /// Changes who may read a document; embeds nothing.
    public func setReaders(_ readers: AccessRule, ofDocument id: String) async throws(CorpusError) {
        try await update([DocumentUpdate(id: id, readers: readers)])
    }

    /// Replaces a document, its chunks and their embeddings in one transaction.
    ///
    /// - Parameters: as ``DocumentReplacement`` has them.
    public func replace(
        _ document: Document, contentHash: String, chunkSignature: String, chunks: [Chunk],
        embeddings: [[Float]], model: String, origin: PageOrigin? = nil, inclusions: [Inclusion] = []
    ) async throws(CorpusError) -> DocumentChange {
        try await replace(
            DocumentReplacement(
                document: document, contentHash: contentHash, chunkSignature: chunkSignature, chunks: chunks,
                embeddings: embeddings, model: model, origin: origin, inclusions: inclusions))
    }
}
