import Foundation

/// What may be looked at. All that are given must hold; within a list any one suffices. An empty list looks at all.
public struct SearchFilters: Sendable, Hashable {
    /// Space keys.
    public var spaces: [String]
    /// Labels of documents.
    public var labels: [String]
    /// `page`, `blogPost`, `comment`, `attachment`.
    public var kinds: [String]
    /// Names, as ``Passage/author`` gives them.
    public var authors: [String]
    /// Ids of documents.
    public var documents: [String]
    /// Only what was changed after this time.
    public var updatedAfter: Date?
    /// Codes such as `en`, where passages were analyzed at ingest, as are the next three.
    public var languages: [String] = []
    /// Such as `positive`.
    public var sentiments: [String] = []
    /// Names in the text.
    public var entities: [String] = []
    /// Phrases of the text.
    public var keyPhrases: [String] = []

    /// At most 100 values a list.
    public init(
        spaces: [String] = [], labels: [String] = [], kinds: [String] = [], authors: [String] = [],
        documents: [String] = [],
        updatedAfter: Date? = nil
    ) {
        self.spaces = spaces
        self.labels = labels
        self.kinds = kinds
        self.authors = authors
        self.documents = documents
        self.updatedAfter = updatedAfter
    }
}

extension SearchFilters: Encodable {
    private enum CodingKeys: String, CodingKey {
        case spaces, labels, kinds, authors, documents, languages, sentiments, entities
        case keyPhrases = "key_phrases"
        case updatedAfter = "updated_after"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        // The server refuses an empty list, which nothing meets.
        for (values, key) in [
            (spaces, CodingKeys.spaces), (labels, .labels), (kinds, .kinds), (authors, .authors),
            (documents, .documents),
            (languages, .languages), (sentiments, .sentiments), (entities, .entities),
            (keyPhrases, .keyPhrases),
        ] where !values.isEmpty {
            try container.encode(values, forKey: key)
        }
        try container.encodeIfPresent(updatedAfter?.formatted(.iso8601), forKey: .updatedAfter)
    }
}
