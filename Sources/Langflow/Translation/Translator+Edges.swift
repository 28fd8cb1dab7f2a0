import Flow
import JSONValue

extension Translator {
    /// Takes an edge of the export into the draft.
    mutating func connect(_ number: Int) {
        let edge = export.edges[number]
        guard let target = component(edge.target) else { return }
        let isMissing = rules[edge.target] == nil
        let source = component(edge.source)
        if !isMissing, takesModel(edge) {
            approximate(edge.target, "The model of “\(edge.source)” is one of those of the settings.")
            return
        }
        // What is merged, an embedding, is taken from the settings of whoever would take it.
        guard let source else { return }
        if isMissing {
            add(number, from: PortReference(source, edge.output), to: PortReference(target, edge.field))
            return
        }
        guard let rule = rules[edge.target] else { return }
        if edge.isLoopBack {
            guard rule.special == .loop else {
                draft.change(target) { $0.fault = .openInput(node: edge.target, field: edge.field) }
                return
            }
            connect(number, to: PortReference(target, "item"), rank: 0)
            return
        }
        if let reason = rule.dropped[edge.field],
            !rule.inputs.contains(where: { $0.fields.contains(edge.field) })
        {
            approximate(edge.target, "What is led into “\(edge.field)” is left out: \(reason).")
            return
        }
        if let rank = rule.inputs.firstIndex(where: { $0.fields.contains(edge.field) }) {
            let port = rule.inputs[rank].port
            connect(number, to: PortReference(component(edge.target, port: port) ?? target, port), rank: rank)
        } else if rule.special == .prompt, draft[target]?.ports.input(edge.field) != nil {
            connect(number, to: PortReference(target, edge.field), rank: 0)
        } else if rule.special == .subFlow {
            connect(number, to: PortReference(target, "message"), rank: 0)
        } else if let row = rule.parameters.first(where: { $0.fields.contains(edge.field) }),
            let text = constant(source), case .value(let value) = row.form.translate(text)
        {
            draft.change(target) { $0.parameters[row.parameter] = value }
            approximate(
                edge.target,
                "What “\(edge.source)” says is taken into “\(edge.field)”, which is a setting here.")
        } else {
            draft.change(target) {
                $0.fault = .settingFromEdge(node: edge.target, field: edge.field, source: edge.source)
            }
        }
    }

    /// The text of a component that always says the same.
    private func constant(_ id: String) -> JSONValue? {
        guard let made = draft[id], made.ports.inputs.isEmpty else { return nil }
        let text = made.type == "TextInput" ? made.parameters["text"] : nil
        if let text { return text }
        guard made.type == "PromptTemplate", let template = made.parameters["template"]?.string else {
            return nil
        }
        let isMustache = made.parameters["syntax"] == "mustache"
        return .string(
            isMustache ? template : template.replacing("{{", with: "{").replacing("}}", with: "}"))
    }

    private func takesModel(_ edge: LangflowEdge) -> Bool {
        ComponentRules.modelFields.contains(edge.field)
            && (ComponentRules.modelOutputs.contains(edge.output) || component(edge.source) == nil)
    }

    private mutating func connect(_ number: Int, to port: PortReference, rank: Int) {
        let edge = export.edges[number]
        guard let source = component(edge.source), let target = draft[port.component] else { return }
        if target.ports.toolInputs.contains(port.port) {
            connectTool(number, source, to: port)
            return
        }
        if rules[edge.source] == nil {
            add(number, from: PortReference(source, edge.output), to: port, rank: rank)
        } else if let from = output(edge.output, of: edge.source) {
            add(number, from: from, to: port, rank: rank)
        } else {
            draft.change(port.component) {
                $0.fault = $0.fault ?? .unknownOutput(node: edge.source, output: edge.output)
            }
        }
    }

    private mutating func connectTool(_ number: Int, _ source: String, to port: PortReference) {
        if draft[source]?.type == "MCPTools" {
            add(number, from: PortReference(source, "tools"), to: PortReference(port.component, "toolsets"))
        } else {
            add(number, from: PortReference(source, FlowGraph.toolPort), to: port)
        }
    }

    mutating func add(_ number: Int?, from: PortReference, to: PortReference, rank: Int = 0) {
        var edge = Draft.Edge(from: from, to: to, origin: number, rank: rank)
        if let number, export.edges[number].isLoopBack { edge.isLoopBack = true }
        draft.edges.append(edge)
    }

    /// Our port for one of their outputs.
    private func output(_ name: String, of node: String) -> PortReference? {
        guard let rule = rules[node] else { return nil }
        var port = rule.outputs[name]
        switch rule.special {
        case .subFlow: port = "message"
        case .router:
            if name == "default_result" {
                port = "else"
            } else if let number = Int(name.dropFirst("category_".count).prefix { $0.isNumber }) {
                port = "route_\(number)"
            }
        case .textInput: port = "message"
        default:
            // Before outputs had names there was one.
            if name.isEmpty, rule.outputs.count == 1 { port = rule.outputs.values.first }
        }
        guard let port, let id = component(node, port: port) else { return nil }
        return draft[id]?.ports.payload(ofOutput: port) == nil ? nil : PortReference(id, port)
    }
}
