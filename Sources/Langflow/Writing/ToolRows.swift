import Flow
import JSONValue

/// What agents call the tools that they use: there it stands in a field of the tool.
struct ToolRows {
    /// What one tool of a component is called, and how it is described; `nil` for as it is anyway.
    private struct Words {
        var name: String?
        var description: String?
    }

    private var words: [(tool: String, words: Words)] = []
    /// The first tool of a component that several agents call otherwise.
    private(set) var disputed: String?

    init(of component: Canvas.Component, in canvas: Canvas) {
        let agents = canvas.unfolded.filter { edge in
            edge.from.component == component.id
                && (edge.from.port == FlowGraph.toolPort || edge.to.port == "toolsets")
        }.compactMap { canvas.component($0.to.component) }
        for agent in agents {
            let names = agent.parameters["tool_names"]?.object ?? [:]
            let descriptions = agent.parameters["tool_descriptions"]?.object ?? [:]
            let all = Set(names.keys).union(descriptions.keys)
            for tool in all.sorted() where component.type == "MCPTools" || tool == component.id {
                let given = Words(name: names[tool]?.string, description: descriptions[tool]?.string)
                if let known = words.first(where: { $0.tool == tool })?.words {
                    if known.name != given.name || known.description != given.description {
                        disputed = disputed ?? tool
                    }
                } else {
                    words.append((tool, given))
                }
            }
        }
    }

    /// The field of a new node; `nil` where there is nothing to say.
    ///
    /// - Parameter known: what is known of its type.
    func value(for component: Canvas.Component, _ known: JSONValue?) -> JSONValue? {
        guard !words.isEmpty else { return nil }
        let method = known?["outputs"]?.array?.first?["method"]?.string
        return .array(
            words.map { tool, words in
                // There a tool is called like the method of the component's output.
                let own = component.type == "MCPTools" ? tool : method ?? words.name ?? tool
                return Self.row(own, name: words.name ?? own, words.description ?? "")
            })
    }

    /// The field of a node that is kept; `nil` where it says the same already.
    func value(for component: Canvas.Component, in node: LangflowNode) -> JSONValue? {
        let before = node.fields[LangflowNode.toolRowsField]?.value.array ?? []
        var rows = before
        for (tool, words) in words {
            let place = rows.firstIndex { row in
                component.type != "MCPTools" || (row["tags"]?.array?.first ?? row["name"])?.string == tool
            }
            guard let place, var row = rows[place].object else {
                rows.append(Self.row(tool, name: words.name ?? tool, words.description ?? ""))
                continue
            }
            if let name = words.name { row["name"] = .string(name) }
            if let description = words.description { row["description"] = .string(description) }
            rows[place] = .object(row)
        }
        return rows == before ? nil : .array(rows)
    }

    private static func row(_ tool: String, name: String, _ description: String) -> JSONValue {
        [
            "name": .string(name), "description": .string(description), "status": true,
            "tags": [.string(tool)], "display_name": .string(name),
            "display_description": .string(description), "readonly": false, "args": [:],
        ]
    }
}
