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
        var models: [String: Used] = [:]
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

    /// Counts what a model that writes used.
    func add(_ usage: TokenUsage, of model: String, price: ModelPrice?) {
        add(to: model) { used in
            used.writes = true
            used.inputTokens &+= usage.inputTokens
            used.outputTokens &+= usage.outputTokens
            if let price { used.add(dollars: price.cost(of: usage)) }
        }
    }

    /// Counts what a model that writes nothing used, where that is tokens or money.
    func add(_ use: ModelUse, dollars: Double?) {
        guard use.tokens > 0 || dollars ?? 0 > 0 else { return }
        add(to: use.model) { used in
            used.isLocal = use.isLocal
            used.inputTokens &+= use.tokens
            if let dollars { used.add(dollars: dollars) }
        }
    }

    private func add(to model: String, _ body: (inout Used) -> Void) {
        state.withLock { state in
            guard state.models[model] != nil || state.models.count < Self.modelLimit else { return }
            body(&state.models[model, default: Used()])
        }
    }

    /// What was used of models since this was asked last, of work that no request waits for.
    func taken(on day: Int) -> [UsageKey: Counted] {
        let (caller, models) = state.withLock { state in
            defer { state.models = [:] }
            return (state.caller, state.models)
        }
        guard let caller else { return [:] }
        return models.reduce(into: [:]) { found, used in
            let key = UsageKey(
                tenant: caller.tenant, day: day, caller: caller.name, key: caller.key, model: used.key)
            found[key] = used.value.counted
        }
    }

    /// What is to be counted now that the request is over; nothing for one that nobody was let in for.
    func counts(on day: Int, _ ending: Ending) -> [UsageKey: Counted] {
        let state = state.withLock { $0 }
        guard let caller = state.caller else { return [:] }
        func key(_ model: String) -> UsageKey {
            UsageKey(tenant: caller.tenant, day: day, caller: caller.name, key: caller.key, model: model)
        }
        var found: [UsageKey: Counted] = [:]
        for (model, used) in state.models { found[key(model)] = used.counted }
        var request = UsageCounts()
        request.requests = 1
        if ending == .failed { request.failed = 1 }
        if ending == .finished, state.isAnswer { request.answers = 1 }
        // Counted once: for a model elsewhere that was asked, if it asked one, and before others for one that writes.
        let elsewhere = state.models.filter { !$0.value.isLocal }
        let asked = elsewhere.filter(\.value.writes).keys.min() ?? elsewhere.keys.min()
        found[key(asked ?? ""), default: Counted()].counts += request
        return found
    }

    /// What one request adds to the counts of a day.
    struct Counted: Sendable, Hashable {
        /// Without its cost.
        var counts = UsageCounts()
        /// Millionths of millionths of a dollar: one question's vector costs less than a millionth.
        var picodollars = 0
    }

    /// What was used of one model.
    private struct Used: Sendable {
        var inputTokens = 0
        var outputTokens = 0
        var picodollars = 0
        var writes = false
        /// It runs in this process.
        var isLocal = false

        mutating func add(dollars: Double) {
            picodollars &+= Int(exactly: (dollars * 1e12).rounded()) ?? 0
        }

        var counted: Counted {
            var counts = UsageCounts()
            counts.inputTokens = inputTokens
            counts.outputTokens = outputTokens
            return Counted(counts: counts, picodollars: picodollars)
        }
    }
}
