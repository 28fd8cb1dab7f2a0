import Foundation

/// A passage of a document: what it says, where it stands, and how it was found.
public struct Passage: Sendable, Hashable, Decodable, Identifiable {
    /// A page above the passage's own.
    public struct Ancestor: Sendable, Hashable, Decodable {
        /// The document's id.
        public var id: String
        /// The document's title.
        public var title: String
    }

    /// How both ways of searching saw it. A rank is 1 for the best; `nil` where that way did not find it.
    public struct Why: Sendable, Hashable, Decodable {
        /// By meaning.
        public var vectorRank: Int?
        /// By meaning; larger is better.
        public var vectorScore: Double?
        /// By words.
        public var keywordRank: Int?
        /// By words; larger is better.
        public var keywordScore: Double?
        /// By both; larger is better.
        public var fusedScore: Double

        private enum CodingKeys: String, CodingKey {
            case vectorRank = "vector_rank"
            case vectorScore = "vector_score"
            case keywordRank = "keyword_rank"
            case keywordScore = "keyword_score"
            case fusedScore = "fused_score"
        }
    }

    /// A further result that says the same.
    public struct Copy: Sendable, Hashable, Decodable {
        /// Its ``Passage/id``.
        public var passageID: Int
        /// The document that it is of.
        public var documentID: String
        /// The document's title.
        public var title: String
        /// The key of the document's space.
        public var spaceKey: String
        /// What people call the space.
        public var spaceName: String
        /// The page's address, if it is known.
        public var url: String?

        private enum CodingKeys: String, CodingKey {
            case title, url
            case passageID = "chunk_id"
            case documentID = "document_id"
            case spaceKey = "space_key"
            case spaceName = "space_name"
        }
    }

    /// What a service found out about ``text`` at ingest.
    public struct Insights: Sendable, Hashable, Decodable {
        /// A name in the text.
        public struct Entity: Sendable, Hashable, Decodable {
            /// As it is written in the passage.
            public var text: String
            /// Such as `PERSON`.
            public var type: String
        }

        /// A code such as `en`.
        public var language: String?
        /// Such as `positive`.
        public var sentiment: String?
        /// Names in the text.
        public var entities: [Entity]
        /// Phrases that tell what it is about.
        public var keyPhrases: [String]

        private enum CodingKeys: String, CodingKey {
            case language, sentiment, entities
            case keyPhrases = "key_phrases"
        }
    }

    /// What ``MillraceClient/MillraceClient/passage(_:)`` takes; it may change with the next sync.
    public var id: Int
    /// The document that it is of.
    public var documentID: String
    /// The document's title.
    public var title: String
    /// The key of the document's space.
    public var spaceKey: String
    /// What people call the space.
    public var spaceName: String
    /// `page`, `blogPost`, `comment` or `attachment`.
    public var kind: String
    /// The headings that it stands under, the outermost first.
    public var headingPath: [String]
    /// The outermost first.
    public var ancestors: [Ancestor]
    /// The document's labels.
    public var labels: [String]
    /// The page's address; `nil` when the source did not say where it is.
    public var url: String?
    /// The heading's fragment within ``url``, without `#`.
    public var anchor: String?
    /// Who wrote the document, if it is known.
    public var author: String?
    /// When the document was last changed, if it is known.
    public var updatedAt: Date?
    /// What it says.
    public var text: String
    /// `nil` where no service was asked.
    public var insights: Insights?

    /// Of a citation: its number in the answer's text.
    public var marker: Int?
    /// Of a citation: where ``text`` bears the answer out.
    public var quoteRanges: [UTF16Range]?
    /// Larger is better.
    public var score: Double?
    /// Of a search's result: a part of ``text``.
    public var snippet: String?
    /// Of a search's result: the query's words in ``snippet``.
    public var highlights: [UTF16Range]?
    /// Of a search's result: how it was found.
    public var why: Why?
    /// Of a search's result: further ones that say the same.
    public var copies: [Copy]?
    /// Of a passage in its page: the page's text before it.
    public var before: String?
    /// Of a passage in its page: the page's text after it.
    public var after: String?
    /// Of a passage in its page: the section that it is part of.
    public var section: String?

    private enum CodingKeys: String, CodingKey {
        case title, kind, ancestors, labels, url, anchor, author, text, marker, score, snippet, highlights,
            why
        case copies, before, after, section, insights
        case id = "chunk_id"
        case documentID = "document_id"
        case spaceKey = "space_key"
        case spaceName = "space_name"
        case headingPath = "heading_path"
        case updatedAt = "updated_at"
        case quoteRanges = "quote_ranges"
    }
}

extension MillraceClient {
    /// A cited passage with its page's text around it.
    ///
    /// - Parameter id: ``Passage/id``.
    /// - Throws: ``Problem/Kind/noSuchPassage`` also for one that the caller may not read.
    public func passage(_ id: Int) async throws -> Passage {
        try await connection.value(Passage.self, of: Call(.get, "v1", "chunks", String(id), "context"))
    }
}
