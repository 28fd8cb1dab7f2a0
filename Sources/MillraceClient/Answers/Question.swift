/// A question, with what was said before it.
public struct Question: Sendable, Hashable, Encodable {
    /// An earlier question with its answer: what “it” and “there” may refer to.
    public struct Turn: Sendable, Hashable, Codable {
        /// What was asked.
        public var question: String
        /// What was answered.
        public var answer: String

        /// A turn.
        public init(question: String, answer: String) {
            self.question = question
            self.answer = answer
        }
    }

    /// At most 4096 bytes of UTF-8, with at least one letter or digit.
    public var text: String
    /// Oldest first, at most 50.
    public var conversation: [Turn]
    /// What may be looked at; everything unless told.
    public var filters: SearchFilters?
    /// Passages found for the answer, 1…50; 8 unless told.
    public var passageLimit: Int?
    /// How sure an answer must be to be given, 0…1; without it the server's own measure.
    public var minimumConfidence: Double?

    private enum CodingKeys: String, CodingKey {
        case conversation, filters
        case text = "question"
        case passageLimit = "top_k"
        case minimumConfidence = "min_confidence"
    }

    /// A question; what is left out is the server's to choose.
    public init(
        _ text: String, conversation: [Turn] = [], filters: SearchFilters? = nil, passageLimit: Int? = nil,
        minimumConfidence: Double? = nil
    ) {
        self.text = text
        self.conversation = conversation
        self.filters = filters
        self.passageLimit = passageLimit
        self.minimumConfidence = minimumConfidence
    }
}

extension Question: ExpressibleByStringLiteral {
    /// A question that is nothing but its text.
    public init(stringLiteral value: String) { self.init(value) }
}

/// The body of `POST /v1/ask`.
struct AskBody: Encodable {
    var question: Question
    var stream: Bool

    private enum CodingKeys: CodingKey {
        case stream
    }

    func encode(to encoder: any Encoder) throws {
        try question.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(stream, forKey: .stream)
    }
}
