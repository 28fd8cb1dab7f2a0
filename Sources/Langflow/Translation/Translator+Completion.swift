import Flow
import JSONValue

extension Translator {
    /// Gives the inputs of a node that no edge fills what stands in its fields.
    mutating func complete(_ node: LangflowNode, _ rule: ComponentRule) {
        guard let id = component(node.id), let made = draft[id] else { return }
        // The model gives a tool its arguments.
        let isTool = node.isTool || draft.edges.contains { $0.from == PortReference(id, FlowGraph.toolPort) }
        guard made.fault == nil, !isTool else { return }
        for (rank, row) in rule.inputs.enumerated() where row.constant == .node {
            let owner = component(node.id, port: row.port) ?? id
            guard let input = draft[owner]?.ports.input(row.port) else { continue }
            give(row.fields, of: node, to: PortReference(owner, row.port), input.presence, rank: rank)
        }
        if rule.special == .prompt {
            for input in made.ports.inputs {
                give([input.name], of: node, to: PortReference(id, input.name), .required, rank: 0)
            }
        }
        if rule.special == .model || rule.special == .agent { askByInstructions(node, id) }
        for owner in Set((components[node.id] ?? [:]).values).sorted() { checkInputs(of: owner, node, rule) }
    }

    /// Puts a `TextInput` before a port, which a run's tweak may set.
    private mutating func give(
        _ fields: [String], of node: LangflowNode, to port: PortReference,
        _ presence: PortDeclaration.Presence, rank: Int
    ) {
        // A node that nothing is connected to is left out anyway.
        guard incoming[node.id] != nil || used[node.id] != nil || rules[node.id]?.role != nil else { return }
        // What leads back fills it from the second round on; the first one has what stands in the field.
        let isFilled = draft.edges.contains {
            $0.to == port && $0.circle == nil && (presence != .list || $0.rank == rank)
        }
        let isLedBack = draft.edges.contains { $0.to == port && $0.circle != nil }
        guard !isFilled, draft[port.component]?.ports.input(port.port)?.payload.isText ?? false else {
            return
        }
        let name =
            fields.first { !(node.fields[$0]?.isEmpty ?? true) } ?? fields.first { node.fields[$0] != nil }
        let field = name.flatMap { node.fields[$0] }
        let isEmpty = field?.isEmpty ?? true
        let asksModel = rules[node.id]?.special == .model || rules[node.id]?.special == .agent
        if isEmpty, presence != .required || asksModel && !isLedBack {
            return
        }
        let label = name ?? fields.first ?? port.port
        let text = field.flatMap { value(of: $0, label, .text, node.id) } ?? ""
        let source = addSynthetic("\(node.id)-\(label)", "TextInput", of: node)
        draft.change(source) { $0.parameters["text"] = text }
        add(nil, from: PortReference(source, "message"), to: port, rank: rank)
        bindings[node.id, default: [:]][label] = FieldBinding(
            component: source, parameter: "text", form: .text, fixed: nil)
        if isEmpty, !isLedBack, rules[node.id]?.special != .prompt {
            remark(node.id, "Its field “\(label)” is empty; give it by an edge or by a tweak.")
        }
    }

    /// Langflow lets a model answer its instructions alone; here something is asked.
    private mutating func askByInstructions(_ node: LangflowNode, _ id: String) {
        guard let made = draft[id], made.ports.input("input") != nil,
            !draft.edges.contains(where: { $0.to == PortReference(id, "input") }),
            incoming[node.id] != nil || used[node.id] != nil
        else { return }
        if let place = draft.edges.firstIndex(where: { $0.to == PortReference(id, "system") }) {
            draft.edges[place].to = PortReference(id, "input")
            approximate(node.id, "It has no input, so its instructions are what it is asked.")
            return
        }
        let name = made.type == "LanguageModel" ? "system_message" : "instructions"
        let instructions = made.type == "StructuredOutput" ? nil : made.parameters[name]
        let source = addSynthetic("\(node.id)-input_value", "TextInput", of: node)
        draft.change(source) { $0.parameters["text"] = instructions ?? "" }
        add(nil, from: PortReference(source, "message"), to: PortReference(id, "input"))
        bindings[node.id, default: [:]]["input_value"] = FieldBinding(
            component: source, parameter: "text", form: .text, fixed: nil)
        if instructions != nil {
            draft.change(id) { $0.parameters[name] = nil }
            approximate(node.id, "It has no input, so its instructions are what it is asked.")
        } else {
            remark(node.id, "Its field “input_value” is empty; give it by an edge or by a tweak.")
        }
    }

