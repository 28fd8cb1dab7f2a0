import JSONValue

/// A component or a note on Langflow's canvas.
public struct LangflowNode: Sendable, Hashable {
    /// Such as `Agent-x1Yz2`.
    public var id: String
    /// The component's type, such as `Agent`; `note` for a note.
    public var type: String
    public var displayName: String
    public var isNote: Bool
    /// Whether an agent calls it instead of edges.
    public var isTool: Bool
    /// Whether Langflow would hand out its last result again without running it.
    public var isFrozen: Bool
    public var position: Position
    /// The id of the group that it was taken out of.
    public var group: String?
    public var fields: [String: LangflowField]
    public var outputs: [Output]
    /// The output that its menu stands on, where it has several in one place.
    public var selectedOutput: String?
    /// As it stands in the export.
    public var json: JSONValue

    public struct Position: Sendable, Hashable {
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    public struct Output: Sendable, Hashable {
        public var name: String
        public var types: [String]
        /// Whether an edge may lead back into it, as into a loop's item.
        public var allowsLoop: Bool
    }
}

/// One setting of a node.
public struct LangflowField: Sendable, Hashable {
    public var value: JSONValue
    /// `str`, `int`, `bool`, `code`, `file`, …
    public var type: String
    public var displayName: String
    /// What an edge into it may carry; empty where none may end.
    public var inputTypes: [String]
    /// Whether ``value`` is the name of a global variable.
    public var isGlobal: Bool
    public var isSecret: Bool
    /// Whether an agent gives it where the node is a tool.
    public var isToolArgument: Bool
    /// Of a file field: where the file store has it.
    public var filePath: JSONValue?

    /// Whether nothing was put in: an empty text, list or object, or null.
    public var isEmpty: Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }
}

extension LangflowField {
    /// - Returns: `nil` for what is no field, such as the template's `_type`.
    init?(json: JSONValue) {
        guard let members = json.object else { return nil }
        value = members["value"] ?? .null
        type = members["type"]?.string ?? ""
        displayName = members["display_name"]?.string ?? ""
        inputTypes = members["input_types"]?.array?.compactMap(\.string) ?? []
        isGlobal = members["load_from_db"]?.bool ?? false
        isSecret =
            members["password"]?.bool ?? false || members["_input_type"]?.string == "SecretStrInput"
        isToolArgument = members["tool_mode"]?.bool ?? false
        filePath = members["file_path"]
    }
}

extension LangflowNode {
    /// A tool that a node in tool mode gives, as its author left it.
    struct ToolRow {
        /// What the tool is called by itself.
        var tool: String
        /// What the model is told that it is called, and what it does; empty for the tool's own words.
        var name: String
        var description: String
        var isOn: Bool
    }

    /// The field of ``toolRows``.
    static let toolRowsField = "tools_metadata"

    var toolRows: [ToolRow] {
        (fields[Self.toolRowsField]?.value.array ?? []).compactMap { row in
            let name = row["name"]?.string ?? ""
            let tool = row["tags"]?.array?.first?.string ?? name
            guard !tool.isEmpty else { return nil }
            return ToolRow(
                tool: tool, name: name, description: row["description"]?.string ?? "",
                isOn: row["status"]?.bool ?? true)
        }
    }
}
