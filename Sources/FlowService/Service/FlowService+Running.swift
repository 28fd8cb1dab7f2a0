import Components
import Concurrency
import Corpus
import Flow
import Foundation
import JSONValue
import QA
import Workspace

extension FlowService {
    /// Runs a flow to its end, while the caller waits.
    ///
    /// What was said is in the conversation when it returns; of a run that fails, nothing is.
    ///
    /// - Parameter name: a flow's name, id or endpoint.
    /// - Throws: ``FlowServiceError`` or `CancellationError`.
    public func run(
        _ request: FlowRequest, of name: String, as caller: FlowCaller
    ) async throws -> FlowResponse {
        try request.check()
        let flow = try await runnable(name, request, for: caller.owner)
        let call = FlowCall(service: self, flow: flow, request: request, caller: caller, runID: freshID())
        do {
            let outcome = try await flow.plan.run(
                changing: request.changes, in: try await call.context(time: caller.timeLimit))
            return try await call.ended(outcome)
        } catch {
            throw call.told(error, limit: caller.timeLimit)
        }
    }

    /// Runs a flow, telling what happens as it happens. The last event is `finished`, `failed` or `cancelled`.
    ///
    /// Nothing runs before the events are read, and nothing faster than they are read; dropping them ends the run.
    ///
    /// - Throws: ``FlowServiceError`` when the run cannot begin.
    public func events(
        _ request: FlowRequest, of name: String, as caller: FlowCaller
    ) async throws -> (
        runID: String, flow: FlowIdentity, session: String, events: PulledSequence<FlowProgress>
    ) {
        try request.check()
        let flow = try await runnable(name, request, for: caller.owner)
        let call = FlowCall(service: self, flow: flow, request: request, caller: caller, runID: freshID())
        let events = PulledSequence<FlowProgress> {
            let reading = FlowReading(call, time: caller.timeLimit)
            return { try await reading.next() }
        }
        return (call.runID, flow.identity, call.session, events)
    }
}

/// One run of a flow for one caller: what it is given, and what remains of it.
struct FlowCall: Sendable {
    let service: FlowService
    let flow: RunnableFlow
    let request: FlowRequest
    let caller: FlowCaller
    let runID: String
    /// The calls of the caller's tools that come of it.
    let calls: CallerCalls

    init(
        service: FlowService, flow: RunnableFlow, request: FlowRequest, caller: FlowCaller, runID: String
    ) {
        self.service = service
        self.flow = flow
        self.request = request
        self.caller = caller
        self.runID = runID
        calls = CallerCalls(after: request.callerTools?.turns ?? [], freshID: service.freshID)
    }

    /// The conversation that the run belongs to: the flow's own one when none is named.
    var session: String { request.session ?? flow.identity.id }

    var key: ConversationKey {
        ConversationKey(owner: caller.owner, flow: flow.identity.id, session: session)
    }

    func context(time: Duration?) async throws -> RunContext {
        var budget = service.configuration.budget
        budget.time = time
        var facts: [any Sendable] = [
            FlowInput(
                request.message, values: request.values, session: session, webhook: request.webhook),
            caller.scope, caller.owner, memory, RunSources(),
        ]
        if let tools = request.callerTools { facts += [tools, calls] as [any Sendable] }
        // Flows over the corpus ask a question: what the caller says, where it is one.
        if flow.asksQuestion {
            let said = try await memory.last(2 * Question.turnLimit)
            let asked = try? Question(request.message.text, conversation: Question.turns(of: said))
            if let asked { facts.append(asked) }
        }
        if let files = service.files?(caller.owner, flow.identity.id) {
            facts.append(RunFiles(files))
        }
        return RunContext(
            runID: runID, budget: budget, logger: service.logger,
            secrets: service.vault.map { OwnersSecrets(vault: $0) }, observer: service.observer,
            showsValues: request.showsValues && (flow.keeper.map { $0 == caller.owner } ?? true),
            facts: facts)
    }

    private var memory: ConversationMemory {
        let (store, key, service, history) = (service.store, key, service, request.history)
        let continued = request.continued
        guard request.isKept else {
            return ConversationMemory(last: { limit in history.suffix(limit) }, add: { _ in })
        }
        return ConversationMemory(
            last: { limit in
                let kept = limit - min(limit, history.count)
                let said =
                    kept > 0 ? try await Self.said(in: key, before: continued, limit: kept, store) : []
                return said.map { ChatMessage($0) } + history.suffix(limit)
            },
            add: { message in
                try await store.append([
                    StoredMessage(
                        message, key: key, id: service.freshID(), component: nil, runID: runID,
                        at: service.now())
                ])
            })
    }

