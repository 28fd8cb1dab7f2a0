/// One event of a `text/event-stream`, as the WHATWG HTML standard (9.2, server-sent events) has it.
struct ServerSentEvent: Sendable, Hashable {
    /// `message` for an event that names none.
    var name: String
    /// The event's lines of data, joined by line feeds.
    var data: String
    /// The last id that the stream has told, with this event or before it; `nil` before the first one.
    var id: String?
}
