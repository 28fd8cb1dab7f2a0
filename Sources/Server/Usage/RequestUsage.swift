import Models
import Synchronization
import Workspace

/// What one request uses: whose it is, and what the models that it asks count.
///
/// Bound to the task of the request, so that a model's call finds it however deep it is made. A call that others wait for
/// too is counted for whoever asked first.
final class RequestUsage: Sendable {
    @TaskLocal static var current: RequestUsage?

    /// How a request came to its end.
    enum Ending: Sendable {
        case finished
        /// By a fault of the caller's, or because nobody waited.
        case refused
        /// By a fault of the server's.
        case failed
    }

    private struct State {
        var caller: (tenant: String, name: String, key: String)?
        var isAnswer = false
        var models: [String: UsageCounts] = [:]
    }

    /// Operations that answer a question or run a flow.
    private static let answering: Set<String> = [
        "ask", "runFlow", "createRun", "openAIChatCompletion", "openAIResponse", "langflowRun",
        "langflowRunAdvanced", "langflowRunWorkflow", "langflowWebhook", "langflowResponse",
    ]
    /// Models that one request is counted by.
    private static let modelLimit = 64

    private let state = Mutex(State())

    /// - Parameter key: an API key's id; empty for none.
    func admitted(_ owner: Owner, key: String) {
        state.withLock { $0.caller = (owner.tenant, owner.name, key) }
    }

    func routed(to operation: String) {
        if Self.answering.contains(operation) { answers() }
    }

    /// It answers a question.
    func answers() { state.withLock { $0.isAnswer = true } }

    func add(_ usage: TokenUsage, of model: String, price: ModelPrice?) {
        var counts = UsageCounts()
        counts.inputTokens = usage.inputTokens
        counts.outputTokens = usage.outputTokens
        if let price {
            let microdollars = (price.cost(of: usage) * 1e6).rounded()
            counts.microdollars = Int(exactly: microdollars) ?? 0
        }
        state.withLock { state in
            guard state.models[model] != nil || state.models.count < Self.modelLimit else { return }
            state.models[model, default: UsageCounts()] += counts
        }
    }

    /// What is to be counted now that the request is over; nothing for one that nobody was let in for.
    ///
    func counts(on day: Int, _ ending: Ending) -> [UsageKey: UsageCounts] {
        let state = state.withLock { $0 }
        guard let caller = state.caller else { return [:] }
        func key(_ model: String) -> UsageKey {
            UsageKey(tenant: caller.tenant, day: day, caller: caller.name, key: caller.key, model: model)
        }
        var found: [UsageKey: UsageCounts] = [:]
        for (model, counts) in state.models { found[key(model)] = counts }
        var request = UsageCounts()
        request.requests = 1
        if ending == .failed { request.failed = 1 }
        if ending == .finished, state.isAnswer { request.answers = 1 }
        // Counted once: for a model that was asked, if it asked one.
        found[key(state.models.keys.min() ?? ""), default: UsageCounts()] += request
        return found
    }
}
