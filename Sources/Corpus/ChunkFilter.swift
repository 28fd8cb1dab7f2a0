import Foundation

/// What a search may look at, of what its caller may read. Every part that is given must hold.
public struct ChunkFilter: Hashable, Sendable {
    /// Space keys; empty for all.
    public var spaces: Set<String>
    /// A document needs any one of these; empty for all.
    public var labels: Set<String>
    public var kinds: Set<Document.Kind>
    public var authors: Set<String>
    /// Ids of documents; empty for all.
    public var documents: Set<String>
    /// Only documents changed at this time or later.
    public var updatedAfter: Date?
    /// Of each kind a passage needs any one of these, as ``PassageInsights/folded(_:)``; empty for all.
    public var insights: [PassageInsights.Kind: Set<String>]

    public init(
        spaces: Set<String> = [], labels: Set<String> = [], kinds: Set<Document.Kind> = [],
        authors: Set<String> = [], documents: Set<String> = [], updatedAfter: Date? = nil,
        insights: [PassageInsights.Kind: Set<String>] = [:]
    ) {
        self.spaces = spaces
        self.labels = labels
        self.kinds = kinds
        self.authors = authors
        self.documents = documents
        self.updatedAfter = updatedAfter
        self.insights = insights.filter { !$0.value.isEmpty }
    }

    /// Everything that may be read.
    public static let everything = ChunkFilter()
}
