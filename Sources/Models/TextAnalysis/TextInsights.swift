/// What a text is about, as a service that reads it found.
public struct TextInsights: Sendable, Hashable, Codable {
    /// Something that a text names.
    public struct Entity: Sendable, Hashable, Codable {
        /// As it stands first in the text, on one line.
        public var text: String
        /// In the service's words, such as `PERSON` or `ORGANIZATION`.
        public var type: String
        /// How often the text names it, differences of case and white space aside.
        public var count: Int

        public init(text: String, type: String, count: Int = 1) {
            self.text = text
            self.type = type
            self.count = count
        }
    }

    /// One kind of finding.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case language, entities, keyPhrases, sentiment
    }

    /// A tag such as `en` (RFC 5646); `nil` where none was found.
    public var language: String?
    /// `positive`, `negative`, `neutral` or `mixed`; `nil` where none was found.
    public var sentiment: String?
    /// The most frequent, each once, in the order in which they first stand.
    public var entities: [Entity]
    /// How many different ones there are, those included that ``entities`` had no room for.
    public var entityCount: Int
    /// The most frequent, each once, in the order in which they first stand, on one line each.
    public var keyPhrases: [String]
    /// How many different ones there are, those included that ``keyPhrases`` had no room for.
    public var keyPhraseCount: Int
    /// What was asked for and could not be told of this text: its language has no such analysis, or the
    /// service could not look at the text.
    public var missing: Set<Kind>

    public init(
        language: String? = nil, sentiment: String? = nil, entities: [Entity] = [], entityCount: Int? = nil,
        keyPhrases: [String] = [], keyPhraseCount: Int? = nil, missing: Set<Kind> = []
    ) {
        self.language = language
        self.sentiment = sentiment
        self.entities = entities
        self.entityCount = entityCount ?? entities.count
        self.keyPhrases = keyPhrases
        self.keyPhraseCount = keyPhraseCount ?? keyPhrases.count
        self.missing = missing
    }
}

/// Finds out what texts are about.
public protocol TextAnalyzer: Sendable {
    /// Of the service and of what it is asked for: findings of another name are not comparable.
    var name: String { get }

    /// What each text is about.
    ///
    /// - Returns: one a text, in the order of `texts`; a text without a visible character has nothing.
    /// - Throws: the service's error where a whole call failed. A text that the service refuses alone fails
    ///   nothing: what could not be told of it is in its ``TextInsights/missing``.
    func insights(of texts: [String]) async throws -> [TextInsights]
}
