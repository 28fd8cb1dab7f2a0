import Flow
import Models
import Synchronization

/// Counts what the calls of a model by one step use, and takes it from the run's budget.
final class ModelMeter: Sendable {
    private struct State {
        var usage = TokenUsage(inputTokens: 0, outputTokens: 0)
        var calls = 0
    }

    /// Tokens of one call that are believed at most, so that no sum of them overflows.
    private static let believable = 0...(1 << 32)

    private let step: Step
    private let price: ModelPrice?
    private let state = Mutex(State())

    init(_ step: Step, _ price: ModelPrice?) {
        self.step = step
        self.price = price
    }

    /// Tokens that were read and written so far, those of the provider's cache included.
    var tokens: Int { state.withLock { Self.sum($0.usage) } }

    /// Notes the totals in the step's trace.
    ///
    /// - Throws: ``FlowError/budget(flow:_:limit:)`` when the run has used up its tokens.
    func count(_ counted: TokenUsage) throws {
        let usage = TokenUsage(
            inputTokens: Self.believed(counted.inputTokens),
            outputTokens: Self.believed(counted.outputTokens),
            cacheReadTokens: Self.believed(counted.cacheReadTokens),
            cacheWriteTokens: Self.believed(counted.cacheWriteTokens))
        let (total, calls) = state.withLock { state in
            state.usage.inputTokens += usage.inputTokens
            state.usage.outputTokens += usage.outputTokens
            state.usage.cacheReadTokens += usage.cacheReadTokens
            state.usage.cacheWriteTokens += usage.cacheWriteTokens
            state.calls += 1
            return (state.usage, state.calls)
        }
        step.note("model_calls", Double(calls))
        step.note("input_tokens", Double(total.inputTokens))
        step.note("output_tokens", Double(total.outputTokens))
        if total.cacheReadTokens > 0 { step.note("cache_read_tokens", Double(total.cacheReadTokens)) }
        // Added to, as what else the step asks for may cost something, too.
        if let price { step.count("dollars", price.cost(of: usage)) }
        try step.spend(tokens: Self.sum(usage))
    }

    private static func believed(_ count: Int) -> Int {
        min(max(count, believable.lowerBound), believable.upperBound)
    }

    private static func sum(_ usage: TokenUsage) -> Int {
        usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
    }
}
