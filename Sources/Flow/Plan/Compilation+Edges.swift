import JSONValue

extension Compilation {
    /// Resolves every edge to slots.
    mutating func connect(_ graph: FlowGraph, _ draft: inout GraphDraft, at place: GraphPlace) {
        var toolEdges: [(edge: FlowGraph.Edge, name: String)] = []
        for (number, edge) in graph.edges.enumerated() {
            let name = "Edge \(number + 1) (\(edge.from) → \(edge.to))"
            if edge.from.port == FlowGraph.toolPort, edge.from.component != FlowGraph.inputNode,
                !hasOutput(edge.from, in: draft)
            {
                toolEdges.append((edge, name))
            } else {
                connect(edge, name, &draft)
            }
        }
        connectTools(toolEdges, graph, &draft, at: place)
        for index in draft.nodes.indices where !draft.toolNodes.contains(index) {
            let node = draft.nodes[index]
            for (input, sources) in zip(node.declaration.inputs, node.sources)
            where input.presence == .required && sources.isEmpty && !node.isSynthetic {
                let port = PortReference(node.path, input.name)
                if !openIsExplained.contains(port) { faults.append(.inputOpen(port, type: input.payload)) }
            }
        }
    }

    private mutating func connect(_ edge: FlowGraph.Edge, _ name: String, _ draft: inout GraphDraft) {
        let from = source(edge.from, in: draft, edge: name)
        guard let index = node(edge.to.component, in: draft, edge: name) else { return }
        let target = draft.nodes[index]
        guard let input = target.declaration.inputs.firstIndex(where: { $0.name == edge.to.port }) else {
            let known = target.declaration.inputs.map(\.name) + target.declaration.toolInputs.map(\.name)
            faults.append(
                .unknownPort(edge: name, component: target.path, port: edge.to.port, known: known))
            return
        }
        let port = target.declaration.inputs[input]
        guard let from else {
            // The edge was meant to fill it; that its beginning is wrong is told already.
            openIsExplained.insert(PortReference(target.path, port.name))
            return
        }
        guard let fitting = convert(from, to: port.type, edge, name, &draft) else {
            faults.append(.typeMismatch(edge: name, from: from.type.payloadName, to: port.payload))
            openIsExplained.insert(PortReference(target.path, port.name))
            return
        }
        if port.presence != .list, !target.sources[input].isEmpty {
            faults.append(.inputConnectedTwice(PortReference(target.path, port.name)))
        }
        draft.nodes[index].sources[input].append(fitting)
    }

    /// What conversions make of the graph's outputs that must be of another type than their ports, by name. Nothing
    /// is complained of here: ``outputs(of:_:_:expected:at:)`` does.
    mutating func convertedOutputs(
        of graph: FlowGraph, _ draft: inout GraphDraft, expected: [PortDeclaration]
    ) -> [String: Source] {
        var converted: [String: Source] = [:]
        for wanted in expected {
            guard let port = graph.outputs[wanted.name], port.component != FlowGraph.inputNode,
                let index = draft.indexByID[port.component],
                draft.nodes[index].declaration.outputs.contains(where: { $0.name == port.port }),
                let source = source(port, in: draft, edge: ""),
                ObjectIdentifier(source.type) != ObjectIdentifier(wanted.type)
            else { continue }
            let edge = FlowGraph.Edge(from: port, to: PortReference("output", wanted.name))
            converted[wanted.name] = convert(
                source, to: wanted.type, edge, "The output “\(wanted.name)”", &draft)
        }
        return converted
    }

    /// The source itself, or what a conversion makes of it.
    private mutating func convert(
        _ source: Source, to type: any Payload.Type, _ edge: FlowGraph.Edge, _ name: String,
        _ draft: inout GraphDraft
    ) -> Source? {
        if ObjectIdentifier(source.type) == ObjectIdentifier(type) { return source }
        guard let conversion = compiler.catalog.conversion(from: source.type, to: type) else { return nil }
        var converter = NodeDraft(
            id: name, path: "\(edge.from) → \(edge.to)", type: "conversion",
            component: ConversionStep(conversion), declaration: ConversionStep.declaration(conversion))
        converter.isSynthetic = true
        converter.sources = [[source]]
        let index = draft.append(converter, values: [])
        return Source(
            node: index, slot: draft.nodes[index].outputBase, isConditional: false, type: conversion.to)
    }

    private func hasOutput(_ port: PortReference, in draft: GraphDraft) -> Bool {
        draft.indexByID[port.component].map { index in
            draft.nodes[index].declaration.outputs.contains { $0.name == port.port }
        } ?? false
    }

    private mutating func node(_ id: String, in draft: GraphDraft, edge: String) -> Int? {
        if let index = draft.indexByID[id] { return index }
        if !draft.broken.contains(id) { faults.append(.unknownComponent(edge: edge, component: id)) }
        return nil
    }

    /// Where a port's value stands; `nil` when there is no such port, which is then told.
    mutating func source(_ port: PortReference, in draft: GraphDraft, edge: String) -> Source? {
        if port.component == FlowGraph.inputNode {
            guard let slot = draft.entries.firstIndex(where: { $0.name == port.port }) else {
                let known = draft.entries.map(\.name)
                faults.append(
                    .unknownPort(edge: edge, component: FlowGraph.inputNode, port: port.port, known: known))
                return nil
            }
            let entry = draft.entries[slot]
            return Source(
                node: nil, slot: slot, isConditional: entry.presence == .optional, type: entry.type)
        }
        guard let index = node(port.component, in: draft, edge: edge) else { return nil }
        let node = draft.nodes[index]
        guard let output = node.declaration.outputs.firstIndex(where: { $0.name == port.port }) else {
            let known = node.declaration.outputs.map(\.name)
            faults.append(.unknownPort(edge: edge, component: node.path, port: port.port, known: known))
            return nil
        }
        let declared = node.declaration.outputs[output]
        return Source(
            node: index, slot: node.outputBase + output, isConditional: declared.presence == .optional,
            type: declared.type)
    }
}

/// Turns a value of an edge into what its end takes.
struct ConversionStep: ImmediateComponent {
    static let type = "conversion"
    static let summary = "Turns a value of an edge into what its end takes."
    let conversion: ComponentCatalog.Conversion

    init(_ conversion: ComponentCatalog.Conversion) {
        self.conversion = conversion
    }

    static func declaration(_ conversion: ComponentCatalog.Conversion) -> Declaration {
        var declaration = Declaration()
        declaration.inputs = [
            PortDeclaration(name: "in", meaning: "", presence: .required, type: conversion.from)
        ]
        declaration.outputs = [
            PortDeclaration(name: "out", meaning: "", presence: .required, type: conversion.to)
        ]
        return declaration
    }

    func compute(_ step: Step) throws {
        step.send(try conversion.convert(step.value(ofInput: 0)), toOutput: 0)
    }
}
