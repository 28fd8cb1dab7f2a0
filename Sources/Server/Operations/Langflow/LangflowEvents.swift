import Components
import FlowService
import Foundation
import JSONValue

/// A run's events in the form in which Langflow streams them: one JSON object each, separated by blank lines.
///
/// `add_message` when a message begins or stands, `token` with a piece of one, `end` with the whole response, or
/// `error`. A message that was streamed keeps the id that its tokens had.
struct LangflowEvents {
    private let request: LangflowRunRequest
    private let messages: LangflowMessages
    /// What people call the components, by id.
    private let titles: [String: String]
    private let now: @Sendable () -> Date
    /// The messages that are being written.
    private var open = OpenMessages()

    init(
        _ request: LangflowRunRequest, messages: LangflowMessages, titles: [String: String],
        now: @escaping @Sendable () -> Date
    ) {
        self.request = request
        self.messages = messages
        self.titles = titles
        self.now = now
    }

    /// The events that one step of the run is told by.
    mutating func events(_ progress: FlowProgress) throws -> [ServerSentEvent] {
        open.follow(progress.kind)
        switch progress.kind {
        case .text(let component, let text, true):
            var events: [ServerSentEvent] = []
            if open.write(text, by: component) {
                let begun = ChatMessage("", role: .assistant)
                events.append(
                    try event(
                        "add_message",
                        messages.event(
                            begun, id: id(component), component: component, title: title(component))))
            }
            events.append(
                try event(
                    "token",
                    [
                        "chunk": .string(text), "id": .string(id(component)),
                        "timestamp": .string(LangflowTime.text(now())),
                    ]))
            return events
        case .message(let component, let message):
            let id = id(open.close(message.text) ?? component)
            return [
                try event(
                    "add_message",
                    messages.event(message, id: id, component: component, title: title(component)))
            ]
        case .finished(let response):
            return [
                try event("end", ["result": try LangflowRunDocument(response, request, at: now()).json])
            ]
        case .failed(let failure): return [try failed(failure.reason)]
        case .cancelled: return [try failed("The run was cancelled.")]
        case .stepBegan, .stepEnded, .text, .tool, .other, .restarted: return []
        }
    }

    /// What the person said, told before anything is answered.
    func asked() throws -> [ServerSentEvent] {
        guard !request.input.isEmpty else { return [] }
        let message = ChatMessage(request.input, role: .user)
        return [
            try event(
                "add_message",
                messages.event(message, id: "\(messages.run)-input", component: "", title: "User"))
        ]
    }

    /// The event that ends a stream which failed.
    func failed(_ reason: String) throws -> ServerSentEvent {
        try event("error", ["error": .string(reason)])
    }

    private func id(_ component: String) -> String { "\(messages.run)-\(component)" }

    private func title(_ component: String) -> String { titles[component] ?? component }

    private func event(_ name: String, _ data: JSONValue) throws -> ServerSentEvent {
        let object: JSONValue = ["event": .string(name), "data": data]
        return .raw(Data((try object.text() + "\n\n").utf8))
    }
}
