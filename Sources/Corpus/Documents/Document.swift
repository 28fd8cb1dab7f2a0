import Foundation

/// A Confluence space.
public struct Space: Hashable, Sendable, Codable {
    public var key: String
    public var name: String
    /// `global`, `personal`, … as the source says; empty when it does not.
    public var type: String

    public init(key: String, name: String, type: String = "") {
        self.key = key
        self.name = name
        self.type = type
    }
}

/// A page above another one in the tree.
public struct Ancestor: Hashable, Sendable, Codable {
    public var id: String
    public var title: String

    public init(id: String, title: String) {
        self.id = id
        self.title = title
    }
}

/// One thing that can be read in Confluence, as Millrace remembers it.
public struct Document: Hashable, Sendable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case page, blogPost, comment, attachment
    }

    /// The source's own id, unique within the corpus.
    public var id: String
    public var kind: Kind
    public var spaceKey: String
    public var title: String
    /// Grows by one with each edit.
    public var version: Int
    /// From the root of the space down to the parent.
    public var ancestors: [Ancestor]
    public var labels: [String]
    /// The display name, or `nil` when the source hides it.
    public var author: String?
    public var updatedAt: Date?
    /// Where a browser opens it, or `nil` when the source does not say.
    public var url: String?
    /// Rendered text. A chunk's range counts UTF-8 bytes of it.
    public var text: String
    public var readers: AccessRule

    public init(
        id: String, kind: Kind, spaceKey: String, title: String, version: Int = 1, ancestors: [Ancestor] = [],
        labels: [String] = [], author: String? = nil, updatedAt: Date? = nil, url: String? = nil,
        text: String,
        readers: AccessRule
    ) {
        self.id = id
        self.kind = kind
        self.spaceKey = spaceKey
        self.title = title
        self.version = version
        self.ancestors = ancestors
        self.labels = labels
        self.author = author
        self.updatedAt = updatedAt
        self.url = url
        self.text = text
        self.readers = readers
    }
}
