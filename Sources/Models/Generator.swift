/// A question with the numbered passages that an answer may rest on.
public struct GroundedPrompt: Sendable {
    /// One passage. An answer refers to it as `[marker]`.
    public struct Passage: Sendable, Equatable {
        /// 1-based, without gaps.
        public var marker: Int
        public var title: String
        public var headingPath: [String]
        public var text: String

        public init(marker: Int, title: String, headingPath: [String], text: String) {
            self.marker = marker
            self.title = title
            self.headingPath = headingPath
            self.text = text
        }
    }

    public var instructions: String
    public var question: String
    public var passages: [Passage]
    /// Tokens the answer may have.
    public var maxTokens: Int
    /// 0 for the likeliest words, up to 1.
    public var temperature: Double

    public init(
        instructions: String, question: String, passages: [Passage], maxTokens: Int = 1024,
        temperature: Double = 0
    ) {
        self.instructions = instructions
        self.question = question
        self.passages = passages
        self.maxTokens = maxTokens
        self.temperature = temperature
    }
}

/// Why a generator stopped.
public enum StopReason: String, Sendable, Codable {
    case complete
    case maxTokens
    /// The passages do not answer the question.
    case noAnswer
    case filtered
}

public enum GenerationEvent: Sendable, Equatable {
    /// The next piece of the answer, markers such as `[2]` included.
    case text(String)
    /// Always the last event. Token counts are the provider's, `nil` where it reports none.
    case finished(StopReason, inputTokens: Int?, outputTokens: Int?)
}

/// Prompt to streamed text.
public protocol Generator: Sendable {
    /// The model's name, shown with the answer.
    var name: String { get }

    /// Ends with `.finished`, or by throwing. Cancelling the consuming task ends the work.
    func generate(_ prompt: GroundedPrompt) -> AsyncThrowingStream<GenerationEvent, any Error>
}
