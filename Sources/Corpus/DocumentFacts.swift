/// What searches count documents by.
public struct DocumentFacts: Hashable, Sendable {
    public var id: String
    public var kind: Document.Kind
    public var spaceKey: String
    public var spaceName: String
    public var labels: [String]
    public var author: String?

    public init(
        id: String, kind: Document.Kind, spaceKey: String, spaceName: String, labels: [String],
        author: String?
    ) {
        self.id = id
        self.kind = kind
        self.spaceKey = spaceKey
        self.spaceName = spaceName
        self.labels = labels
        self.author = author
    }
}
