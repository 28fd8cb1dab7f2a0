/// What a provider asks for a model's tokens, in dollars a million.
public struct ModelPrice: Sendable, Hashable {
    public var input: Double
    public var output: Double
    /// Of tokens read from its prompt cache.
    public var cacheRead: Double
    /// Of tokens written to it.
    public var cacheWrite: Double

    /// - Parameters:
    ///   - cacheRead: `nil` for the price of other input.
    ///   - cacheWrite: `nil` for the price of other input.
    public init(input: Double, output: Double, cacheRead: Double? = nil, cacheWrite: Double? = nil) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead ?? input
        self.cacheWrite = cacheWrite ?? input
    }

    /// Dollars.
    public func cost(of usage: TokenUsage) -> Double {
        (Double(usage.inputTokens) * input + Double(usage.outputTokens) * output
            + Double(usage.cacheReadTokens) * cacheRead + Double(usage.cacheWriteTokens) * cacheWrite)
            / 1_000_000
    }
}
