import Foundation

/// One server-sent event, as the WHATWG HTML standard lays it out.
enum ServerSentEvent: Sendable, Hashable {
    /// `data` is JSON on one line.
    case event(name: String, data: Data)
    /// A sign of life that clients skip.
    case heartbeat

    var bytes: Data {
        switch self {
        case .event(let name, let data): Data("event: \(name)\ndata: ".utf8) + data + Data("\n\n".utf8)
        case .heartbeat: Data(": \n\n".utf8)
        }
    }
}

/// Events that are made while they are sent.
///
/// Nothing runs until ``events(heartbeat:)`` is called; dropping or cancelling its result ends the work.
struct EventStream: Sendable {
    typealias Send = @Sendable (ServerSentEvent) -> Void

    /// How a stream ended.
    enum Outcome: Sendable, Hashable {
        case complete
        /// Told to the client by an `error` event.
        case failed(ProblemDetails)
        /// Nobody listens any more.
        case cancelled
    }

    private let produce: @Sendable (@escaping Send) async -> Outcome

    init(_ produce: @escaping @Sendable (@escaping Send) async -> Outcome) {
        self.produce = produce
    }

    /// The same stream, with `observe` called once it is over.
    func observingEnd(_ observe: @escaping @Sendable (Outcome) -> Void) -> EventStream {
        EventStream { [produce] send in
            let outcome = await produce(send)
            observe(outcome)
            return outcome
        }
    }

    /// Starts the work.
    func events(heartbeat: Duration) -> AsyncStream<ServerSentEvent> {
        AsyncStream { [produce] continuation in
            let task = Task {
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        while (try? await Task.sleep(for: heartbeat)) != nil {
                            continuation.yield(.heartbeat)
                        }
                    }
                    _ = await produce { continuation.yield($0) }
                    group.cancelAll()
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
