/// Why a generator stopped.
public enum StopReason: String, Sendable, Codable {
    case complete
    /// The answer is cut at the request's limit or the model's own.
    case maxTokens
    /// The passages do not answer the question.
    case noAnswer
    /// A guardrail or filter of the provider withheld the answer or a part of it; what was told is its own words, as
    /// far as it has some.
    case filtered
    /// The model waits for the results of the calls that it made.
    case toolCalls
    /// One of the request's stop sequences came up; it is not part of the answer.
    case stopSequence
}

/// How many tokens a model read and wrote, as its provider counts them.
public struct TokenUsage: Sendable, Hashable, Codable {
    /// Read anew, so without those of the provider's cache.
    public var inputTokens: Int
    public var outputTokens: Int
    /// Read from the provider's prompt cache, which costs less.
    public var cacheReadTokens: Int
    /// Written to the provider's prompt cache for later calls.
    public var cacheWriteTokens: Int

    public init(
        inputTokens: Int, outputTokens: Int, cacheReadTokens: Int = 0, cacheWriteTokens: Int = 0
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cacheReadTokens = cacheReadTokens
        self.cacheWriteTokens = cacheWriteTokens
    }
}

/// What a generator tells, in the order in which it does.
public enum GenerationEvent: Sendable, Equatable {
    /// The next piece of the answer, markers such as `[2]` included.
    case text(String)
    /// The next piece of the answer, taken from a passage: nothing in it is a marker, whatever it looks like.
    case quotation(Quotation)
    /// A part of the question that nothing answers, as it was asked; the rest of the answer answers the others.
    case unanswered(String)
    /// Before the end of one that has no answer: what in the passages comes nearest, the nearest first.
    case nearest(Quotation)
    /// 0…1: how likely it is that the answer is right, as far as the generator can tell; at most once.
    case confidence(Double)
    /// A block of what the model thought, once it is whole; before what it led to.
    case reasoning(Reasoning)
    /// A call, once the model has written all of it.
    case toolCall(ToolCall)
    /// Before the end of an answer that a guardrail or filter withheld or changed; at most once, where more is known of it.
    case intervened(GuardrailIntervention)
    /// At most once, before the end; providers that do not count leave it out.
    case usage(TokenUsage)
    /// Always the last event.
    case finished(StopReason)
}
