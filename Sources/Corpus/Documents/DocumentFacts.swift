import Foundation

/// What searches count documents by, and order them by besides what they say.
public struct DocumentFacts: Hashable, Sendable {
    public var id: String
    public var kind: Document.Kind
    public var spaceKey: String
    public var spaceName: String
    public var labels: [String]
    public var author: String?
    public var title: String
    /// When it was last changed; `nil` when that is not known.
    public var updatedAt: Date?

    public init(
        id: String, kind: Document.Kind, spaceKey: String, spaceName: String, labels: [String],
        author: String?, title: String = "", updatedAt: Date? = nil
    ) {
        self.id = id
        self.kind = kind
        self.spaceKey = spaceKey
        self.spaceName = spaceName
        self.labels = labels
        self.author = author
        self.title = title
        self.updatedAt = updatedAt
    }
}
