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

    public let text: String
    public let conversation: [Turn]
    public let filter: ChunkFilter
    /// Passages that the answer may rest on at most.
    public let topK: Int

    /// - Throws: ``QAError/emptyQuestion``, ``QAError/questionTooLong(bytes:limit:)`` or
    ///   ``QAError/limitOutOfRange(name:value:allowed:)``.
    public init(
        _ text: String, conversation: [Turn] = [], filter: ChunkFilter = .everything, topK: Int = 8
    ) throws(QAError) {
        try Self.check(text)
        guard (1...50).contains(topK) else {
            throw .limitOutOfRange(name: "top_k", value: topK, allowed: 1...50)
        }
        self.text = text
        self.conversation = conversation
        self.filter = filter
        self.topK = topK
    }

    /// What any text that is searched for must satisfy.
    static func check(_ text: String) throws(QAError) {
        let bytes = text.utf8.count
        guard bytes <= byteLimit else { throw .questionTooLong(bytes: bytes, limit: byteLimit) }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { throw .emptyQuestion }
    }
}
