import AsyncAlgorithms
import Concurrency
import Foundation

/// One server-sent event, as the WHATWG HTML standard lays it out.
enum ServerSentEvent: Sendable, Hashable {
    /// `data` is JSON on one line.
    case event(name: String, data: Data)
    /// With a number that a client sends back as `Last-Event-ID` when it comes again.
    case numbered(id: Int, name: String, data: Data)
    /// As it stands, for streams that other products have laid down; it ends with its blank line.
    case raw(Data)
    /// A sign of life that clients skip.
    case heartbeat

    var bytes: Data {
        switch self {
        case .event(let name, let data): Data("event: \(name)\ndata: ".utf8) + data + Data("\n\n".utf8)
        case .numbered(let id, let name, let data):
            Data("id: \(id)\nevent: \(name)\ndata: ".utf8) + data + Data("\n\n".utf8)
        case .raw(let data): data
        case .heartbeat: Data(": \n\n".utf8)
        }
    }
}

/// Events that are made while they are sent.
///
/// Nothing runs until ``events(heartbeat:)`` is called; dropping or cancelling its result ends the work.
struct EventStream: Sendable {
    /// Waits until the client has taken the event before.
    typealias Send = @Sendable (ServerSentEvent) async -> Void

    typealias Outcome = StreamOutcome

    private let produce: @Sendable (@escaping Send) async -> Outcome

    init(_ produce: @escaping @Sendable (@escaping Send) async -> Outcome) {
        self.produce = produce
    }

    /// The same stream, its work belonging to a trace.
    ///
    /// - Parameter header: AWS X-Ray's, for a request that is not traced here.
    func under(_ span: TraceSpan?, header: String?) -> EventStream {
        EventStream { [produce] send in
            await RequestTrace.$header.withValue(header) {
                await RequestTrace.within(span) { await produce(send) }
            }
        }
    }

    /// The same stream, what its work uses counted for a request.
    func counted(for usage: RequestUsage) -> EventStream {
        EventStream { [produce] send in
            await RequestUsage.$current.withValue(usage) { await produce(send) }
        }
    }

    /// The same stream, with `observe` called once it is over.
    func observingEnd(_ observe: @escaping @Sendable (Outcome) -> Void) -> EventStream {
        EventStream { [produce] send in
            let outcome = await produce(send)
            observe(outcome)
            return outcome
        }
    }

    /// Starts the work. One event is made while the one before is sent; nothing is kept.
    func events(heartbeat: Duration) -> EventDelivery {
        EventDelivery(EventDelivery.Work(produce, heartbeat: heartbeat))
    }
}

/// The events of a running ``EventStream`` for the one who sends them.
struct EventDelivery: AsyncSequence {
    typealias Element = ServerSentEvent

    /// The work behind the events; it ends with the last reference to it.
    final class Work: Sendable {
        fileprivate let channel: AsyncChannel<ServerSentEvent>
        private let task: Task<Void, Never>

        init(
            _ produce: @escaping @Sendable (@escaping EventStream.Send) async -> EventStream.Outcome,
            heartbeat: Duration
        ) {
            let channel = AsyncChannel<ServerSentEvent>()
            self.channel = channel
            task = Task {
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        while (try? await Task.sleep(for: heartbeat)) != nil {
                            await channel.send(.heartbeat)
                        }
                    }
                    _ = await produce { await channel.send($0) }
                    group.cancelAll()
                }
                channel.finish()
            }
        }

        deinit { task.cancel() }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let work: Work
        fileprivate var events: AsyncChannel<ServerSentEvent>.AsyncIterator

        mutating func next() async -> ServerSentEvent? { await events.next() }
    }

    private let work: Work

    init(_ work: Work) {
        self.work = work
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(work: work, events: work.channel.makeAsyncIterator())
    }
}
