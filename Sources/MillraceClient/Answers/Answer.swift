/// An answer with citations, or the word that nothing answers.
public struct Answer: Sendable, Hashable, Decodable, Identifiable {
    /// A sentence of ``text``, without its markers.
    public struct Sentence: Sendable, Hashable, Decodable {
        /// As it stands in ``Answer/text``.
        public var text: String
        /// Numbers of citations.
        public var citations: [Int]
        /// Whether a cited passage bears it out; show one that none does as what it is.
        public var isSupported: Bool

        private enum CodingKeys: String, CodingKey {
            case text, citations
            case isSupported = "supported"
        }
    }

    /// Where a citation's number stands in ``text``. Whatever else looks like one is text of a page.
    public struct Marker: Sendable, Hashable, Decodable {
        /// The citation's number.
        public var citation: Int
        /// In ``Answer/text``.
        public var range: UTF16Range
    }

    /// What the model's provider counted.
    public struct Usage: Sendable, Hashable, Decodable {
        /// Tokens of the prompt.
        public var inputTokens: Int
        /// Tokens that were written.
        public var outputTokens: Int
        /// Tokens of the prompt that the provider had kept.
        public var cacheReadTokens: Int
        /// Tokens of the prompt that the provider keeps now.
        public var cacheWriteTokens: Int
        /// By the prices of the server's settings.
        public var dollars: Double?

        private enum CodingKeys: String, CodingKey {
            case dollars
            case inputTokens = "input_tokens"
            case outputTokens = "output_tokens"
            case cacheReadTokens = "cache_read_tokens"
            case cacheWriteTokens = "cache_write_tokens"
        }
    }

    /// Who kept an answer or a part of it back, and why.
    public struct Withheld: Sendable, Hashable, Decodable {
        /// Its id or ARN; `nil` for a filter of the model's provider.
        public var guardrail: String?
        /// The guardrail's version.
        public var guardrailVersion: String?
        /// Those at work: `topic`, `content`, `word`, `sensitive_information`, `grounding`.
        public var policies: [String]
        /// What it was found in: `question`, `answer`.
        public var places: [String]
        /// The provider's, for its support.
        public var requestID: String?
        /// What to do about it.
        public var advice: String

        private enum CodingKeys: String, CodingKey {
            case guardrail, policies, places, advice
            case guardrailVersion = "guardrail_version"
            case requestID = "request_id"
        }
    }

    /// How the answer came about.
    public struct Trace: Sendable, Hashable, Decodable {
        /// A component of the flow, in the order they ran.
        public struct Stage: Sendable, Hashable, Decodable {
            /// The component's name in the flow.
            public var name: String
            /// The kind of component.
            public var type: String
            /// How long it took.
            public var milliseconds: Double
            /// Figures, such as `passages`.
            public var detail: [String: Double]

            private enum CodingKeys: String, CodingKey {
                case name, type, detail
                case milliseconds = "ms"
            }
        }

        /// The flow that answered.
        public var flow: String
        /// What wrote the answer.
        public var generator: String
        /// In the order they ran.
        public var stages: [Stage]
        /// How long it took.
        public var milliseconds: Double

        private enum CodingKeys: String, CodingKey {
            case flow, generator, stages
            case milliseconds = "total_ms"
        }
    }

    /// The request's id.
    public var id: String
    /// The question as it was asked.
    public var question: String
    /// With the numbers of what it cites, such as `[1]`; ``markers`` says where they stand. It may hold lists, code
    /// and bold as Markdown writes them, and never HTML: show it as text.
    public var text: String
    /// Whether the passages do not answer the question; ``citations`` is empty then.
    public var isAbstained: Bool
    /// The probability that what was found answers, 0…1; `nil` when the generator cannot tell.
    public var confidence: Double?
    /// In the order of ``text``.
    public var sentences: [Sentence]
    /// Where the citations' numbers stand in ``text``.
    public var markers: [Marker]
    /// Parts of the question that nothing answers.
    public var unanswered: [String]
    /// The passages that the answer cites, each with its ``Passage/marker``.
    public var citations: [Passage]
    /// Of an abstained answer: the nearest passages.
    public var related: [Passage]
    /// `nil` where no provider counts.
    public var usage: Usage?
    /// Of an answer that a guardrail or filter kept back, as a whole or in part; ``text`` is its own words then.
    public var withheld: Withheld?
    /// How the answer came about.
    public var trace: Trace

    private enum CodingKeys: String, CodingKey {
        case id, question, confidence, sentences, markers, unanswered, citations, related, usage, withheld
        case trace
        case text = "answer"
        case isAbstained = "abstained"
    }
}
