import Components
import FlowService
import Foundation
import JSONValue

/// A run's events as chunks of a chat completion.
///
/// One component's text is sent while it is written. What other outputs say is sent whole at the end, and so is an
/// answer that turned out to be another one than what its model wrote.
struct ChatCompletionEvents {
    private let completion: ChatCompletion
    private let includesUsage: Bool
    private var stops: StopSequences
    /// Whose text is sent while it is written: the first one that writes.
    private var speaker: String?
    /// What it wrote since it last called a tool: only that is its answer.
    private var written = WrittenText()
    /// Scalars of all that was sent, before ``written`` and with it.
    private var offset = 0
    private var length = 0
    private var needsBreak = false
    /// Whether the last chunk has been sent.
    private(set) var isOver = false

    init(_ completion: ChatCompletion, stops: [String], includesUsage: Bool) {
        self.completion = completion
        self.stops = StopSequences(stops)
        self.includesUsage = includesUsage
    }

    /// The chunk that says who speaks.
    func began() throws -> [ServerSentEvent] {
        [try chunk(["role": "assistant", "content": "", "refusal": nil])]
    }

    mutating func events(_ progress: FlowProgress) throws -> [ServerSentEvent] {
        if let (component, text) = progress.spoken { return try write(text, by: component) }
        switch progress.kind {
        case .tool(let component, let emission):
            // What a model says before it calls tools is no part of its answer.
            if component == speaker, emission.phase == .called, !written.isEmpty { needsBreak = true }
            return []
        case .finished(let response): return try finish(response)
        case .failed(let failure): return try fail(failure.reason, code: failure.kind)
        case .cancelled: return try fail("The run was cancelled.", code: "cancelled")
        default: return []
        }
    }

    /// The event that ends a stream which failed.
    mutating func fail(_ reason: String, code: String) throws -> [ServerSentEvent] {
        isOver = true
        let error: JSONValue = [
            "error": [
                "message": .string(reason), "type": "server_error", "param": nil,
                "code": .string(code.replacing("-", with: "_")),
            ]
        ]
        return [try Self.event(error)]
    }

    private mutating func write(_ text: String, by component: String) throws -> [ServerSentEvent] {
        if speaker == nil { speaker = component }
        guard speaker == component, !text.isEmpty else { return [] }
        var events: [ServerSentEvent] = []
        if needsBreak { events += try beginAnew() }
        written.text += text
        return events + (try send(text))
    }

    private mutating func beginAnew() throws -> [ServerSentEvent] {
        needsBreak = false
        written = WrittenText()
        let events = length > 0 ? try send("\n\n") : []
        offset = length
        return events
    }

    private mutating func send(_ text: String) throws -> [ServerSentEvent] {
        length += text.unicodeScalars.count
        let shown = stops.take(text)
        var events = shown.isEmpty ? [] : [try chunk(["content": .string(shown)])]
        if stops.hasStopped { events += try end(reason: "stop", citations: [], tokens: CountedTokens()) }
        return events
    }

    private mutating func finish(_ response: FlowResponse) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var citations: [URLCitation] = []
        var rest = response.said.map(\.message).filter { !$0.text.isEmpty }
        if needsBreak { events += try beginAnew() }
        if !written.isEmpty, let place = rest.firstIndex(where: { written.rest(of: $0.text) != nil }) {
            var message = rest.remove(at: place)
            let tail = written.rest(of: message.text) ?? ""
            message.text = written.text + tail
            citations += URLCitation.all(of: message, offset: offset)
            if !tail.isEmpty { events += try send(tail) }
        }
        for message in rest where !isOver {
            events += try beginAnew()
            citations += URLCitation.all(of: message, offset: offset)
            if !isOver { events += try send(message.text) }
        }
        guard !isOver else { return events }
        let held = stops.end()
        if !held.isEmpty { events.append(try chunk(["content": .string(held)])) }
        events += try tell(response.toolCalls)
        return events
            + (try end(
                reason: ChatCompletion.reason(response), citations: citations, tokens: response.tokens))
    }

    /// Each call in two pieces, as OpenAI begins and goes on: what it is, then its arguments.
    private func tell(_ calls: [CallerCall]) throws -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for (index, call) in calls.enumerated() {
            func piece(_ members: [String: JSONValue]) throws -> ServerSentEvent {
                let piece = members.merging(["index": .integer(index)]) { first, _ in first }
                return try chunk(["tool_calls": [.object(piece)]])
            }
            events.append(
                try piece([
                    "id": .string(call.id), "type": "function",
                    "function": ["name": .string(call.name), "arguments": ""],
                ]))
            events.append(try piece(["function": ["arguments": .string(call.argumentsText)]]))
        }
        return events
    }

    private mutating func end(
        reason: String, citations: [URLCitation], tokens: CountedTokens
    ) throws -> [ServerSentEvent] {
        isOver = true
        let delta: JSONValue = citations.isEmpty ? [:] : ["annotations": .array(citations.map(\.chatJSON))]
        var events = [try chunk(delta, reason: reason)]
        if includesUsage {
            events.append(
                try Self.event(completion.chunk(choices: [], usage: ChatCompletion.usage(tokens))))
        }
        events.append(.raw(Data("data: [DONE]\n\n".utf8)))
        return events
    }

    private func chunk(_ delta: JSONValue, reason: String? = nil) throws -> ServerSentEvent {
        // A bare `nil` might be read as JSON's null.
        let usage = includesUsage ? Optional.some(JSONValue.null) : Optional.none
        return try Self.event(completion.chunk(delta: delta, reason: reason, usage: usage))
    }

    private static func event(_ value: JSONValue) throws -> ServerSentEvent {
        .raw(Data("data: ".utf8) + Data(try value.utf8()) + Data("\n\n".utf8))
    }
}
