import FlowService
import Foundation
import JSONValue

/// A run's events in the form in which Langflow streams them: one JSON object each, separated by blank lines.
///
/// `add_message` when a message begins or stands, `token` with a piece of one, `end` with the whole response, or
/// `error`.
struct LangflowEvents {
    private let request: LangflowRunRequest
    private var messages: LangflowMessageEvents
    private let now: @Sendable () -> Date

    /// - Parameter titles: what people call the components, by id.
    init(
        _ request: LangflowRunRequest, messages: LangflowMessages, titles: [String: String],
        now: @escaping @Sendable () -> Date
    ) {
        self.request = request
        self.messages = LangflowMessageEvents(messages, titles: titles, now: now)
        self.now = now
    }

    /// The events that one step of the run is told by.
    mutating func events(_ progress: FlowProgress) throws -> [ServerSentEvent] {
        messages.follow(progress.kind)
        switch progress.kind {
        case .text(let component, let text, true):
            return try messages.piece(text, by: component).map { Self.event($0) }
        case .message(let component, let message): return [Self.event(messages.told(message, by: component))]
        case .finished(let response): return [ended(LangflowRunDocument(response, request, at: now()))]
        case .failed(let failure): return [try failed(failure.reason)]
        case .cancelled: return [try failed("The run was cancelled.")]
        case .stepBegan, .stepEnded, .text, .tool, .other, .restarted: return []
        }
    }

    /// What the person said, told before anything is answered.
    func asked() -> [ServerSentEvent] { messages.asked(request.input).map { Self.event($0) } }

    /// The event that ends a stream which failed.
    func failed(_ reason: String) throws -> ServerSentEvent {
        Self.event(try LangflowMessageEvents.event("error", ["error": .string(reason)]))
    }

    private func ended(_ document: LangflowRunDocument) -> ServerSentEvent {
        var writer = JSONWriter(capacity: document.utf8.count + 64)
        writer.object { event in
            event.object("data") { $0.member("result", json: document.utf8) }
            event.member("event", "end")
        }
        return Self.event(writer.bytes)
    }

    /// - Parameter json: the event's object, as text.
    private static func event(_ json: [UInt8]) -> ServerSentEvent { .raw(Data(json) + Data("\n\n".utf8)) }
}
