import Foundation
import Text

/// A stored chunk with what a citation shows of its document.
public struct StoredChunk: Hashable, Sendable {
    public var id: Int64
    public var documentID: String
    public var kind: Document.Kind
    public var chunkKind: Chunk.Kind
    public var spaceKey: String
    public var spaceName: String
    public var title: String
    public var ancestors: [Ancestor]
    public var labels: [String]
    public var author: String?
    public var updatedAt: Date?
    public var url: String?
    public var anchor: String?
    public var ordinal: Int
    public var headingPath: [String]
    public var text: String
    public var tokenCount: Int
    /// UTF-8 byte range in the document's rendered text.
    public var range: Range<Int>
    /// Of the sections that the passage is part of; `nil` when it is not known.
    public var section: Range<Int>?
    /// The vectors of its units of evidence, as they were stored with its embedding; `nil` when there are none.
    public var evidence: Data?
    /// What a service found out about the text; `nil` when none was asked.
    public var insights: PassageInsights?

    public init(
        id: Int64, documentID: String, kind: Document.Kind, chunkKind: Chunk.Kind, spaceKey: String,
        spaceName: String, title: String, ancestors: [Ancestor], labels: [String], author: String?,
        updatedAt: Date?, url: String?, anchor: String?, ordinal: Int, headingPath: [String], text: String,
        tokenCount: Int, range: Range<Int>, section: Range<Int>?, evidence: Data? = nil,
        insights: PassageInsights? = nil
    ) {
        self.id = id
        self.documentID = documentID
        self.kind = kind
        self.chunkKind = chunkKind
        self.spaceKey = spaceKey
        self.spaceName = spaceName
        self.title = title
        self.ancestors = ancestors
        self.labels = labels
        self.author = author
        self.updatedAt = updatedAt
        self.url = url
        self.anchor = anchor
        self.ordinal = ordinal
        self.headingPath = headingPath
        self.text = text
        self.tokenCount = tokenCount
        self.range = range
        self.section = section
        self.evidence = evidence
        self.insights = insights
    }
}
