import Flow
import Foundation
import JSONValue
import Models
import Synchronization

@testable import Components

extension ComponentCatalog {
    /// What models do, with tools to call.
    static func language(
        _ generator: any Generator, price: ModelPrice? = nil, check: (any TextCheck)? = nil,
        items: [ToolSet.Item] = [],
        probe: @escaping @Sendable (String) async throws -> JSONValue = { .string($0) }
    ) -> ComponentCatalog {
        language(
            LanguageModels([.init(generator, price: price)]), check: check, items: items, probe: probe)
    }

    static func language(
        _ models: LanguageModels, check: (any TextCheck)? = nil, items: [ToolSet.Item] = [],
        probe: @escaping @Sendable (String) async throws -> JSONValue = { .string($0) }
    ) -> ComponentCatalog {
        var catalog = ComponentCatalog()
        catalog.addConversions()
        catalog.addLanguageComponents(
            models: models, check: check, now: { Date(timeIntervalSince1970: 1_735_689_600) })
        catalog.register(ProbeTool.self) { ProbeTool(&$0, body: probe) }
        catalog.register(GivenTools.self) { GivenTools(&$0, items: items) }
        return catalog
    }
}

/// A tool that does what a test wants with a text.
struct ProbeTool: Component {
    static let type = "ProbeTool"
    static let summary = "Does what a test wants."
    let text: Input<String>
    let result: Output<JSONValue>
    let body: @Sendable (String) async throws -> JSONValue

    init(_ declare: inout Declaration, body: @escaping @Sendable (String) async throws -> JSONValue) {
        text = declare.input("text", "Any.")
        result = declare.output("result", "What the test wants.")
        self.body = body
    }

    func run(_ step: Step) async throws { step.send(try await body(step[text]), to: result) }
}

/// Tools that are known only while a flow runs.
struct GivenTools: ImmediateComponent {
    static let type = "GivenTools"
    static let summary = "Gives tools."
    let tools: Output<ToolSet>
    let items: [ToolSet.Item]

    init(_ declare: inout Declaration, items: [ToolSet.Item]) {
        tools = declare.output("tools", "The tools.")
        self.items = items
    }

    func compute(_ step: Step) { step.send(ToolSet(items), to: tools) }
}

/// An agent with tools that are ``ProbeTool``s of these ids, and with those of ``GivenTools``.
func agentGraph(
    _ parameters: [String: JSONValue] = [:], tools: [String] = ["probe"], givesTools: Bool = false,
    outputs: [String] = ["message"]
) -> FlowGraph {
    var components: [FlowGraph.Node] = [.init(id: "agent", type: "Agent", parameters: parameters)]
    var edges: [FlowGraph.Edge] = [
        .init(from: PortReference("input", "input"), to: PortReference("agent", "input"))
    ]
    for id in tools {
        components.append(.init(id: id, type: "ProbeTool"))
        edges.append(.init(from: PortReference(id, "tool"), to: PortReference("agent", "tools")))
    }
    if givesTools {
        components.append(.init(id: "given", type: "GivenTools"))
        edges.append(.init(from: PortReference("given", "tools"), to: PortReference("agent", "toolsets")))
    }
    return FlowGraph(
        inputs: [.init(name: "input", type: "message")], components: components, edges: edges,
        outputs: Dictionary(uniqueKeysWithValues: outputs.map { ($0, PortReference("agent", $0)) }))
}

/// Runs an agent and gives its message.
func ask(
    _ catalog: ComponentCatalog, _ text: String = "What is it?", graph: FlowGraph = agentGraph(),
    facts: [any Sendable] = [], budget: RunBudget = RunBudget()
) async throws -> ChatMessage {
    let outcome = try await run(
        graph, facts: facts, inputs: ["input": ChatMessage(text)], catalog: catalog, budget: budget)
    return outcome.output(ChatMessage.self, named: "message") ?? ChatMessage("")
}

/// Counts what happens at once.
final class Crowd: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() {
        state.withLock { state in
            state.now += 1
            state.most = max(state.most, state.now)
        }
    }

    func leave() { state.withLock { $0.now -= 1 } }
}

/// Keeps what is told.
final class Heard<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }
    func add(_ element: Element) { elements.withLock { $0.append(element) } }
}
