import Flow

/// What travels along an edge of the components that a translation writes.
enum PortPayload: String, Sendable, Hashable {
    case message, text, data, table, json, tools
    case messages = "list of message"

    /// Whether the components' catalogue converts one into the other by itself.
    func converts(to other: PortPayload) -> Bool {
        if self == other { return true }
        return switch (self, other) {
        case (.tools, _), (_, .tools), (_, .messages), (.messages, .data), (.messages, .json): false
        default: true
        }
    }

    /// Whether a constant text can stand for it.
    var isText: Bool { self == .message || self == .text }
}

/// The ports of one of our components, as far as translations use them.
struct ComponentPorts: Sendable {
    struct Input: Sendable {
        var name: String
        var payload: PortPayload
        var presence: PortDeclaration.Presence
    }

    var inputs: [Input] = []
    var outputs: [(name: String, payload: PortPayload)] = []
    /// Inputs that take tools.
    var toolInputs: [String] = []

    func input(_ name: String) -> Input? { inputs.first { $0.name == name } }
    func payload(ofOutput name: String) -> PortPayload? { outputs.first { $0.name == name }?.payload }
}

extension ComponentPorts {
    /// Every component that a translation may write, by type.
    ///
    /// This target does not know the catalogue; a test beside the catalogue compares the two.
    static let known: [String: ComponentPorts] = [
        "ChatInput": .init(inputs: [.takes("message", .message)], outputs: [("message", .message)]),
        "TextInput": .init(outputs: [("message", .message)]),
        "WebhookInput": .init(outputs: [("data", .data)]),
        "ChatOutput": .init(inputs: [.needs("message", .message)], outputs: [("message", .message)]),
        "TextOutput": .init(inputs: [.needs("message", .message)], outputs: [("message", .message)]),
        "DataOutput": .init(inputs: [.needs("value", .json)], outputs: [("value", .json)]),
        "PromptTemplate": .init(outputs: [("prompt", .message)]),
        "Parser": .init(inputs: [.needs("input", .json)], outputs: [("message", .message)]),
        "SplitText": .init(inputs: [.needs("input", .json)], outputs: [("chunks", .table)]),
        "CombineText": .init(inputs: [.list("texts", .text)], outputs: [("message", .message)]),
        "TextOperations": .init(
            inputs: [.needs("text", .text), .takes("more", .text)],
            outputs: [("message", .message), ("data", .data), ("table", .table)]),
        "RegexExtract": .init(
            inputs: [.needs("text", .text), .takes("pattern", .text)],
            outputs: [("message", .message), ("table", .table)]),
        "TypeConvert": .init(
            inputs: [.needs("input", .json)],
            outputs: [("message", .message), ("data", .data), ("table", .table)]),
        "CurrentDate": .init(inputs: [.takes("timezone", .text)], outputs: [("message", .message)]),
        "Calculator": .init(inputs: [.needs("expression", .text)], outputs: [("result", .data)]),
        "DataOperations": .init(inputs: [.list("data", .data)], outputs: [("data", .data)]),
        "TableOperations": .init(
            inputs: [.needs("table", .table), .list("more", .table)], outputs: [("table", .table)]),
        "MergeData": .init(inputs: [.list("data", .table)], outputs: [("table", .table)]),
        "CreateData": .init(outputs: [("data", .data)]),
        "SQLQuery": .init(inputs: [.needs("query", .text)], outputs: [("table", .table)]),
        "ReadFile": .init(
            inputs: [.takes("name", .text)], outputs: [("message", .message), ("table", .table)]),
        "SaveToFile": .init(
            inputs: [.needs("input", .json), .takes("name", .text)], outputs: [("message", .message)]),
        "If": .init(
            inputs: [
                .needs("text", .text), .takes("message", .message), .takes("match", .text),
                .takes("true_message", .message), .takes("false_message", .message),
            ],
            outputs: [("true_result", .message), ("false_result", .message)]),
        "Router": .init(
            inputs: [.needs("input", .message), .takes("message", .message)], outputs: [("else", .message)]),
        "Loop": .init(inputs: [.needs("items", .table)], outputs: [("results", .table)]),
        "Repeat": .init(),
        "BatchRun": .init(
            inputs: [.needs("table", .table), .takes("system", .text)], outputs: [("table", .table)]),
        "SubFlow": .init(inputs: [.needs("message", .message)], outputs: [("message", .message)]),
        "Pass": .init(inputs: [.needs("message", .message)], outputs: [("message", .message)]),
        "Guardrail": .init(
            inputs: [.needs("message", .message)],
            outputs: [("passed", .message), ("blocked", .message)]),
        "LanguageModel": .init(
            inputs: [.needs("input", .message), .takes("system", .text), .list("history", .messages)],
            outputs: [("message", .message)]),
        "Agent": .init(
            inputs: [
                .needs("input", .message), .takes("system", .text), .list("history", .messages),
                .list("toolsets", .tools),
            ],
            outputs: [("message", .message), ("data", .data)], toolInputs: ["tools"]),
        "StructuredOutput": .init(
            inputs: [.needs("input", .message)], outputs: [("data", .data), ("table", .table)]),
        "Memory": .init(
            inputs: [.takes("message", .message)],
            outputs: [("messages", .messages), ("text", .message), ("table", .table)]),
        "HTTPRequest": .init(
            inputs: [.takes("url", .text), .takes("body", .json)], outputs: [("data", .data)]),
        "FetchURL": .init(
            inputs: [.takes("urls", .text)], outputs: [("pages", .table), ("message", .message)]),
        "WebSearch": .init(inputs: [.needs("query", .text)], outputs: [("results", .table)]),
        "ArXiv": .init(inputs: [.needs("query", .text)], outputs: [("results", .table)]),
        "MCPTools": .init(
            inputs: [.takes("arguments", .json)], outputs: [("tools", .tools), ("result", .json)]),
        "CorpusSearch": .init(
            inputs: [.needs("query", .text)], outputs: [("results", .table), ("message", .message)]),
        "Ingest": .init(inputs: [.needs("data", .table)], outputs: [("result", .data)]),
    ]
}

extension ComponentPorts.Input {
    static func needs(_ name: String, _ payload: PortPayload) -> Self {
        Self(name: name, payload: payload, presence: .required)
    }

    static func takes(_ name: String, _ payload: PortPayload) -> Self {
        Self(name: name, payload: payload, presence: .optional)
    }

    static func list(_ name: String, _ payload: PortPayload) -> Self {
        Self(name: name, payload: payload, presence: .list)
    }
}
