import Flow
import JSONValue

/// A node of an export that is written: one of the origin, or a new one.
struct WrittenNode {
    var id: String
    var type: String
    /// As it is written, its place left out.
    private var members: [String: JSONValue]
    /// Where it was; `nil` for a new one.
    var position: LangflowNode.Position?
    /// Our type; `nil` for what the flow does not have.
    var component: String?
    var isTool: Bool
    var outputs: [(name: String, types: [String])]
    /// Fields with what an edge into them may carry, and their type.
    var fields: [String: (types: [String], type: String)]

    /// - Parameters:
    ///   - values: of the fields that changed.
    ///   - title: a new name; `nil` for its own.
    init(kept node: LangflowNode, values: [String: JSONValue], title: String? = nil) {
        id = node.id
        type = node.type
        position = node.position
        isTool = node.isTool
        component = nil
        outputs = node.outputs.map { ($0.name, $0.types) }
        fields = node.fields.mapValues { ($0.inputTypes, $0.type) }
        members = node.json.object ?? [:]
        members["id"] = .string(node.id)
        members["parentId"] = nil
        var data = members["data"]?.object ?? [:]
        data["id"] = .string(node.id)
        var inner = data["node"]?.object ?? [:]
        var template = inner["template"]?.object ?? [:]
        for (name, known) in node.fields where node.group != nil {
            // What was set at a group stands in its own fields only.
            template[name] = Self.field(template[name], known.value)
        }
        for (name, value) in values {
            template[name] = Self.field(template[name], value)
            fields[name] = fields[name] ?? ([], "str")
        }
        inner["template"] = .object(template.mapValues(Self.withoutSecret))
        if let title { inner["display_name"] = .string(title) }
        data["node"] = .object(inner)
        members["data"] = .object(data)
    }

    init(new made: Canvas.Component, values: [String: JSONValue], isTool: Bool, _ canvas: Canvas) {
        id = made.id
        self.isTool = isTool
        component = made.type
        let rule = NodeWriter.rule(for: made.type)
        let known = rule.flatMap { KnownNodes.node($0.types[0]) }
        type = known == nil ? made.type : rule?.types[0] ?? made.type
        let foreign = known == nil ? ForeignNode(made, canvas) : nil
        var template = known?["template"]?.object ?? foreign?.template ?? [:]
        for name in template.keys { template[name] = Self.named(name, template[name]) }
        let variables =
            made.type == "PromptTemplate"
            ? PromptVariables.names(
                in: made.parameters["template"]?.string ?? "",
                isMustache: made.parameters["syntax"] == "mustache") : []
        for name in variables {
            template[name] = Self.named(
                name, ["type": "str", "input_types": ["Message", "Text"], "multiline": true, "value": ""])
        }
        if made.type == "SubFlow" {
            // Langflow makes the fields of the chosen flow anew when the node is refreshed.
            template["input_value"] = Self.named(
                "input_value", ["_input_type": "MessageTextInput", "type": "str", "input_types": ["Message"]])
        }
        if values[LangflowNode.toolRowsField] != nil {
            template[LangflowNode.toolRowsField] = Self.named(
                LangflowNode.toolRowsField,
                ["_input_type": "ToolsInput", "type": "tools", "display_name": "Actions", "list": true])
        }
        for (name, value) in values {
            template[name] = Self.field(template[name] ?? Self.named(name, ["type": "str"]), value)
        }
        template["_type"] = "Component"
        template["code"] = Self.named(
            "code",
            [
                "type": "code", "required": true, "advanced": true, "multiline": true,
                "value": .string(foreign?.code ?? Self.code(naming: known)),
            ])
        let outputs = isTool ? [Self.toolOutput] : Self.outputs(made, known ?? foreign?.json)
        fields = template.compactMapValues { field in
            field.object.map {
                ($0["input_types"]?.array?.compactMap(\.string) ?? [], $0["type"]?.string ?? "str")
            }
        }
        self.outputs = outputs.map {
            ($0["name"]?.string ?? "", $0["types"]?.array?.compactMap(\.string) ?? [])
        }
        let name = made.title.map { .string($0) } ?? known?["display_name"] ?? .string(made.type)
        members = [
            "id": .string(id), "type": "genericNode", "selected": false,
            "data": [
                "id": .string(id), "type": .string(type), "showNode": true,
                "node": [
                    "display_name": name, "description": "", "documentation": "",
                    "icon": known?["icon"] ?? "", "template": .object(template),
                    "outputs": .array(outputs), "output_types": [], "pinned": false, "edited": false,
                    "base_classes": known?["base_classes"] ?? ["Message"], "beta": false, "legacy": false,
                    "field_order": .array(
                        template.keys.filter { $0 != "_type" && $0 != "code" }.sorted().map {
                            .string($0)
                        }),
                    "frozen": false, "tool_mode": .bool(isTool), "conditional_paths": [],
                    "custom_fields": variables.isEmpty
                        ? [:] : ["template": .array(variables.map { .string($0) })],
                    "lf_version": .string(KnownNodes.version), "metadata": [:],
                ],
            ],
        ]
    }

