/// One step of a corpus's passages: one came, went or changed its readers, or its document changed its place.
public struct ChunkChange: Hashable, Sendable {
    public var sequence: Int64
    public var documentID: String
    /// `nil` when it was the document that changed: its space, kind, labels, author or date.
    public var chunkID: Int64?
    /// Who could read the passage before; `nil` when it was not there.
    public var before: AccessClassID?
    /// Who can now; `nil` when it is gone.
    public var after: AccessClassID?

    public init(
        sequence: Int64, documentID: String, chunkID: Int64? = nil, before: AccessClassID? = nil,
        after: AccessClassID? = nil
    ) {
        self.sequence = sequence
        self.documentID = documentID
        self.chunkID = chunkID
        self.before = before
        self.after = after
    }
}
