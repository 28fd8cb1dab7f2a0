/// A flow that was checked and may run: its components made, their inputs resolved.
public struct FlowPlan: Sendable {
    struct Step: Sendable {
        var id: String
        var component: any FlowComponent
        /// Input port to the output that feeds it.
        var sources: [String: PortReference]
    }

    public let flow: Flow
    /// Each after everything that it waits for.
    let steps: [Step]

    /// Checks a flow and wires it.
    ///
    /// - Throws: ``QAError/invalidFlow(name:faults:)`` with every fault.
    public init(_ flow: Flow, services: FlowServices) throws(QAError) {
        var faults: [FlowFault] = []
        let types = Self.types(of: flow, &faults)
        var settings: [String: [String: Double]] = [:]
        for component in flow.components {
            guard let type = types[component.id] else { continue }
            settings[component.id] = Self.settings(of: component, type, &faults)
        }
        let sources = Self.sources(of: flow, types, &faults)
        let order = Self.order(of: flow, sources, &faults)
        Self.checkOutput(of: flow, types, &faults)
        guard faults.isEmpty else { throw .invalidFlow(name: flow.name, faults: faults) }
        self.flow = flow
        steps = order.compactMap { id in
            guard let type = types[id] else { return nil }
            return Step(
                id: id, component: type.init(settings: settings[id] ?? [:], services: services),
                sources: sources[id] ?? [:])
        }
    }

    private static func types(of flow: Flow, _ faults: inout [FlowFault]) -> [String: any FlowComponent.Type]
    {
        var types: [String: any FlowComponent.Type] = [:]
        var ids: Set<String> = []
        if flow.components.isEmpty { faults.append(.noComponents) }
        for component in flow.components {
            if !ids.insert(component.id).inserted { faults.append(.duplicateID(component.id)) }
            if let type = ComponentCatalog.component(named: component.type) {
                types[component.id] = type
            } else {
                let known = ComponentCatalog.all.map { $0.type }
                faults.append(.unknownType(component: component.id, type: component.type, known: known))
            }
        }
        return types
    }

    private static func settings(
        of component: Flow.Component, _ type: any FlowComponent.Type, _ faults: inout [FlowFault]
    ) -> [String: Double] {
        var settings = Dictionary(
            type.parameters.map { ($0.name, $0.standard) }, uniquingKeysWith: { first, _ in first })
        for (name, parameter) in component.parameters.sorted(by: { $0.key < $1.key }) {
            guard let specification = type.parameters.first(where: { $0.name == name }) else {
                faults.append(
                    .unknownParameter(component: component.id, name: name, known: type.parameters.map(\.name))
                )
                continue
            }
            guard case .number(let value) = parameter else {
                faults.append(.parameterNotANumber(component: component.id, name: name))
                continue
            }
            if !specification.allowed.contains(value) {
                faults.append(
                    .parameterOutOfRange(
                        component: component.id, name: name, value: value, allowed: specification.allowed))
            } else if specification.isInteger, value != value.rounded() {
                faults.append(.parameterNotWhole(component: component.id, name: name, value: value))
            }
            settings[name] = value
        }
        return settings
    }

    /// For each component, where each of its inputs comes from.
    private static func sources(
        of flow: Flow, _ types: [String: any FlowComponent.Type], _ faults: inout [FlowFault]
    ) -> [String: [String: PortReference]] {
        var sources: [String: [String: PortReference]] = [:]
        let ids = Set(flow.components.map(\.id))
        for (number, edge) in flow.edges.enumerated() {
            let name = "Edge \(number + 1) (\(edge.from) → \(edge.to))"
            for id in [edge.from.component, edge.to.component] where !ids.contains(id) {
                faults.append(.unknownComponent(edge: name, component: id))
            }
            guard let from = types[edge.from.component], let to = types[edge.to.component] else { continue }
            let output = port(edge.from, among: from.outputs, edge: name, &faults)
            let input = port(edge.to, among: to.inputs, edge: name, &faults)
            guard let output, let input else { continue }
            if output.type != input.type {
                faults.append(.typeMismatch(edge: name, from: output.type, to: input.type))
            }
            if sources[edge.to.component]?[edge.to.port] != nil {
                faults.append(.inputConnectedTwice(edge.to))
            }
            sources[edge.to.component, default: [:]][edge.to.port] = edge.from
        }
        for component in flow.components {
            for input in types[component.id]?.inputs ?? [] where !input.isOptional {
                if sources[component.id]?[input.name] == nil {
                    faults.append(.inputOpen(PortReference(component.id, input.name), type: input.type))
                }
            }
        }
        return sources
    }

    private static func port(
        _ reference: PortReference, among ports: [Port], edge: String, _ faults: inout [FlowFault]
    ) -> Port? {
        if let port = ports.first(where: { $0.name == reference.port }) { return port }
        faults.append(
            .unknownPort(
                edge: edge, component: reference.component, port: reference.port, known: ports.map(\.name)))
        return nil
    }

    /// Kahn's algorithm; what is left over waits in a circle.
    private static func order(
        of flow: Flow, _ sources: [String: [String: PortReference]], _ faults: inout [FlowFault]
    ) -> [String] {
        var order: [String] = []
        var done: Set<String> = []
        var open = flow.components.map(\.id)
        while !open.isEmpty {
            let ready = open.filter { id in
                (sources[id] ?? [:]).values.allSatisfy { done.contains($0.component) }
            }
            guard !ready.isEmpty else {
                faults.append(.cycle(open))
                return []
            }
            order += ready
            done.formUnion(ready)
            open.removeAll { done.contains($0) }
        }
        return order
    }

    private static func checkOutput(
        of flow: Flow, _ types: [String: any FlowComponent.Type], _ faults: inout [FlowFault]
    ) {
        guard let type = types[flow.output.component] else {
            if !flow.components.contains(where: { $0.id == flow.output.component }) {
                faults.append(.unknownComponent(edge: "The flow's output", component: flow.output.component))
            }
            return
        }
        if let port = port(flow.output, among: type.outputs, edge: "The flow's output", &faults),
            port.type != .answer
        {
            faults.append(.outputNotAnAnswer(flow.output, port.type))
        }
    }
}
