import JSONValue

@testable import Flow

/// Plans a graph and runs it.
///
/// - Parameters:
///   - facts: what the run knows, such as a `FlowInput`.
///   - inputs: one value for each of the graph's inputs.
func run(
    _ graph: FlowGraph, facts: [any Sendable] = [], inputs: [String: any Payload] = [:],
    catalog: ComponentCatalog, library: [FlowDefinition] = [], budget: RunBudget = RunBudget()
) async throws -> RunOutcome {
    let plan = try PlanCompiler(catalog: catalog, library: library)
        .plan(FlowDefinition(name: "test", graph: graph))
    return try await plan.run(inputs, in: RunContext(runID: "test", budget: budget, facts: facts))
}

/// Plans a graph, runs it, and keeps what its steps told on the way.
func follow(
    _ graph: FlowGraph, facts: [any Sendable] = [], inputs: [String: any Payload] = [:],
    catalog: ComponentCatalog, budget: RunBudget = RunBudget()
) async throws -> (outcome: RunOutcome, emissions: [any Emission]) {
    let plan = try PlanCompiler(catalog: catalog).plan(FlowDefinition(name: "test", graph: graph))
    let context = RunContext(runID: "test", budget: budget, facts: facts)
    let (run, events) = try plan.start(inputs, in: context)
    var emissions: [any Emission] = []
    for try await event in events {
        if case .emitted(_, let emission) = event.kind { emissions.append(emission) }
    }
    return (try await run.outcome(), emissions)
}

/// Runs one component called `it`, whose ports are the graph's inputs and outputs by the same names.
///
/// - Parameters:
///   - inputs: a value for each input that has an edge. Its type may be one that the catalogue converts.
///   - lists: values for inputs that take any number of edges, in the order of the edges.
func run(
    one type: String, _ parameters: [String: JSONValue] = [:], bodies: [String: FlowBody] = [:],
    inputs: [String: any Payload] = [:], lists: [String: [any Payload]] = [:],
    facts: [any Sendable] = [], catalog: ComponentCatalog, library: [FlowDefinition] = []
) async throws -> RunOutcome {
    let alone = LoneComponent(
        type, parameters, bodies: bodies, inputs: inputs, lists: lists, catalog: catalog)
    return try await run(
        alone.graph, facts: facts, inputs: alone.inputs, catalog: catalog, library: library)
}

/// What a component threw when it was run alone; `nil` when it threw nothing.
func failure(
    one type: String, _ parameters: [String: JSONValue] = [:], bodies: [String: FlowBody] = [:],
    inputs: [String: any Payload] = [:], lists: [String: [any Payload]] = [:],
    facts: [any Sendable] = [], catalog: ComponentCatalog
) async -> (any Error)? {
    await failure {
        _ = try await run(
            one: type, parameters, bodies: bodies, inputs: inputs, lists: lists, facts: facts,
            catalog: catalog)
    }
}

/// What a component threw within a run, without the engine's word for where; `nil` when nothing was thrown.
func failure(_ body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch FlowError.step(let failure) {
        return failure.error
    } catch {
        return error
    }
}

/// A graph of one component, and the values of its inputs.
struct LoneComponent {
    var graph: FlowGraph
    var inputs: [String: any Payload]

    init(
        _ type: String, _ parameters: [String: JSONValue] = [:], bodies: [String: FlowBody] = [:],
        inputs: [String: any Payload] = [:], lists: [String: [any Payload]] = [:], catalog: ComponentCatalog
    ) {
        var entries = inputs.sorted { $0.key < $1.key }
            .map { (name: $0.key, port: $0.key, value: $0.value) }
        for (port, values) in lists.sorted(by: { $0.key < $1.key }) {
            entries += values.enumerated().map { ("\(port) \($0.offset)", port, $0.element) }
        }
        // The ports of some components depend on their parameters.
        var declaration = Declaration(given: parameters)
        _ = catalog.types[type]?.make(&declaration)
        let outputs = declaration.outputs.map { ($0.name, PortReference("it", $0.name)) }
        graph = FlowGraph(
            inputs: entries.map { .init(name: $0.name, type: Swift.type(of: $0.value).payloadName) },
            components: [.init(id: "it", type: type, parameters: parameters, bodies: bodies)],
            edges: entries.map { entry in
                .init(
                    from: PortReference(FlowGraph.inputNode, entry.name),
                    to: PortReference("it", entry.port))
            }, outputs: Dictionary(uniqueKeysWithValues: outputs))
        self.inputs = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value) })
    }
}