    private mutating func checkInputs(of id: String, _ node: LangflowNode, _ rule: ComponentRule) {
        guard let made = draft[id], made.fault == nil else { return }
        for input in made.ports.inputs where input.presence == .required {
            guard !draft.edges.contains(where: { $0.to == PortReference(id, input.name) }) else { continue }
            let field = rule.inputs.first { $0.port == input.name }?.fields.first ?? input.name
            draft.change(id) { $0.fault = .openInput(node: node.id, field: field) }
            return
        }
    }

    /// Tells agents what their tools were called, which their instructions may speak of, and leaves out those that were
    /// switched off.
    mutating func nameTools() {
        var off: Set<String> = []
        for edge in draft.edges where edge.isTool || draft[edge.from.component]?.type == "MCPTools" {
            guard let tool = draft[edge.from.component],
                let node = export.nodes.first(where: { $0.id == tool.origin }), node.isTool
            else { continue }
            let rows = node.toolRows.filter(\.isOn)
            if tool.type == "MCPTools" {
                for row in rows { name(row.tool, row, of: edge.to.component) }
            } else if let row = rows.first {
                name(tool.id, row, of: edge.to.component)
            } else if !node.toolRows.isEmpty {
                off.insert(tool.id)
                approximate(node.id, "It is switched off as a tool, so it is left out.")
            }
        }
        draft.edges.removeAll { $0.isTool && off.contains($0.from.component) }
        draft.remove(off)
    }

    private mutating func name(_ tool: String, _ row: LangflowNode.ToolRow, of agent: String) {
        draft.change(agent) { agent in
            for (text, parameter) in [(row.name, "tool_names"), (row.description, "tool_descriptions")]
            where !text.isEmpty && !(parameter == "tool_names" && text == tool) {
                var texts = agent.parameters[parameter]?.object ?? [:]
                texts[tool] = .string(text)
                agent.parameters[parameter] = .object(texts)
            }
        }
    }

    /// What is a tool and has other edges as well is had twice: once for the agent, once for the edges.
    mutating func separateTools() {
        let tools = draft.components.filter { component in
            draft.edges.contains { $0.from == PortReference(component.id, FlowGraph.toolPort) }
        }
        for tool in tools {
            let others = draft.edges.filter { $0.from.component == tool.id && !$0.isTool }
            let given = draft.edges.filter { $0.to.component == tool.id && !$0.isTool }
            if others.isEmpty {
                // Constants made for it are of no use then.
                let constants = Set(given.map(\.from.component)).filter { draft[$0]?.isSynthetic ?? false }
                if given.contains(where: { $0.origin != nil }) {
                    approximate(
                        tool.origin,
                        "As a tool it is given everything by the model; other edges into it are left out.")
                }
                draft.edges.removeAll { $0.to.component == tool.id && !$0.isTool }
                draft.remove(constants)
                draft.change(tool.id) {
                    if case .openInput = $0.fault { $0.fault = nil }
                }
                continue
            }
            var copy = tool
            copy.id = draft.freeID("\(tool.id)-tool")
            copy.isSynthetic = true
            copy.fault = nil
            copy.role = nil
            draft.add(copy)
            for place in draft.edges.indices
            where draft.edges[place].from == PortReference(tool.id, FlowGraph.toolPort) {
                draft.edges[place].from = PortReference(copy.id, FlowGraph.toolPort)
            }
        }
    }
}
