import Flow
import JSONValue

extension Translator {
    /// What the table's row cannot say of a node.
    mutating func finishSpecial(_ node: LangflowNode, _ rule: ComponentRule, _ id: String) {
        switch rule.special {
        case .prompt: finishPrompt(node, id)
        case .router: finishRouter(node, id)
        case .subFlow: finishSubFlow(node, id)
        case .record: finishRecord(node, id)
        case .tools: finishMCP(node, id)
        case .model: askModel(node, id)
        case .agent:
            askModel(node, id)
            finishAgent(node, id)
        case .operations: finishOperations(node, id)
        case .file: finishFile(node, id)
        case .request: finishRequest(node, id)
        case .split:
            if node.fields["keep_separator"]?.value == "End" {
                draft.change(id) { $0.parameters["separator_side"] = "end" }
            }
            if node.type == "CharacterTextSplitter", draft[id]?.parameters["separator"] ?? "" == "" {
                draft.change(id) { $0.parameters["separator"] = "\n\n" }
            }
        case .pages:
            tidyHeaders(id)
            // There is no limit there; this is the highest one here.
            draft.change(id) { $0.parameters["max_pages"] = 200 }
        case .parser:
            if draft[id]?.parameters["stringify"] == true {
                draft.change(id) { $0.parameters["code_block"] = true }
            }
        case .comparison:
            // There a regular expression always tells capital letters from small ones.
            if draft[id]?.parameters["operator"] == "regex" {
                draft.change(id) { $0.parameters["case_sensitive"] = nil }
            }
        case .textInput, .loop, .store, .knowledge, nil: break
        }
    }

    /// Variables of all prompts of a flow.
    static let variableLimit = 2_000

    /// Its places for variables are its inputs.
    private mutating func finishPrompt(_ node: LangflowNode, _ id: String) {
        let template = draft[id]?.parameters["template"]?.string ?? ""
        let isMustache = draft[id]?.parameters["syntax"] == "mustache"
        draft.change(id) {
            $0.parameters["template"] = $0.parameters["template"] ?? ""
            if $0.parameters["syntax"] == "braces" { $0.parameters["syntax"] = nil }
        }
        let names = PromptVariables.names(in: template, isMustache: isMustache)
        variableCount += names.count
        guard variableCount <= Self.variableLimit else {
            draft.change(id) {
                $0.fault = .field(
                    node: node.id, field: "template",
                    reason: "with it the flow's prompts have more than \(Self.variableLimit) variables")
            }
            return
        }
        for name in names {
            guard PromptVariables.isName(name) else {
                draft.change(id) {
                    $0.fault = .field(
                        node: node.id, field: "template",
                        reason: "“\(name.prefix(60))” is no name of a variable; write letters, digits and _")
                }
                continue
            }
            // A variable that stays open would be an error of the run.
            draft.change(id) { $0.ports.inputs.append(.needs(name, .text)) }
        }
    }

    private mutating func finishRouter(_ node: LangflowNode, _ id: String) {
        let rows = node.fields["routes"]?.value.array ?? []
        let routes = rows.prefix(100).compactMap { row -> JSONValue? in
            guard let name = row["route_category"]?.string ?? row["name"]?.string else { return nil }
            let description = row["route_description"]?.string ?? row["description"]?.string ?? ""
            var route: [String: JSONValue] = [
                "name": .string(name), "description": .string(description),
            ]
            // Langflow writes “None” where nothing was put in.
            if let text = row["output_value"]?.string, !text.isBlank, text != "None" {
                route["text"] = .string(text)
            }
            return .object(route)
        }
        guard !routes.isEmpty else {
            draft.change(id) { $0.fault = .field(node: node.id, field: "routes", reason: "there are none") }
            return
        }
        let hasElse = node.fields["enable_else_output"]?.value.bool ?? false
        draft.change(id) {
            $0.parameters["routes"] = .array(routes)
            $0.parameters["uses_else"] = .bool(hasElse)
            $0.ports.outputs = routes.indices.map { ("route_\($0 + 1)", .message) }
            if hasElse { $0.ports.outputs.append(("else", .message)) }
        }
        askModel(node, id)
    }

    private mutating func finishSubFlow(_ node: LangflowNode, _ id: String) {
        let names = ["flow_name_selected", "flow_name", "flow_id_selected", "flow_id"]
        let name = names.lazy.compactMap { node.fields[$0]?.value.string }.first { !$0.isEmpty }
        guard let name else {
            draft.change(id) {
                $0.fault = .field(node: node.id, field: "flow_name_selected", reason: "no flow is chosen")
            }
            return
        }
        draft.change(id) { $0.bodies["flow"] = .named(name) }
        if !subFlows.contains(name) { subFlows.append(name) }
        remark(node.id, "It needs the flow “\(name)”; import it too.")
    }

