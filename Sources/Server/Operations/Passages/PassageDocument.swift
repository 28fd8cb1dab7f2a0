import Corpus
import Foundation
import QA

/// A passage as clients see it: what it says, where it stands and how it was found.
///
/// Keys that every passage has are always there, `null` when unknown; the others only where they mean something.
struct PassageDocument: ResponseDocument {
    struct AncestorDocument: Encodable, Sendable {
        var id: String
        var title: String
    }

    /// How both ways of searching saw it.
    struct Why: Encodable, Sendable {
        @Nullable var vectorRank: Int?
        @Nullable var vectorScore: Double?
        @Nullable var keywordRank: Int?
        @Nullable var keywordScore: Double?
        var fusedScore: Double

        init(_ passage: RetrievedChunk) {
            vectorRank = passage.rank.vectorRank
            vectorScore = passage.rank.vectorScore
            keywordRank = passage.rank.keywordRank
            keywordScore = passage.rank.keywordScore
            fusedScore = passage.score
        }
    }

    /// A document that says the same.
    struct CopyDocument: Encodable, Sendable {
        var chunkID: Int64
        var documentID: String
        var title: String
        var spaceKey: String
        var spaceName: String
        @Nullable var url: String?

        init(_ chunk: StoredChunk) {
            chunkID = chunk.id
            documentID = chunk.documentID
            title = chunk.title
            spaceKey = chunk.spaceKey
            spaceName = chunk.spaceName
            url = chunk.url
        }
    }

    /// What a service found out about a passage.
    struct InsightsDocument: Encodable, Sendable {
        struct Entity: Encodable, Sendable {
            var text: String
            var type: String
        }

        @Nullable var language: String?
        @Nullable var sentiment: String?
        var entities: [Entity]
        var keyPhrases: [String]

        init(_ insights: PassageInsights) {
            language = insights.language
            sentiment = insights.sentiment
            entities = insights.entities.map { Entity(text: $0.text, type: $0.type) }
            keyPhrases = insights.keyPhrases
        }
    }

    var chunkID: Int64
    var documentID: String
    var title: String
    var spaceKey: String
    var spaceName: String
    var kind: String
    var headingPath: [String]
    var ancestors: [AncestorDocument]
    var labels: [String]
    @Nullable var url: String?
    @Nullable var anchor: String?
    @Nullable var author: String?
    @Nullable var updatedAt: Date?
    var text: String
    /// What a service found out about the text, where one was asked at ingest.
    var insights: InsightsDocument?

    /// The number in the answer's text.
    var marker: Int?
    /// Where ``text`` bears the answer out.
    var quoteRanges: [UTF16Range]?
    var score: Double?
    var snippet: String?
    /// The question's words in ``snippet``.
    var highlights: [UTF16Range]?
    var why: Why?
    /// Further results that say the same; they take a place each in the page of results.
    var copies: [CopyDocument]?
    /// The page's text around the passage.
    var before: String?
    var after: String?
    /// The section that the passage is part of.
    var section: String?

    init(_ chunk: StoredChunk) {
        chunkID = chunk.id
        documentID = chunk.documentID
        title = chunk.title
        spaceKey = chunk.spaceKey
        spaceName = chunk.spaceName
        kind = chunk.kind.rawValue
        headingPath = chunk.headingPath
        ancestors = chunk.ancestors.map { AncestorDocument(id: $0.id, title: $0.title) }
        labels = chunk.labels
        url = chunk.url
        anchor = chunk.anchor
        author = chunk.author
        updatedAt = chunk.updatedAt
        text = chunk.text
        insights = chunk.insights.map { InsightsDocument($0) }
    }

    /// A passage that an answer may rest on.
    init(_ passage: RetrievedChunk, marker: Int?, quotes: [Range<Int>] = []) {
        self.init(passage.chunk)
        self.marker = marker
        quoteRanges = UTF16Range.all(quotes, in: passage.chunk.text)
        score = passage.score
    }

    /// A search result.
    init(_ hit: SearchHit) {
        self.init(hit.passage.chunk)
        score = hit.passage.score
        snippet = hit.snippet
        highlights = UTF16Range.all(hit.highlights, in: hit.snippet)
        why = Why(hit.passage)
        copies = hit.copies.isEmpty ? nil : hit.copies.map { CopyDocument($0) }
    }

    /// A passage within its page.
    init(_ context: ChunkContext) {
        self.init(context.chunk)
        before = context.before
        after = context.after
        section = context.section
    }
}