    func json(at place: LangflowNode.Position?) -> JSONValue {
        var members = members
        if position == nil || members["position"] == nil {
            members["position"] = ["x": .number(place?.x ?? 0), "y": .number(place?.y ?? 0)]
        }
        return .object(members)
    }

    /// The code of a node: it names the class of the installed Langflow, and holds none of it.
    private static func code(naming known: JSONValue?) -> String {
        let module = known?["module"]?.string ?? "lfx.custom"
        let name = known?["class"]?.string ?? "Component"
        return """
            from \(module) import \(name) as InstalledComponent


            class \(name)(InstalledComponent):
                \"\"\"The component of the Langflow that opens this.\"\"\"

            """
    }

    private static func outputs(_ made: Canvas.Component, _ known: JSONValue?) -> [JSONValue] {
        if made.type == "Router" {
            let routes = made.parameters["routes"]?.array ?? []
            return routes.enumerated().map { offset, route in
                output(
                    "category_\(offset + 1)_result", route["name"]?.string ?? "", ["Message"], "process_case")
            }
                + (made.parameters["uses_else"] == true
                    ? [output("default_result", "Else", ["Message"], "default_response")] : [])
        }
        if made.type == "SubFlow" {
            return [output("message", "Message", ["Message"], "message_output")]
        }
        if made.type == "TextOperations" {
            // Langflow gives it its output when the operation is chosen.
            switch made.parameters["operation"]?.string {
            case "word_count": return [output("data", "JSON", ["JSON"], "get_data")]
            case "to_table": return [output("dataframe", "Table", ["Table"], "get_dataframe")]
            default: return [output("message", "Message", ["Message"], "get_message")]
            }
        }
        return (known?["outputs"]?.array ?? []).map { written in
            output(
                written["name"]?.string ?? "", written["display_name"]?.string ?? "",
                written["types"]?.array?.compactMap(\.string) ?? [], written["method"]?.string ?? "",
                allowsLoop: written["allows_loop"]?.bool ?? false)
        }
    }

    static func output(
        _ name: String, _ shown: String, _ types: [String], _ method: String, allowsLoop: Bool = false
    ) -> JSONValue {
        [
            "name": .string(name), "display_name": .string(shown),
            "types": .array(types.map { .string($0) }), "selected": types.first.map { .string($0) } ?? .null,
            "method": .string(method), "value": "__UNDEFINED__", "cache": true, "tool_mode": true,
            "allows_loop": .bool(allowsLoop), "group_outputs": false,
        ]
    }

    private static var toolOutput: JSONValue {
        output(LangflowNode.toolOutput, "Toolset", ["Tool"], "to_toolkit")
    }
}

extension WrittenNode {
    /// A field with a value; a name of a variable is looked up by Langflow.
    private static func field(_ field: JSONValue?, _ value: JSONValue) -> JSONValue {
        var members = field?.object ?? ["type": "str"]
        let name = value.object?.count == 1 ? value["secret"] ?? value["variable"] : nil
        members["value"] = name ?? value
        if name != nil { members["load_from_db"] = true }
        return .object(members)
    }

    private static func named(_ name: String, _ field: JSONValue?) -> JSONValue {
        var members = field?.object ?? [:]
        members["name"] = .string(name)
        let standards: [(String, JSONValue)] = [
            ("show", true), ("required", false), ("advanced", false), ("list", false), ("dynamic", false),
            ("placeholder", ""), ("info", ""), ("display_name", .string(name)),
            ("value", emptyValue(ofType: members["type"]?.string ?? "")),
        ]
        for (key, value) in standards { members[key] = members[key] ?? value }
        return .object(members)
    }

    /// Langflow refuses a field whose empty value is not of its kind.
    private static func emptyValue(ofType type: String) -> JSONValue {
        switch type {
        case "table", "tools": []
        case "dict", "NestedDict", "mcp": [:]
        case "bool": false
        case "int", "float", "slider": 0
        default: ""
        }
    }

    private static func withoutSecret(_ field: JSONValue) -> JSONValue {
        guard let known = LangflowField(json: field), known.isSecret, !known.isGlobal,
            var members = field.object
        else { return field }
        members["value"] = ""
        return .object(members)
    }
}