    private mutating func finishRecord(_ node: LangflowNode, _ id: String) {
        let own: Set<String> = [
            "code", "number_of_fields", "text_key", "text_key_validator", "form_fields", "include_metadata",
        ]
        var members: [String: JSONValue] = [:]
        // A form's fields stand under their names with this before them.
        let prefix = "dynamic_"
        let isForm = node.type == "DynamicCreateData"
        for (field, known) in node.fields where isForm && field.hasPrefix(prefix) {
            if known.value != .null { members[String(field.dropFirst(prefix.count))] = known.value }
        }
        for (name, field) in node.fields where !own.contains(name) && !(isForm && name.hasPrefix(prefix)) {
            // Older exports hold the members in one field each, as `{"key": …, "value": …}`.
            if field.value.object != nil {
                members.merge(ValueForm.pairs(.array([field.value]))) { _, last in last }
            } else if field.value != .null {
                members[name] = field.value
            }
        }
        draft.change(id) { $0.parameters["value"] = .object(members) }
    }

    private mutating func finishMCP(_ node: LangflowNode, _ id: String) {
        let server = node.fields["mcp_server"]?.value
        let name = server?["name"]?.string ?? server?.string ?? node.fields["server_name"]?.value.string ?? ""
        let tool = node.fields["tool"]?.value.string ?? ""
        draft.change(id) {
            $0.parameters["server"] = .string(name)
            if !node.isTool, !tool.isEmpty { $0.parameters["tool"] = .string(tool) }
        }
        approximate(
            node.id,
            name.isEmpty
                ? "It names no server; name one of those of the settings (parameter “server”)."
                : "The settings must have an MCP server called “\(name)”.")
        offerTools(node, id)
        guard !node.isTool, !tool.isEmpty else { return }
        let own: Set<String> = [
            "code", "mcp_server", "server_name", "tool", "tool_placeholder", "use_cache", "headers",
            "verify_ssl", "tool_execution_timeout", "mode", "command", "sse_url", "env", "headers_input",
        ]
        let given = node.fields.filter { !own.contains($0.key) && !$0.value.isEmpty }.mapValues(\.value)
        if !given.isEmpty { draft.change(id) { $0.parameters["values"] = .object(given) } }
    }

    /// Of a server's tools an agent is given those that were not switched off.
    private mutating func offerTools(_ node: LangflowNode, _ id: String) {
        let rows = node.toolRows
        guard node.isTool, rows.contains(where: { !$0.isOn }) else { return }
        let kept = rows.filter(\.isOn).map(\.tool)
        draft.change(id) {
            $0.parameters["only"] = .array(kept.map { .string($0) })
            if kept.isEmpty {
                $0.fault = .field(
                    node: node.id, field: LangflowNode.toolRowsField,
                    reason: "all of its tools are switched off")
            }
        }
    }

    /// A body that is given as a list of pairs, and an address in an old field that takes several.
    private mutating func finishRequest(_ node: LangflowNode, _ id: String) {
        if draft[id]?.parameters["url"] == nil, !isConnected(node.id, "urls"),
            let urls = node.fields["urls"]?.value.array?.compactMap(\.string).filter({ !$0.isEmpty })
        {
            draft.change(id) { $0.parameters["url"] = urls.first.map { .string($0) } }
            if urls.count > 1 { approximate(node.id, "It calls the first of its addresses alone.") }
        }
        draft.change(id) { $0.parameters["shape"] = "langflow" }
        tidyHeaders(id)
    }

    /// The program that sends names itself.
    private mutating func tidyHeaders(_ id: String) {
        draft.change(id) {
            guard var headers = $0.parameters["headers"]?.object else { return }
            headers = headers.filter { $0.value != .null && $0.key.lowercased() != "user-agent" }
            $0.parameters["headers"] = headers.isEmpty ? nil : .object(headers)
        }
    }

    /// Adds a component that serves a node.
    mutating func addSynthetic(_ wanted: String, _ type: String, of node: LangflowNode) -> String {
        let id = draft.freeID(wanted)
        draft.add(
            Draft.Component(
                id: id, type: type, ports: ComponentPorts.known[type] ?? ComponentPorts(), origin: node.id,
                isSynthetic: true))
        return id
    }
}

extension String {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
