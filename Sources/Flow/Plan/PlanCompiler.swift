/// Checks flows and makes plans of them.
public struct PlanCompiler: Sendable {
    /// Components of a flow, those in bodies included.
    public static let componentLimit = 20_000
    /// Bodies within bodies.
    public static let depthLimit = 16

    public let catalog: ComponentCatalog
    /// Flows that others may name as a body.
    public let library: [String: FlowDefinition]

    public init(catalog: ComponentCatalog, library: [FlowDefinition] = []) {
        self.catalog = catalog
        self.library = Dictionary(library.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    /// Checks a flow and wires it.
    ///
    /// - Parameter results: what the flow must make, by the names of its outputs.
    /// - Throws: ``FlowError/invalid(flow:faults:)`` with every fault.
    /// - Complexity: linear in components, ports and edges.
    public func plan(
        _ flow: FlowDefinition, producing results: [String: any Payload.Type] = [:]
    ) throws(FlowError) -> Plan {
        var compilation = Compilation(compiler: self, flow: flow.name)
        let expected = results.sorted { $0.key < $1.key }.map { name, type in
            PortDeclaration(name: name, meaning: "", presence: .required, type: type)
        }
        let plan = compilation.compile(flow.graph, at: GraphPlace(), inputs: nil, outputs: expected)
        guard compilation.faults.isEmpty, let plan else {
            throw .invalid(flow: flow.name, faults: compilation.faults)
        }
        return plan
    }
}

/// Where a graph lies: the path of the component whose body it is.
struct GraphPlace {
    /// Ends in `/` unless it is empty.
    var prefix = ""
    var depth = 0
    /// Named flows that it lies within, outermost first.
    var flows: [String] = []

    func path(_ id: String) -> String { prefix.isEmpty ? id : prefix + id }
}

/// One flow on its way to a plan, with everything that was found wrong.
struct Compilation {
    let compiler: PlanCompiler
    let flow: String
    var faults: [FlowFault] = []
    var componentCount = 0
    /// Inputs that stay open because of an edge that was complained of.
    var openIsExplained: Set<PortReference> = []

    init(compiler: PlanCompiler, flow: String) {
        self.compiler = compiler
        self.flow = flow
    }

    /// - Parameters:
    ///   - inputs: what a body is given; `nil` for a flow, whose inputs are its own.
    ///   - outputs: what must be made.
    /// - Returns: `nil` when something is wrong here or below.
    mutating func compile(
        _ graph: FlowGraph, at place: GraphPlace, inputs: [PortDeclaration]?, outputs: [PortDeclaration]
    ) -> Plan? {
        let before = faults.count
        if graph.components.isEmpty, graph.outputs.isEmpty || !outputs.isEmpty {
            faults.append(.noComponents(graph: String(place.prefix.dropLast())))
        }
        componentCount += graph.components.count
        guard componentCount <= PlanCompiler.componentLimit else {
            faults.append(.tooManyComponents(count: componentCount, limit: PlanCompiler.componentLimit))
            return nil
        }
        let entries = entries(of: graph, expected: inputs)
        var draft = GraphDraft(entries: entries)
        for node in graph.components { add(node, to: &draft, at: place) }
        connect(graph, &draft, at: place)
        let converted = convertedOutputs(of: graph, &draft, expected: outputs)
        shareStreams(&draft)
        order(&draft)
        let ports = self.outputs(of: graph, draft, converted, expected: outputs, at: place)
        guard faults.count == before else { return nil }
        return draft.plan(name: flow, outputs: ports)
    }

    private mutating func entries(
        of graph: FlowGraph, expected: [PortDeclaration]?
    ) -> [PortDeclaration] {
        var names: Set<String> = []
        var entries: [PortDeclaration] = expected ?? []
        for entry in graph.inputs {
            if !names.insert(entry.name).inserted { faults.append(.duplicateInput(entry.name)) }
            guard let type = compiler.catalog.payloads[entry.type] else {
                let known = compiler.catalog.payloads.keys.sorted()
                faults.append(.unknownPayload(input: entry.name, type: entry.type, known: known))
                continue
            }
            let edge = "The input “\(entry.name)”"
            guard let expected else {
                entries.append(
                    PortDeclaration(name: entry.name, meaning: "", presence: .required, type: type))
                continue
            }
            guard let given = expected.first(where: { $0.name == entry.name }) else {
                let known = expected.map(\.name)
                faults.append(
                    .unknownPort(
                        edge: edge, component: FlowGraph.inputNode, port: entry.name, known: known))
                continue
            }
            if ObjectIdentifier(given.type) != ObjectIdentifier(type) {
                faults.append(.typeMismatch(edge: edge, from: given.payload, to: entry.type))
            }
        }
        return entries
    }

    private mutating func outputs(
        of graph: FlowGraph, _ draft: GraphDraft, _ converted: [String: Source], expected: [PortDeclaration],
        at place: GraphPlace
    ) -> [Plan.Port] {
        let graphName = String(place.prefix.dropLast())
        var ports: [Plan.Port] = []
        var names = expected.map(\.name)
        names += graph.outputs.keys.filter { !names.contains($0) }.sorted()
        for name in names {
            let wanted = expected.first { $0.name == name }
            guard let reference = graph.outputs[name] else {
                faults.append(
                    .missingOutput(graph: graphName, name: name, type: wanted?.payload ?? "value"))
                continue
            }
            let edge = "The output “\(name)”"
            guard let source = converted[name] ?? source(reference, in: draft, edge: edge) else { continue }
            if let wanted, ObjectIdentifier(wanted.type) != ObjectIdentifier(source.type) {
                faults.append(
                    .outputType(
                        graph: graphName, name: name, reference, is: source.type.payloadName,
                        expected: wanted.payload))
            }
            ports.append(Plan.Port(name: name, type: source.type, slot: source.slot))
        }
        return ports
    }
}
