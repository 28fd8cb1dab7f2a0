/// How sure Kendra is that a result answers the query: a rank, no probability, and told of English texts
/// alone.
public enum KendraConfidence: String, Sendable, Hashable, CaseIterable {
    case veryHigh = "VERY_HIGH"
    case high = "HIGH"
    case medium = "MEDIUM"
    case low = "LOW"
    case notAvailable = "NOT_AVAILABLE"
}

/// A passage that Retrieve found: up to 200 words of a document.
public struct KendraPassage: Sendable, Hashable {
    /// Of this answer alone: the same passage has another one next time.
    public var id: String
    public var documentID: String
    public var title: String
    public var text: String
    /// Where the document was indexed from.
    public var uri: String?
    public var attributes: [String: KendraAttributeValue]
    public var confidence: KendraConfidence
}

/// A text with the places that answer the query.
public struct KendraText: Sendable, Hashable {
    /// A place to be shown as found.
    public struct Highlight: Sendable, Hashable {
        /// UTF-8 bytes of the text.
        public var range: Range<Int>
        /// Whether it is the best answer.
        public var isTopAnswer: Bool
        /// Whether a thesaurus' synonym was found there.
        public var isSynonym: Bool
    }

    public var text: String
    /// In the order in which Kendra tells them. AWS does not say what their offsets count; they are taken to
    /// count code points, and one that lies outside of the text is left out.
    public var highlights: [Highlight]
}

/// A result of Query.
public struct KendraResult: Sendable, Hashable {
    /// What kind of result it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case document = "DOCUMENT"
        /// Of a list of questions and answers.
        case questionAnswer = "QUESTION_ANSWER"
        /// A suggested answer out of a document.
        case answer = "ANSWER"
    }

    /// Of this answer alone.
    public var id: String
    public var kind: Kind
    public var documentID: String
    public var title: KendraText
    public var excerpt: KendraText
    /// The answer of a ``Kind/questionAnswer`` or an ``Kind/answer``, where Kendra tells it apart from the
    /// excerpt.
    public var answer: KendraText?
    public var uri: String?
    public var attributes: [String: KendraAttributeValue]
    public var confidence: KendraConfidence
}

/// The results of Query.
public struct KendraResults: Sendable, Hashable {
    /// Best first.
    public var items: [KendraResult]
    /// How many there are, of which 100 can be had.
    public var total: Int?
}

/// What an index is and how it is.
public struct KendraIndex: Sendable, Hashable {
    public var id: String
    public var name: String
    /// In AWS's words: `DEVELOPER_EDITION`, `ENTERPRISE_EDITION`, `GEN_AI_ENTERPRISE_EDITION`.
    public var edition: String
    /// In AWS's words: `CREATING`, `ACTIVE`, `DELETING`, `FAILED`, `UPDATING`, `SYSTEM_UPDATING`.
    public var status: String
    /// Why it failed, where it did: at most 300 characters.
    public var failure: String?
    /// Whether user contexts are tokens; `nil` where Kendra does not tell.
    public var takesTokens: Bool?
    /// Documents in it; `nil` where Kendra does not tell.
    public var documentCount: Int?

    /// Whether it can be searched: an index that is being updated still can.
    public var isSearchable: Bool { ["ACTIVE", "UPDATING", "SYSTEM_UPDATING"].contains(status) }
}
