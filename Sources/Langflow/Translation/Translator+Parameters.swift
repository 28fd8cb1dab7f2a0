import Flow
import JSONValue

extension Translator {
    /// Sets the parameters that stand in a node's fields.
    mutating func setParameters(_ node: LangflowNode, _ rule: ComponentRule, of id: String) {
        // A store that only ingests has none of those of a search.
        guard draft[id]?.type == rule.component else { return }
        for row in rule.parameters {
            for name in row.fields where node.fields[name] != nil {
                bindings[node.id, default: [:]][name] =
                    bindings[node.id]?[name]
                    ?? FieldBinding(
                        component: id, parameter: row.parameter, form: row.form,
                        fixed: Self.fixedParameters[rule.component]?.contains(row.parameter) ?? false
                            ? "it decides the component's ports, which only a new plan changes" : nil)
            }
            let filled = row.fields.first { !(node.fields[$0]?.isEmpty ?? true) }
            let empty = row.takesEmpty ? row.fields.first { node.fields[$0]?.value == "" } : nil
            guard let name = filled ?? empty,
                let field = node.fields[name], !isConnected(node.id, name)
            else { continue }
            if let value = value(of: field, name, row.form, node.id) {
                draft.change(id) { $0.parameters[row.parameter] = value }
            }
        }
    }

    /// What decides a component's ports: a run cannot change it.
    private static let fixedParameters: [String: Set<String>] = [
        "PromptTemplate": ["template", "syntax"], "Router": ["routes", "uses_else"],
    ]

    /// A field's value as a parameter's; `nil` for our standard one.
    mutating func value(
        of field: LangflowField, _ name: String, _ form: ValueForm, _ node: String
    ) -> JSONValue? {
        if field.isGlobal, let variable = field.value.string, !variable.isEmpty {
            if field.isSecret {
                change(node) { $0.secrets.append(variable) }
                return ["secret": .string(variable)]
            }
            change(node) { $0.variables.append(variable) }
            return ["variable": .string(variable)]
        }
        switch form.translate(field.value) {
        case .value(let value): return value
        case .standard: return nil
        case .near(let value, let reason):
            approximate(node, "Field “\(name)”: \(reason).")
            return value
        case .unfit(let reason):
            approximate(node, "Field “\(name)” is left at its standard value: \(reason).")
            return nil
        }
    }

    /// Tells what stands in fields that have no counterpart.
    mutating func tellLosses(_ node: LangflowNode, _ rule: ComponentRule) {
        for loss in rule.losses {
            guard let field = node.fields[loss.field], field.value != .null,
                !loss.standard.contains(where: { Self.isSame($0, field.value) })
            else { continue }
            approximate(node.id, "Field “\(loss.field)” has no counterpart: \(loss.reason).")
        }
        for (name, field) in node.fields.sorted(by: { $0.key < $1.key })
        where field.isSecret && !field.isEmpty && bindings[node.id]?[name] == nil {
            if field.isGlobal, let variable = field.value.string {
                remark(node.id, "The secret “\(variable)” is not asked for: keys stand in the settings.")
            } else {
                remark(node.id, "The key in “\(name)” is not taken over: keys stand in the settings.")
            }
        }
    }

    /// Flags are written as texts in some exports.
    private static func isSame(_ first: JSONValue, _ second: JSONValue) -> Bool {
        if first == second { return true }
        if let flag = first.bool { return second.string?.lowercased() == "\(flag)" }
        return false
    }
}
