import Synchronization

/// What one run may use, bodies and tools included.
public struct RunBudget: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case steps, tokens, seconds
    }

    /// Steps that may begin.
    public var steps: Int
    /// Tokens of models, as components report them; `nil` for no limit.
    public var tokens: Int?
    /// Time from beginning to end; `nil` for no limit but the caller's.
    public var time: Duration?

    public init(steps: Int = 100_000, tokens: Int? = nil, time: Duration? = nil) {
        self.steps = steps
        self.tokens = tokens
        self.time = time
    }
}

/// What a run has used of its budget.
final class BudgetMeter: Sendable {
    private let budget: RunBudget
    private let flow: String
    private let steps = Atomic(0)
    private let tokens = Atomic(0)

    init(_ budget: RunBudget, flow: String) {
        self.budget = budget
        self.flow = flow
    }

    var stepsUsed: Int { steps.load(ordering: .relaxed) }
    var tokensUsed: Int { tokens.load(ordering: .relaxed) }
    var tokensLeft: Int? { budget.tokens.map { max(0, $0 - tokensUsed) } }

    func spendStep() throws(FlowError) {
        let used = steps.add(1, ordering: .relaxed).newValue
        guard used <= budget.steps else {
            throw .budget(flow: flow, .steps, limit: Double(budget.steps))
        }
    }

    func spend(tokens count: Int) throws(FlowError) {
        let used = tokens.add(count, ordering: .relaxed).newValue
        if let limit = budget.tokens, used > limit {
            throw .budget(flow: flow, .tokens, limit: Double(limit))
        }
    }
}
