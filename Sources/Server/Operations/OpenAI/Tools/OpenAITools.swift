import Components
import JSONValue
import Models

/// The tools of a request, which the flow's model may call and the client carries out.
struct OpenAITools: Sendable, Hashable {
    /// How the two interfaces write a function.
    enum Form: Sendable {
        /// `{"type": "function", "function": {"name", …}}`
        case chat
        /// `{"type": "function", "name", …}`
        case responses
    }

    /// All that were given.
    var definitions: [ToolDefinition] = []
    /// Those that may be called.
    var allowed: [ToolDefinition] = []
    var choice = CallerTools.Choice.automatic
    var allowsSeveral = true
    /// As a response repeats what was asked.
    var toldChoice: JSONValue = "auto"

    /// Tools of a request: what a model is offered at most.
    static let limit = 128
    /// Bytes of one tool, as JSON.
    static let toolByteLimit = 64 << 10
    /// Bytes of all tools together, as JSON.
    static let byteLimit = 512 << 10
    /// Bytes of UTF-8 of a tool's name.
    static let nameLimit = 64

    /// No tools.
    init() {}

    /// - Throws: ``RequestFault/invalidField(name:reason:)`` with the place of what is wrong.
    init(_ body: JSONValue, form: Form) throws(RequestFault) {
        try Self.checkOldForm(body)
        switch body["tools"] {
        case nil, .null?: break
        case .array(let tools)?: definitions = try Self.definitions(tools, form)
        default: throw .invalidField(name: "tools", reason: "must be a list")
        }
        allowed = definitions
        allowsSeveral = try body.flag("parallel_tool_calls") ?? true
        try choose(body["tool_choice"] ?? .null, form)
    }

    /// Whether a call is demanded.
    var demandsCall: Bool {
        switch choice {
        case .none, .automatic: false
        case .required, .named: true
        }
    }

