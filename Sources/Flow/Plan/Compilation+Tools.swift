import JSONValue

extension Compilation {
    /// Makes tools of the components whose port `tool` has an edge.
    mutating func connectTools(
        _ edges: [(edge: FlowGraph.Edge, name: String)], _ graph: FlowGraph, _ draft: inout GraphDraft,
        at place: GraphPlace
    ) {
        var tools: [Int: ToolPlan] = [:]
        var users: [Int: Set<Int>] = [:]
        for (edge, name) in edges {
            guard let tool = draft.indexByID[edge.from.component] else {
                if !draft.broken.contains(edge.from.component) {
                    faults.append(.unknownComponent(edge: name, component: edge.from.component))
                }
                continue
            }
            guard let user = draft.indexByID[edge.to.component] else {
                if !draft.broken.contains(edge.to.component) {
                    faults.append(.unknownComponent(edge: name, component: edge.to.component))
                }
                continue
            }
            let declaration = draft.nodes[user].declaration
            guard let input = declaration.toolInputs.firstIndex(where: { $0.name == edge.to.port }) else {
                faults.append(
                    .unknownPort(
                        edge: name, component: draft.nodes[user].path, port: edge.to.port,
                        known: declaration.toolInputs.map(\.name)))
                continue
            }
            guard tool != user else {
                faults.append(.toolIsItsOwn(component: draft.nodes[tool].path))
                continue
            }
            guard users[user, default: []].insert(tool).inserted else {
                faults.append(.toolUsedTwice(component: draft.nodes[tool].path))
                continue
            }
            draft.toolNodes.insert(tool)
            if tools[tool] == nil { tools[tool] = toolPlan(draft.nodes[tool], draft) }
            if let plan = tools[tool] { draft.nodes[user].tools[input].append(plan) }
        }
        checkEdges(ofTools: draft, graph)
    }

    /// A tool has no other edges than those that make it one.
    private mutating func checkEdges(ofTools draft: GraphDraft, _ graph: FlowGraph) {
        guard !draft.toolNodes.isEmpty else { return }
        for (number, edge) in graph.edges.enumerated() {
            let ends = [
                edge.from.port == FlowGraph.toolPort ? nil : edge.from.component, edge.to.component,
            ]
            for id in ends {
                guard let index = id.flatMap({ draft.indexByID[$0] }), draft.toolNodes.contains(index) else {
                    continue
                }
                let name = "edge \(number + 1) (\(edge.from) → \(edge.to))"
                faults.append(.toolHasEdges(component: draft.nodes[index].path, edge: name))
            }
        }
    }

    /// A plan of the one component, its inputs as arguments.
    private mutating func toolPlan(_ tool: NodeDraft, _ draft: GraphDraft) -> ToolPlan? {
        let before = faults.count
        var properties: [String: JSONValue] = [:]
        var required: [JSONValue] = []
        for input in tool.declaration.inputs {
            guard let type = input.type as? any JSONPayload.Type else {
                // What no JSON stands for stays open where it may.
                if input.presence != .required { continue }
                faults.append(.toolPayload(component: tool.path, port: input.name, type: input.payload))
                continue
            }
            var schema = type.jsonSchema.object ?? [:]
            if !input.meaning.isEmpty { schema["description"] = .string(input.meaning) }
            properties[input.name] = .object(schema)
            if input.presence == .required { required.append(.string(input.name)) }
        }
        for output in tool.declaration.outputs where !(output.type is any JSONPayload.Type) {
            faults.append(.toolPayload(component: tool.path, port: output.name, type: output.payload))
        }
        guard faults.count == before else { return nil }
        var alone = GraphDraft(
            entries: tool.declaration.inputs.map { input in
                PortDeclaration(
                    name: input.name, meaning: input.meaning, presence: input.presence, type: input.type)
            })
        var node = tool
        node.sources = alone.entries.enumerated().map { slot, entry in
            [Source(node: nil, slot: slot, isConditional: entry.presence != .required, type: entry.type)]
        }
        let end = tool.parameterBase + tool.declaration.parameters.count
        let index = alone.append(node, values: Array(draft.parameters[tool.parameterBase..<end]))
        let base = alone.nodes[index].outputBase
        let outputs = tool.declaration.outputs.enumerated().map { offset, output in
            Plan.Port(name: output.name, type: output.type, slot: base + offset)
        }
        return ToolPlan(
            name: tool.id, description: compiler.catalog.types[tool.type]?.summary ?? "",
            inputSchema: [
                "type": "object", "properties": .object(properties), "required": .array(required),
                "additionalProperties": false,
            ], plan: alone.plan(name: flow, outputs: outputs))
    }
}
