import Text

/// Everything that one document's transaction writes.
public struct DocumentReplacement: Sendable {
    public var document: Document
    /// Of the source's body, to tell an unchanged page.
    public var contentHash: String
    /// Of the chunker's settings, to tell chunks that must be cut anew.
    public var chunkSignature: String
    public var chunks: [Chunk]
    /// One a chunk, in order, each of the model's dimension.
    public var embeddings: [[Float]]
    public var model: String
    /// What the text was rendered from, for pages that others may include.
    public var origin: PageOrigin?
    /// Which pages' content may stand in the text.
    public var inclusions: [Inclusion]

    public init(
        document: Document, contentHash: String, chunkSignature: String, chunks: [Chunk],
        embeddings: [[Float]], model: String, origin: PageOrigin? = nil, inclusions: [Inclusion] = []
    ) {
        self.document = document
        self.contentHash = contentHash
        self.chunkSignature = chunkSignature
        self.chunks = chunks
        self.embeddings = embeddings
        self.model = model
        self.origin = origin
        self.inclusions = inclusions
    }
    /// - Throws: ``CorpusError/countMismatch(documentID:chunks:embeddings:)``.
    @_spi(CorpusEngine) public func check() throws(CorpusError) {
        guard chunks.count == embeddings.count else {
            throw .countMismatch(
                documentID: document.id, chunks: chunks.count, embeddings: embeddings.count)
        }
    }
}
