import Foundation

/// A question with the numbered passages that an answer may rest on.
public struct GroundedQuestion: Sendable, Hashable {
    /// One of the questions that a question of several parts asks.
    public struct Part: Sendable, Hashable {
        public var text: String
        /// By the model that embedded the passages; `nil` when it is not known.
        public var vector: [Float]?
        /// What was typed, when ``text`` was completed from what was said before; `nil` when it is the same.
        public var typed: String?

        public init(text: String, vector: [Float]? = nil, typed: String? = nil) {
            self.text = text
            self.vector = vector
            self.typed = typed
        }
    }

    /// One passage. An answer refers to it as `[marker]`.
    public struct Passage: Sendable, Hashable {
        /// 1-based, without gaps.
        public var marker: Int
        public var title: String
        public var headingPath: [String]
        public var text: String
        /// Whether all of it is code.
        public var isCode: Bool
        /// Passages of one document share it; passages without one stand alone.
        public var document: String?
        /// When its document was last changed.
        public var updatedAt: Date?
        /// Of question and passage, by the embedding model; `nil` when it is not known.
        public var similarity: Double?
        /// The vectors of its units, as they were kept; `nil` when there are none.
        public var evidence: EvidenceVectors?
        /// The titles of the pages above its own, from the top.
        public var parents: [String]
        /// Which of ``GroundedQuestion/parts`` it was found for, from 0; `nil` for the question as a whole.
        public var part: Int?
        /// Whether its page is what the conversation was about, so that a question as it was typed is read with it too.
        public var isRecalled: Bool

        public init(
            marker: Int, title: String, headingPath: [String], text: String, isCode: Bool = false,
            document: String? = nil, updatedAt: Date? = nil, similarity: Double? = nil,
            evidence: EvidenceVectors? = nil, parents: [String] = [], part: Int? = nil,
            isRecalled: Bool = false
        ) {
            self.marker = marker
            self.title = title
            self.headingPath = headingPath
            self.text = text
            self.isCode = isCode
            self.document = document
            self.updatedAt = updatedAt
            self.similarity = similarity
            self.evidence = evidence
            self.parents = parents
            self.part = part
            self.isRecalled = isRecalled
        }
    }

    public var question: String
    /// Best first.
    public var passages: [Passage]
    /// What the question asks, each to be answered by itself; never empty.
    public var parts: [Part]
    /// 0…1: how sure an answer must be to be given; `nil` for the generator's own measure.
    public var requiredConfidence: Double?

    /// - Parameter parts: `nil` for the question as it is.
    public init(
        question: String, passages: [Passage], parts: [Part]? = nil, requiredConfidence: Double? = nil
    ) {
        self.question = question
        self.passages = passages
        self.parts = parts.flatMap { $0.isEmpty ? nil : $0 } ?? [Part(text: question)]
        self.requiredConfidence = requiredConfidence
    }
}
