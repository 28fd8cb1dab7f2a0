import Components
import FlowService
import Foundation
import JSONValue

/// A run's events as the typed events of the Responses API, and the response that they make.
///
/// Each component that writes has an item of its own, and begins another one when it has called a tool. What an
/// output says that nobody wrote before it is an item that comes whole.
struct OpenAIResponseEvents {
    private struct Writing {
        var index: Int
        var written = WrittenText()
    }

    private let response: OpenAIResponseDocument
    private let dialect: OpenAIDialect
    private let run: String
    /// Whether texts are told while they are written.
    private let isStreamed: Bool
    private var sequence = 0
    /// As they stand, in the order in which they began.
    private var items: [JSONValue] = []
    /// By component.
    private var writing: [String: Writing] = [:]
    /// By component and the model's id of the call, which is unique for its component alone.
    private var calls: [String: (index: Int, item: CallItem)] = [:]
    /// The response as it ended; `nil` for one that goes on, or failed.
    private(set) var ended: JSONValue?
    /// Why the run failed.
    private(set) var failure: FlowFailure?

    init(_ response: OpenAIResponseDocument, run: String, dialect: OpenAIDialect, isStreamed: Bool) {
        self.response = response
        self.run = run
        self.dialect = dialect
        self.isStreamed = isStreamed
    }

    mutating func began() throws -> [ServerSentEvent] {
        [
            try event("response.created", ["response": response.json(.inProgress)]),
            try event("response.in_progress", ["response": response.json(.inProgress)]),
        ]
    }

    mutating func events(_ progress: FlowProgress) throws -> [ServerSentEvent] {
        if let (component, text) = progress.spoken {
            return isStreamed ? try write(text, by: component) : []
        }
        switch progress.kind {
        case .tool(let component, let emission): return try tell(emission, of: component)
        case .finished(let response): return try finish(response)
        case .failed(let failure):
            self.failure = failure
            return try fail(failure.reason)
        case .cancelled:
            failure = FlowFailure(kind: "cancelled", reason: "The run was cancelled.")
            return try fail("The run was cancelled.")
        default: return []
        }
    }

    /// The event that ends a stream which failed.
    mutating func fail(_ reason: String) throws -> [ServerSentEvent] {
        let error: JSONValue = ["code": "server_error", "message": .string(reason)]
        let failed = response.json(.failed, output: items, error: error)
        return [try event("response.failed", ["response": failed])]
    }

    // MARK: Texts

    private mutating func write(_ text: String, by component: String) throws -> [ServerSentEvent] {
        guard !text.isEmpty else { return [] }
        var events: [ServerSentEvent] = []
        if writing[component] == nil {
            writing[component] = Writing(index: items.count)
            events += try open(items.count)
        }
        writing[component]?.written.text += text
        events.append(try delta(text, at: writing[component]?.index ?? 0))
        return events
    }

    private mutating func open(_ index: Int) throws -> [ServerSentEvent] {
        let item = message(index, status: "in_progress", content: [])
        items.append(item)
        return [
            try event("response.output_item.added", ["output_index": .integer(index), "item": item]),
            try event("response.content_part.added", part(index, ["part": Self.content("", [])])),
        ]
    }

    private mutating func delta(_ text: String, at index: Int) throws -> ServerSentEvent {
        try event("response.output_text.delta", part(index, ["delta": .string(text), "logprobs": []]))
    }

