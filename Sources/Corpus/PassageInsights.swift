/// What a service found out about a passage's text: metadata that searches can go by.
public struct PassageInsights: Hashable, Sendable, Codable {
    /// Something that the text names.
    public struct Entity: Hashable, Sendable, Codable {
        public var text: String
        /// In the service's words, such as `ORGANIZATION`.
        public var type: String

        public init(text: String, type: String) {
            self.text = text
            self.type = type
        }
    }

    /// A code such as `en`.
    public var language: String?
    /// In the service's words, in lower case: `positive`, `negative`, `neutral`, `mixed`.
    public var sentiment: String?
    /// Each once, in order of appearance.
    public var entities: [Entity]
    public var keyPhrases: [String]

    public init(
        language: String? = nil, sentiment: String? = nil, entities: [Entity] = [], keyPhrases: [String] = []
    ) {
        self.language = language
        self.sentiment = sentiment
        self.entities = entities
        self.keyPhrases = keyPhrases
    }
}

extension PassageInsights {
    /// What a filter can ask for.
    public enum Kind: String, Sendable, CaseIterable {
        case language, sentiment, entity
        case keyPhrase = "key_phrase"
    }

    /// What is kept to be filtered by, each as ``folded(_:)``.
    public var terms: [(kind: Kind, value: String)] {
        var terms: [(Kind, String)] = []
        if let language { terms.append((.language, Self.folded(language))) }
        if let sentiment { terms.append((.sentiment, Self.folded(sentiment))) }
        terms += entities.map { (.entity, Self.folded($0.text)) }
        return terms + keyPhrases.map { (.keyPhrase, Self.folded($0)) }
    }

    /// A name as filters compare it: without case, and with one blank between words.
    public static func folded(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
