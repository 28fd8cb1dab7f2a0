import Concurrency
import JSONValue
import Models
import Synchronization

/// A model that calls the first of its tools once, with arguments that fit the tool's schema, and then answers; where
/// a schema is asked for, with the least that fits it.
final class ToolCallingGenerator: Generator {
    let name = "tool-calling"
    /// What it gives for a text whose property has this name.
    private let texts: [String: String]
    private let calls = Mutex<[String]>([])

    init(texts: [String: String] = [:]) {
        self.texts = texts
    }

    /// Names of the tools that it called, in order.
    var calledTools: [String] { calls.withLock { $0 } }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [self] in
            try request.check()
            var rest = answer(request).makeIterator()
            return { rest.next() }
        })
    }

    private func answer(_ request: GenerationRequest) -> [GenerationEvent] {
        let end: [GenerationEvent] = [.usage(TokenUsage(inputTokens: 10, outputTokens: 5))]
        if case .json(_, let schema) = request.outputFormat {
            let text = (try? value(of: schema, named: "", depth: 0).text()) ?? "{}"
            return [.text(text)] + end + [.finished(.complete)]
        }
        let hasResults = request.messages.contains { $0.role == .tool }
        if let tool = request.tools.first, !hasResults {
            calls.withLock { $0.append(tool.name) }
            let arguments = value(of: tool.parameters, named: "", depth: 0)
            return [.toolCall(ToolCall(id: "call-1", name: tool.name, arguments: arguments))] + end
                + [.finished(.toolCalls)]
        }
        return [.text("This is "), .text("the answer.")] + end + [.finished(.complete)]
    }

    /// The least that fits a schema.
    private func value(of schema: JSONValue, named name: String, depth: Int) -> JSONValue {
        guard depth < 16 else { return nil }
        if let first = schema["enum"]?.array?.first { return first }
        if let constant = schema["const"] { return constant }
        for union in ["anyOf", "oneOf"] {
            if let first = schema[union]?.array?.first {
                return value(of: first, named: name, depth: depth + 1)
            }
        }
        let type = schema["type"]?.string ?? schema["type"]?.array?.first?.string
        switch type {
        case "array":
            guard let items = schema["items"] else { return [] }
            return [value(of: items, named: name, depth: depth + 1)]
        case "string",
            nil where schema["properties"] == nil:
            return .string(texts[name] ?? "text")
        case "integer", "number": return schema["minimum"] ?? 1
        case "boolean": return false
        case "null": return nil
        default:
            let properties = schema["properties"]?.object ?? [:]
            let required = Set(schema["required"]?.array?.compactMap(\.string) ?? Array(properties.keys))
            return .object(
                properties.filter { required.contains($0.key) }.reduce(into: [:]) { members, property in
                    members[property.key] = value(of: property.value, named: property.key, depth: depth + 1)
                })
        }
    }
}
