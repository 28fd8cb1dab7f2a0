import Foundation

/// A stored document without its text.
public struct DocumentDescription: Hashable, Sendable {
    public var id: String
    public var kind: Document.Kind
    public var spaceKey: String
    public var spaceName: String
    public var title: String
    public var version: Int
    /// From the root of the space down to the parent.
    public var ancestors: [Ancestor]
    public var labels: [String]
    public var author: String?
    public var updatedAt: Date?
    public var url: String?
    public var chunkCount: Int

    public init(
        id: String, kind: Document.Kind, spaceKey: String, spaceName: String, title: String, version: Int,
        ancestors: [Ancestor], labels: [String], author: String?, updatedAt: Date?, url: String?,
        chunkCount: Int
    ) {
        self.id = id
        self.kind = kind
        self.spaceKey = spaceKey
        self.spaceName = spaceName
        self.title = title
        self.version = version
        self.ancestors = ancestors
        self.labels = labels
        self.author = author
        self.updatedAt = updatedAt
        self.url = url
        self.chunkCount = chunkCount
    }
}
