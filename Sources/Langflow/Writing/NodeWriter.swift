import Flow
import JSONValue

/// How a component's parameters stand in the fields of Langflow's.
enum NodeWriter {
    struct Fields {
        var values: [String: JSONValue] = [:]
        var remarks: [String] = []
    }

    /// The type of Langflow that a component is written as; `nil` for one that it has not.
    static func rule(for type: String) -> ComponentRule? {
        if type == "Ingest" { return rule(for: "CorpusSearch") }
        return ComponentRules.all.first { $0.component == type && !$0.types.isEmpty }
    }

    /// - Parameters:
    ///   - parameters: those that are written.
    ///   - node: the node that has the fields; `nil` for a new one.
    static func fields(
        of component: Canvas.Component, _ parameters: [String: JSONValue], in node: LangflowNode? = nil
    ) -> Fields {
        var fields = Fields()
        let own: ComponentRule? = node.flatMap { node in
            if case .rule(let rule) = ComponentRules.match(node) { rule } else { nil }
        }
        guard let rule = own ?? rule(for: component.type) else { return fields }
        let known =
            node?.json["data"]?["node"]?["template"]?.object
            ?? rule.types.first.flatMap { KnownNodes.node($0)?["template"]?.object } ?? [:]
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            if special(component, name, value, &fields) { continue }
            let row = rule.parameters.first { row in
                row.parameter == name && row.fields.contains { known[$0] != nil }
            }
            guard let row, let field = row.fields.first(where: { known[$0] != nil }) else {
                fields.remarks.append(
                    "The parameter “\(name)” of “\(component.id)” was left out: Langflow has no field for it."
                )
                continue
            }
            if value["secret"] != nil || value["variable"] != nil {
                fields.values[field] = value
            } else if let written = row.form.restore(value) {
                let isSorted = known[field]?["_input_type"]?.string == "SortableListInput"
                fields.values[field] = isSorted ? [["name": written]] : written
            } else {
                fields.remarks.append(
                    "The parameter “\(name)” of “\(component.id)” was left out: Langflow knows no such value."
                )
            }
        }
        if let flow = component.flow { fields.values["flow_name_selected"] = .string(flow) }
        if component.type == "CorpusSearch" { fields.values["mode"] = "Retrieve" }
        if component.type == "Ingest" { fields.values["mode"] = "Ingest" }
        return fields
    }

    /// Parameters whose field is not one of a row.
    ///
    /// - Returns: whether it was one.
    private static func special(
        _ component: Canvas.Component, _ name: String, _ value: JSONValue, _ fields: inout Fields
    ) -> Bool {
        switch (component.type, name) {
        case ("PromptTemplate", "values"):
            for (variable, value) in value.object ?? [:] { fields.values[variable] = value }
        case ("Router", "routes"):
            fields.values["routes"] = .array(
                (value.array ?? []).map { route in
                    [
                        "route_category": route["name"] ?? "",
                        "route_description": route["description"] ?? "",
                        "output_value": route["text"] ?? "",
                    ]
                })
        case ("Router", "uses_else"): fields.values["enable_else_output"] = value
        case ("MCPTools", "server"): fields.values["mcp_server"] = ["name": value]
        case ("MCPTools", "tool"): fields.values["tool"] = value
        case ("MCPTools", "values"):
            for (key, value) in value.object ?? [:] { fields.values[key] = value }
        case ("Ingest", "space"): fields.values["knowledge_base"] = value
        case ("SplitText", "separator_side"):
            if value == "end" { fields.values["keep_separator"] = "End" }
        case ("Agent", "add_current_date"): fields.values["add_current_date_tool"] = value
        case ("CreateData", "value"):
            for (key, value) in value.object ?? [:] { fields.values[key] = value }
        case ("TextOperations", "count"):
            let isEnd = component.parameters["operation"] == "tail"
            fields.values[isEnd ? "tail_characters" : "head_characters"] = value
        // They stand at the tools: ``ToolRows``.
        case ("Agent", "tool_names"), ("Agent", "tool_descriptions"): break
        // What Langflow does by itself.
        case ("HTTPRequest", "shape"): return value == "langflow"
        case ("FetchURL", "max_pages"): return value == 200
        case ("Parser", "code_block"), ("BatchRun", "adds_index"): return value == true
        case ("Agent", "output_schema"), ("StructuredOutput", "schema"):
            guard let rows = schemaRows(value) else { return false }
            fields.values["output_schema"] = rows
        default: return false
        }
        return true
    }

    /// A schema as Langflow's list of fields; `nil` for one that has more than a list can say.
    private static func schemaRows(_ schema: JSONValue) -> JSONValue? {
        if schema.array != nil { return schema }
        guard let properties = schema["properties"]?.object else {
            return schema == ["type": "object"] ? .array([]) : nil
        }
        let names = [
            "string": "str", "integer": "int", "number": "float", "boolean": "bool", "object": "dict",
        ]
        var rows: [JSONValue] = []
        for (name, property) in properties.sorted(by: { $0.key < $1.key }) {
            let isList = property["type"] == "array"
            let type = isList ? property["items"]?["type"]?.string : property["type"]?.string
            guard let type = type.flatMap({ names[$0] }) else { return nil }
            rows.append([
                "name": .string(name), "type": .string(type), "description": property["description"] ?? "",
                "multiple": .bool(isList),
            ])
        }
        return .array(rows)
    }
}

extension KnownNodes {
    /// What is known of a type: `display_name`, `icon`, `module`, `class`, `base_classes`, `outputs`, `template`.
    static func node(_ type: String) -> JSONValue? { all[type] }

    private static let all: [String: JSONValue] = (try? JSONValue(parsing: text))?.object ?? [:]
}
