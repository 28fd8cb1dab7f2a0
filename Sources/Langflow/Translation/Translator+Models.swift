import Flow
import JSONValue

extension Translator {
    /// Says which model runs it, and what of the model's settings is not taken over.
    mutating func askModel(_ node: LangflowNode, _ id: String) {
        if draft[id]?.type == "BatchRun" { draft.change(id) { $0.parameters["adds_index"] = true } }
        if draft[id]?.type == "StructuredOutput", draft[id]?.parameters["schema"] == nil {
            draft.change(id) { $0.parameters["schema"] = ["type": "object"] }
            approximate(node.id, "It has no schema; any object is taken.")
        }
        var asked = Self.model(askedBy: node)
        for field in ComponentRules.modelFields.sorted() {
            for number in incoming[node.id]?[field] ?? [] {
                let edge = export.edges[number]
                guard let source = export.nodes.first(where: { $0.id == edge.source }) else { continue }
                asked = Self.model(askedBy: source)
                takeTemperature(of: source, to: id, node)
            }
        }
        guard !asked.isEmpty else { return }
        approximate(node.id, "It asks for \(asked); the standard model of the settings runs it.")
    }

    /// A model that is handed on brings its temperature with it.
    private mutating func takeTemperature(of source: LangflowNode, to id: String, _ node: LangflowNode) {
        guard draft[id]?.type == "Agent" || draft[id]?.type == "LanguageModel",
            let field = source.fields["temperature"], !field.isGlobal,
            case .value(let value) = ValueForm.number(0...1).translate(field.value)
        else { return }
        draft.change(id) { $0.parameters["temperature"] = value }
    }

    /// Tools that are switches at Langflow's agent, and its places for the date.
    mutating func finishAgent(_ node: LangflowNode, _ id: String) {
        var addsDate = node.fields["add_current_date_tool"]?.value.bool ?? false
        if let instructions = draft[id]?.parameters["instructions"]?.string {
            let places = ["{current_date}", "{model_name}", "{optional_user_context}"]
            if places.contains(where: { instructions.contains($0) }) {
                addsDate = addsDate || instructions.contains(places[0])
                let lines = instructions.split(separator: "\n", omittingEmptySubsequences: false)
                let kept = lines.filter { line in !places.contains { line.contains($0) } }
                draft.change(id) {
                    $0.parameters["instructions"] = .string(kept.joined(separator: "\n"))
                }
                remark(
                    node.id, "The date is told by the agent itself, in place of a line of its instructions.")
            }
        }
        draft.change(id) {
            if addsDate { $0.parameters["add_current_date"] = true }
            if $0.parameters["output_schema"] == .array([]) { $0.parameters["output_schema"] = nil }
        }
        if (used[node.id] ?? []).contains("structured_response"),
            draft[id]?.parameters["output_schema"] == nil
        {
            draft.change(id) { $0.parameters["output_schema"] = ["type": "object"] }
            approximate(node.id, "Its structured response has no schema; any object is taken.")
        }
        if node.fields["add_calculator_tool"]?.value.bool ?? false {
            let tool = addSynthetic("\(node.id)-calculator", "Calculator", of: node)
            add(nil, from: PortReference(tool, FlowGraph.toolPort), to: PortReference(id, "tools"))
        }
        let hasTools =
            !(incoming[node.id]?["tools"] ?? []).isEmpty
            || node.fields["add_calculator_tool"]?.value.bool ?? false
        if !hasTools { return }
        if node.fields["handle_parsing_errors"]?.value.bool == false {
            approximate(node.id, "Bad calls of tools are always told to the model, which may mend them.")
        }
    }
}