    /// What a run of the flow is given; `nil` when there is nothing to give.
    ///
    /// - Parameter components: models of the flow that may call.
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` when a call is demanded of a flow without them.
    func forRun(
        of components: [String], turns: [CallerTurn], keptCount: Int = 0
    ) throws(RequestFault) -> CallerTools? {
        guard !definitions.isEmpty || !turns.isEmpty else { return nil }
        guard !demandsCall || !components.isEmpty else {
            throw .invalidField(
                name: "tool_choice",
                reason: """
                    demands a call, and no language model of this flow can make one: none gives its text straight to \
                    an output. Say auto or none, or use a flow with a LanguageModel or an Agent
                    """)
        }
        return CallerTools(
            allowed.map(Self.described), choice: choice, allowsSeveral: allowsSeveral,
            components: Set(components), turns: turns, keptCount: keptCount)
    }

    /// With its name as its description where it has none: Bedrock takes no tool without.
    private static func described(_ tool: ToolDefinition) -> ToolDefinition {
        guard tool.description.isEmpty else { return tool }
        var tool = tool
        tool.description = tool.name
        return tool
    }

    /// The tools as a response repeats them.
    var told: [JSONValue] {
        definitions.map { tool in
            [
                "type": "function", "name": .string(tool.name), "description": .string(tool.description),
                "parameters": tool.parameters, "strict": .bool(tool.isStrict),
            ]
        }
    }

    // MARK: Tools

    private static func checkOldForm(_ body: JSONValue) throws(RequestFault) {
        switch body["functions"] {
        case nil, .null?, .array([])?: return
        default:
            throw .invalidField(
                name: "functions", reason: "is a form of OpenAI's that is gone; give them as tools")
        }
    }

    private static func definitions(
        _ tools: [JSONValue], _ form: Form
    ) throws(RequestFault) -> [ToolDefinition] {
        guard tools.count <= limit else {
            throw .invalidField(
                name: "tools", reason: "has \(tools.count) tools; at most \(limit) are taken")
        }
        var definitions: [ToolDefinition] = []
        var names: Set<String> = []
        var bytes = 0
        for (offset, tool) in tools.enumerated() {
            let place = "tools[\(offset)]"
            let size = (try? tool.utf8().count) ?? .max
            guard size <= toolByteLimit else {
                throw .invalidField(
                    name: place, reason: "has \(size) bytes; at most \(toolByteLimit) are taken")
            }
            bytes += size
            let definition = try definition(tool, form, at: place)
            guard names.insert(definition.name).inserted else {
                throw .invalidField(
                    name: namePlace(place, form), reason: "is “\(definition.name)”, as another tool's is")
            }
            definitions.append(definition)
        }
        guard bytes <= byteLimit else {
            throw .invalidField(
                name: "tools", reason: "has \(bytes) bytes; at most \(byteLimit) are taken")
        }
        return definitions
    }

    private static func namePlace(_ place: String, _ form: Form) -> String {
        form == .chat ? "\(place).function.name" : "\(place).name"
    }

    private static func definition(
        _ tool: JSONValue, _ form: Form, at place: String
    ) throws(RequestFault) -> ToolDefinition {
        guard tool.object != nil else { throw .invalidField(name: place, reason: "must be an object") }
        guard tool["type"]?.string == "function" else {
            throw .invalidField(
                name: "\(place).type",
                reason: "must be function: a flow has none of OpenAI's own tools, but its own")
        }
        let inner = form == .chat ? "\(place).function" : place
        guard let function = form == .chat ? tool["function"] : tool, function.object != nil else {
            throw .invalidField(name: inner, reason: "must be an object")
        }
        guard let name = function["name"]?.string, isName(name) else {
            throw .invalidField(
                name: "\(inner).name", reason: "must be 1 to \(nameLimit) letters, digits, _ or -")
        }
        let description: String
        switch function["description"] {
        case nil, .null?: description = ""
        case .string(let text)?: description = text
        default: throw .invalidField(name: "\(inner).description", reason: "must be a text")
        }
        var definition = ToolDefinition(
            name: name, description: description,
            parameters: try OpenAIToolSchema.parameters(function["parameters"], at: "\(inner).parameters"))
        switch function["strict"] {
        case nil, .null?, .bool(false)?: break
        case .bool(true)?: definition.isStrict = true
        default: throw .invalidField(name: "\(inner).strict", reason: "must be true or false")
        }
        return definition
    }

    static func isName(_ name: String) -> Bool {
        (1...nameLimit).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    // MARK: The choice

    private mutating func choose(_ value: JSONValue, _ form: Form) throws(RequestFault) {
        switch value {
        case .null, "auto": return
        case "none": choice = .none
        case "required": choice = .required
        default:
            switch value["type"]?.string {
            case "function": choice = .named(try named(value, form, at: "tool_choice"))
            case "allowed_tools": try allow(value, form)
            default:
                throw .invalidField(
                    name: "tool_choice",
                    reason: "must be none, auto, required, or an object of the type function or allowed_tools"
                )
            }
        }
        guard !demandsCall || !definitions.isEmpty else {
            throw .invalidField(
                name: "tool_choice", reason: "demands a call, and the request has no tools")
        }
        toldChoice = value
    }

    /// The name of a tool that is given.
    private func named(_ value: JSONValue, _ form: Form, at place: String) throws(RequestFault) -> String {
        let name = form == .chat ? value["function"]?["name"]?.string : value["name"]?.string
        guard let name, definitions.contains(where: { $0.name == name }) else {
            throw .invalidField(
                name: Self.namePlace(place, form), reason: "must be the name of one of the request's tools")
        }
        return name
    }

    private mutating func allow(_ value: JSONValue, _ form: Form) throws(RequestFault) {
        let given = form == .chat ? value["allowed_tools"] : value
        let place = form == .chat ? "tool_choice.allowed_tools" : "tool_choice"
        switch given?["mode"] {
        case "auto"?: choice = .automatic
        case "required"?: choice = .required
        default: throw .invalidField(name: "\(place).mode", reason: "must be auto or required")
        }
        guard let tools = given?["tools"]?.array, !tools.isEmpty, tools.count <= Self.limit else {
            throw .invalidField(
                name: "\(place).tools", reason: "must be a list of 1 to \(Self.limit) of the request's tools")
        }
        var names: Set<String> = []
        for (offset, tool) in tools.enumerated() {
            names.insert(try named(tool, form, at: "\(place).tools[\(offset)]"))
        }
        allowed = definitions.filter { names.contains($0.name) }
    }
}
