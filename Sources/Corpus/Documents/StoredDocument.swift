/// What a source must know of a stored document to leave it alone.
public struct StoredDocumentState: Hashable, Sendable {
    public var version: Int
    public var contentHash: String
    public var chunkSignature: String
    public var readers: AccessRule
    public var place: DocumentPlace

    public init(
        version: Int, contentHash: String, chunkSignature: String, readers: AccessRule, place: DocumentPlace
    ) {
        self.version = version
        self.contentHash = contentHash
        self.chunkSignature = chunkSignature
        self.readers = readers
        self.place = place
    }
}

/// What changes about a stored document without its text: nothing is embedded for it.
public struct DocumentUpdate: Hashable, Sendable {
    public var id: String
    /// `nil` to leave them.
    public var readers: AccessRule?
    /// `nil` to leave it.
    public var place: DocumentPlace?

    public init(id: String, readers: AccessRule? = nil, place: DocumentPlace? = nil) {
        self.id = id
        self.readers = readers
        self.place = place
    }
}

/// Which chunks a write added and removed: what the vector index must follow.
public struct DocumentChange: Hashable, Sendable {
    public var added: [Int64]
    public var removed: [Int64]
    /// Documents that were removed.
    public var documents: Int

    public init(added: [Int64] = [], removed: [Int64] = [], documents: Int = 0) {
        self.added = added
        self.removed = removed
        self.documents = documents
    }
}