    private mutating func close(
        _ index: Int, text: String, citations: [URLCitation]
    ) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for (number, citation) in citations.enumerated() {
            events.append(
                try event(
                    "response.output_text.annotation.added",
                    part(index, ["annotation_index": .integer(number), "annotation": citation.json])))
        }
        let content = Self.content(text, citations)
        let item = message(index, status: "completed", content: [content])
        items[index] = item
        return events + [
            try event("response.output_text.done", part(index, ["text": .string(text), "logprobs": []])),
            try event("response.content_part.done", part(index, ["part": content])),
            try event("response.output_item.done", ["output_index": .integer(index), "item": item]),
        ]
    }

    private mutating func finish(_ finished: FlowResponse) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for message in finished.said.map(\.message) where !message.text.isEmpty {
            let place = writing.filter { $0.value.written.rest(of: message.text) != nil }
                .min { $0.value.index < $1.value.index }
            let open = place?.value ?? Writing(index: items.count)
            if let place {
                writing[place.key] = nil
            } else {
                events += try self.open(open.index)
            }
            let rest = open.written.rest(of: message.text) ?? ""
            if !rest.isEmpty { events.append(try delta(rest, at: open.index)) }
            var told = message
            told.text = open.written.text + rest
            events += try close(open.index, text: told.text, citations: URLCitation.all(of: told))
        }
        for one in writing.values.sorted(by: { $0.index < $1.index }) {
            events += try close(one.index, text: one.written.text, citations: [])
        }
        writing = [:]
        for call in finished.toolCalls { events += try ask(call) }
        let isCut = finished.isCutShort && finished.toolCalls.isEmpty
        let whole = response.json(isCut ? .incomplete : .completed, output: items, tokens: finished.tokens)
        ended = whole
        events.append(
            try event(isCut ? "response.incomplete" : "response.completed", ["response": whole]))
        return events
    }

    private func message(_ index: Int, status: String, content: [JSONValue]) -> JSONValue {
        [
            "id": .string(id(index)), "type": "message", "status": .string(status), "role": "assistant",
            "content": .array(content),
        ]
    }

    private static func content(_ text: String, _ citations: [URLCitation]) -> JSONValue {
        [
            "type": "output_text", "text": .string(text), "logprobs": [],
            "annotations": .array(citations.map(\.json)),
        ]
    }

    private func id(_ index: Int) -> String { "msg_\(run.replacing("-", with: ""))_\(index)" }

    private func part(_ index: Int, _ more: [String: JSONValue]) -> [String: JSONValue] {
        var members = more
        members["item_id"] = .string(id(index))
        members["output_index"] = .integer(index)
        members["content_index"] = 0
        return members
    }

    // MARK: Tools

    private mutating func tell(
        _ emission: ToolEmission, of component: String
    ) throws -> [ServerSentEvent] {
        guard emission.phase == .called else { return try end(emission, of: component) }
        var events: [ServerSentEvent] = []
        if let open = writing.removeValue(forKey: component) {
            events += try close(open.index, text: open.written.text, citations: [])
        }
        let item = CallItem(
            component: component, call: emission.call, tool: emission.tool,
            arguments: emission.value.plainText)
        let index = items.count
        calls[Self.key(emission, of: component)] = (index, item)
        var begun = item
        begun.arguments = ""
        items.append(item.json(in: dialect))
        events.append(
            try event(
                "response.output_item.added",
                ["output_index": .integer(index), "item": begun.json(in: dialect)]))
        let place: [String: JSONValue] = [
            "item_id": .string(item.id(in: dialect)), "output_index": .integer(index),
        ]
        if dialect == .openAI { events.append(try event("response.mcp_call.in_progress", place)) }
        var arguments = place
        arguments["delta"] = .string(item.arguments)
        events.append(try event("\(dialect.argumentsEvent).delta", arguments))
        arguments["delta"] = nil
        arguments["arguments"] = .string(item.arguments)
        arguments["name"] = .string(item.tool)
        events.append(try event("\(dialect.argumentsEvent).done", arguments))
        return events
    }

    /// A call that the client is asked to carry out.
    private mutating func ask(_ call: CallerCall) throws -> [ServerSentEvent] {
        let index = items.count
        let item = FunctionCallItem(id: "fc_\(run.replacing("-", with: ""))_\(index)", call: call)
        items.append(item.json())
        let place: [String: JSONValue] = ["item_id": .string(item.id), "output_index": .integer(index)]
        let arguments = JSONValue.string(call.argumentsText)
        func more(_ members: [String: JSONValue]) -> [String: JSONValue] {
            place.merging(members) { first, _ in first }
        }
        return [
            try event(
                "response.output_item.added",
                ["output_index": .integer(index), "item": item.json(isBegun: true)]),
            try event("response.function_call_arguments.delta", more(["delta": arguments])),
            try event(
                "response.function_call_arguments.done",
                more(["arguments": arguments, "name": .string(call.name)])),
            try event(
                "response.output_item.done", ["output_index": .integer(index), "item": item.json()]),
        ]
    }

    private static func key(_ emission: ToolEmission, of component: String) -> String {
        component + "\u{0}" + emission.call
    }

    private mutating func end(
        _ emission: ToolEmission, of component: String
    ) throws -> [ServerSentEvent] {
        guard let known = calls.removeValue(forKey: Self.key(emission, of: component)) else { return [] }
        let index = known.index
        var item = known.item
        if emission.phase == .returned {
            item.output = emission.value.plainText
        } else {
            item.failure = emission.value.plainText
        }
        let json = item.json(in: dialect)
        items[index] = json
        var events: [ServerSentEvent] = []
        if dialect == .openAI {
            let place: [String: JSONValue] = [
                "item_id": .string(item.id(in: dialect)), "output_index": .integer(index),
            ]
            let name = item.failure == nil ? "completed" : "failed"
            events.append(try event("response.mcp_call.\(name)", place))
        }
        events.append(
            try event("response.output_item.done", ["output_index": .integer(index), "item": json]))
        return events
    }

    private mutating func event(_ type: String, _ members: [String: JSONValue]) throws -> ServerSentEvent {
        var members = members
        members["type"] = .string(type)
        members["sequence_number"] = .integer(sequence)
        sequence += 1
        return .event(name: type, data: Data(try JSONValue.object(members).utf8()))
    }
}
