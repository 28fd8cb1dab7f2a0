import Components
import Flow
import JSONValue
import QA
import Workspace

/// A flow that was checked, with what its surfaces need to know of it.
final class RunnableFlow: Sendable {
    /// A named output of the graph.
    struct Output: Sendable {
        var name: String
        var component: String
        var title: String
        var type: String
        var port: String
    }

    let identity: FlowIdentity
    let definition: FlowDefinition
    let plan: Plan
    /// In the order of the graph's components.
    let outputs: [Output]
    /// Components whose text is what the flow says.
    let speakers: Set<String>
    /// Components whose messages no conversation keeps.
    let silent: Set<String>
    /// Whether values of variables stand in it, which may change.
    let isFilled: Bool
    /// Who keeps it; `nil` for a flow of the settings, which everybody may read.
    let keeper: Owner?
    /// Whether it takes what is said as a question to the corpus, with the conversation before it.
    let asksQuestion: Bool

    init(
        identity: FlowIdentity, definition: FlowDefinition, plan: Plan, isFilled: Bool = false,
        keeper: Owner? = nil
    ) {
        self.keeper = keeper
        self.isFilled = isFilled
        asksQuestion = definition.graph.asksQuestion
        self.identity = identity
        self.definition = definition
        self.plan = plan
        let graph = definition.graph
        let order = Dictionary(
            graph.components.enumerated().map { ($0.element.id, $0) }, uniquingKeysWith: { first, _ in first }
        )
        outputs = graph.outputs.map { name, port in
            let node = order[port.component]?.element
            return Output(
                name: name, component: port.component, title: node?.title ?? node?.type ?? port.component,
                type: node?.type ?? "", port: port.port)
        }.sorted {
            (order[$0.component]?.offset ?? 0, $0.name) < (order[$1.component]?.offset ?? 0, $1.name)
        }
        let shown = Set(graph.outputs.values.map(\.component))
        let toShown = graph.edges.filter { shown.contains($0.to.component) }.map(\.from.component)
        speakers = shown.union(toShown)
        silent = Set(graph.components.filter { $0.parameters["is_kept"] == .bool(false) }.map(\.id))
    }

    /// What a finished run made, and what each of it says.
    func response(
        _ outcome: RunOutcome, runID: String, session: String, input: ChatMessage
    ) -> FlowResponse {
        FlowResponse(
            runID: runID, flow: identity, session: session, input: input,
            outputs: outputs.compactMap { output in
                guard let value = outcome.outputs[output.name] else { return nil }
                return FlowOutput(
                    component: output.component, title: output.title, type: output.type, port: output.port,
                    value: FlowValue.json(value), message: FlowValue.message(value))
            },
            steps: outcome.traces, duration: outcome.duration)
    }
}

/// What a payload is outside the engine.
enum FlowValue {
    static func json(_ value: any Payload) -> JSONValue {
        switch value {
        case let answer as Answer: message(answer).json
        case let value as any JSONPayload: value.json
        default: .null
        }
    }

    static func message(_ value: any Payload) -> ChatMessage {
        switch value {
        case let message as ChatMessage: message
        case let text as String: ChatMessage(text, role: .assistant)
        case let record as Record: ChatMessage(record.text, role: .assistant)
        case let table as Table: ChatMessage(table.markdown, role: .assistant)
        case let answer as Answer: ChatMessage(answer)
        case let value as any JSONPayload: ChatMessage((try? value.json.text()) ?? "", role: .assistant)
        default: ChatMessage("", role: .assistant)
        }
    }
}
