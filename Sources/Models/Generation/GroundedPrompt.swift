import Concurrency

/// The request that question answering makes: instructions, and one grounded question.
public struct GroundedPrompt: Sendable {
    public typealias Passage = GroundedQuestion.Passage

    public var instructions: String
    public var question: String
    public var passages: [Passage]
    /// As ``GroundedQuestion/parts``; `nil` for the question as it is.
    public var parts: [GroundedQuestion.Part]?
    /// As ``GroundedQuestion/requiredConfidence``.
    public var requiredConfidence: Double?
    /// Tokens the answer may have.
    public var maxTokens: Int
    /// 0 for the likeliest words, up to 1.
    public var temperature: Double

    public init(
        instructions: String, question: String, passages: [Passage], parts: [GroundedQuestion.Part]? = nil,
        requiredConfidence: Double? = nil, maxTokens: Int = 1024, temperature: Double = 0
    ) {
        self.instructions = instructions
        self.question = question
        self.passages = passages
        self.parts = parts
        self.requiredConfidence = requiredConfidence
        self.maxTokens = maxTokens
        self.temperature = temperature
    }

    /// The same as a conversation: a system message, unless there are no instructions, and the user's.
    public var request: GenerationRequest {
        let system = instructions.isEmpty ? [] : [Message(.system, instructions)]
        let asked = GroundedQuestion(
            question: question, passages: passages, parts: parts, requiredConfidence: requiredConfidence)
        return GenerationRequest(
            messages: system + [Message(.user, [.grounding(asked)])], maxTokens: maxTokens,
            temperature: temperature)
    }
}

extension Generator {
    /// Answers a grounded prompt.
    public func generate(_ prompt: GroundedPrompt) -> PulledSequence<GenerationEvent> {
        generate(prompt.request)
    }
}