    /// What the run says in its conversation: what it was told and what it made, as far as that is said.
    func messages(_ response: FlowResponse) -> [StoredMessage] {
        guard request.isKept else { return [] }
        let time = service.now()
        // What a caller tells was said before is said in this conversation too; what it tells the model is not.
        var messages = request.history.filter { $0.role == .user || $0.role == .assistant }.map { message in
            StoredMessage(
                message, key: key, id: service.freshID(), component: nil, runID: runID, at: time)
        }
        let input = flow.component(ofType: "ChatInput")
        let keptTurns = request.callerTools?.keptCount ?? 0
        let turns = isKept(input) ? request.callerTools?.turns.dropFirst(keptTurns) ?? [] : []
        // Results of calls that the conversation holds already came before whatever is new.
        let isLate = keptTurns > 0
        if isLate { messages += turns.map { kept($0, at: time) } }
        let isSaid = !request.message.text.isEmpty || !request.message.files.isEmpty
        if request.continued == nil, isSaid, isKept(input) {
            messages.append(
                StoredMessage(
                    request.message, key: key, id: service.freshID(), component: input, runID: runID, at: time
                )
            )
        }
        if !isLate { messages += turns.map { kept($0, at: time) } }
        // What stands beside calls is kept with them.
        let beside = Set(response.calls.map(\.message.text))
        for output in response.outputs
        where Self.spoken.contains(output.type) && isKept(output.component)
            && !beside.contains(output.message.text)
        {
            messages.append(
                StoredMessage(
                    output.message, key: key, id: service.freshID(), component: output.component,
                    runID: runID, at: time))
        }
        if isKept(input) { messages += response.calls.map { kept($0, at: time) } }
        return messages
    }

    /// Pages of a conversation that are looked through for what was said.
    private static let memoryPages = 16

    /// The last messages of a conversation, but for calls of the caller's tools and their results: those are between a
    /// model and its caller, and take nobody's place.
    private static func said(
        in key: ConversationKey, before message: String?, limit: Int, _ store: any WorkspaceStore
    ) async throws -> [StoredMessage] {
        var said: [StoredMessage] = []
        var end = message
        for _ in 0..<memoryPages {
            let page = try await store.messages(of: key, before: end, limit: limit)
            let plain = page.filter { $0.callerTurn == nil }
            said = plain + said
            guard said.count < limit, plain.count < page.count, let first = page.first else { break }
            end = first.id
        }
        return Array(said.suffix(limit))
    }

    private func kept(_ turn: CallerTurn, at time: Date) -> StoredMessage {
        StoredMessage(
            turn.message, key: key, id: service.freshID(), component: nil, runID: runID, at: time, turn: turn)
    }

    /// Whether the conversation keeps what a component says.
    private func isKept(_ component: String?) -> Bool {
        guard let component else { return true }
        if let changed = request.changes[component]?["is_kept"] { return changed != .bool(false) }
        return !flow.silent.contains(component)
    }

    /// Types of components whose values are said, not only given back.
    private static let spoken: Set<String> = ["ChatOutput", "Cite"]

    /// Whatever the run threw, in the words of this service. A component that was given no question is no fault of the
    /// flow's when the message is none.
    func told(_ error: any Error, limit: Duration?) -> any Error {
        let name = flow.identity.name
        if case FlowError.step(let failure) = error, failure.error is MissingFact, flow.asksQuestion {
            do {
                _ = try Question(request.message.text)
            } catch {
                return FlowServiceError.componentFailed(
                    flow: name, component: failure.component, error: error)
            }
        }
        return FlowServiceError.told(error, flow: name, limit: limit)
    }

    /// Keeps what was said.
    func ended(_ outcome: RunOutcome) async throws -> FlowResponse {
        var response = flow.response(
            outcome, runID: runID, session: session, input: request.message)
        response.calls = calls.turns
        let messages = messages(response)
        if !messages.isEmpty { try await service.store.append(messages) }
        return response
    }
}

/// Secrets of the run's owner, who is a fact of the run.
private struct OwnersSecrets: SecretResolver {
    let vault: any SecretVault

    func secret(named name: String, in context: RunContext) async throws -> String {
        try await vault.value(of: name, for: try context.fact(Owner.self))
    }
}

extension RunnableFlow {
    func component(ofType type: String) -> String? {
        definition.graph.components.first { $0.type == type }?.id
    }
}

extension FlowGraph {
    /// Components that look at the question that the run is for.
    private static let asking: Set<String> = ["QuestionInput", "Cite"]

    /// A flow that is named as a body may be anything.
    var asksQuestion: Bool {
        components.contains { node in
            Self.asking.contains(node.type)
                || node.bodies.values.contains { body in
                    if case .graph(let graph) = body { graph.asksQuestion } else { true }
                }
        }
    }
}
