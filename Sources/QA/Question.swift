import Corpus

/// One question with all that bears on its answer.
public struct Question: Sendable, Hashable {
    /// A question and answer that came before.
    public struct Turn: Sendable, Hashable, Codable {
        public var question: String
        public var answer: String

        public init(question: String, answer: String) {
            self.question = question
            self.answer = answer
        }
    }

    /// Bytes of UTF-8 that a question may have.
    public static let byteLimit = 4_096
    /// Passages that may be asked for.
    public static let topKRange = 1...50

    public let text: String
    public let conversation: [Turn]
    public let filter: ChunkFilter
    /// Passages that the answer may rest on at most.
    public let topK: Int
    /// 0…1: how sure an answer must be to be given; `nil` for the generator's own measure.
    public let requiredConfidence: Double?

    /// - Throws: ``QAError/emptyQuestion``, ``QAError/questionTooLong(bytes:limit:)`` or
    ///   ``QAError/limitOutOfRange(name:value:allowed:)``.
    public init(
        _ text: String, conversation: [Turn] = [], filter: ChunkFilter = .everything, topK: Int = 8,
        requiredConfidence: Double? = nil
    ) throws(QAError) {
        try Self.check(text)
        guard Self.topKRange.contains(topK) else {
            throw .limitOutOfRange(name: "top_k", value: topK, allowed: Self.topKRange)
        }
        if let requiredConfidence, !(0...1).contains(requiredConfidence) {
            throw .shareOutOfRange(name: "min_confidence", value: requiredConfidence)
        }
        self.requiredConfidence = requiredConfidence
        self.text = text
        parts = QuestionParts.split(text)
        self.conversation = conversation
        self.filter = filter
        self.topK = topK
    }

    /// What it asks, part by part; itself for a question of one part.
    public private(set) var parts: [String]

    /// What was typed for each of ``parts``, where these were completed from the conversation; empty where not.
    private(set) var typed: [String] = []

    /// The same question, each of its parts made to stand alone.
    func asked(as parts: [String]) throws(QAError) -> Question {
        var question = try Question(
            parts.joined(separator: " "), conversation: conversation, filter: filter, topK: topK,
            requiredConfidence: requiredConfidence)
        (question.parts, question.typed) = (parts, self.parts)
        return question
    }

    /// What any text that is searched for must satisfy.
    static func check(_ text: String) throws(QAError) {
        let bytes = text.utf8.count
        guard bytes <= byteLimit else { throw .questionTooLong(bytes: bytes, limit: byteLimit) }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { throw .emptyQuestion }
    }
}
