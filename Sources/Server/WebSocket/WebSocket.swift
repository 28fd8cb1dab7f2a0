import Concurrency
import Foundation

/// One message, whole: its fragments are put together before.
enum WebSocketMessage: Sendable, Hashable {
    case text(String)
    case binary(Data)
}

/// A connection of messages in both directions, as its handler sees it. Pings and the closing are not its business.
struct WebSocket: Sendable {
    /// The client's messages in order, until the client closes; to be iterated over once.
    ///
    /// One that is not asked for is not received: the client has to wait, for ``ServerConfiguration/idleTimeout``
    /// at least, after which a connection counts as idle on which nothing is received.
    let messages: PulledSequence<WebSocketMessage>
    /// Ends when the server shuts down, for a session that drains; to be iterated over once.
    let shutdown: AsyncStream<Void>
    private let deliver: @Sendable (WebSocketMessage) async -> Void
    private let choose: @Sendable (WebSocketClosure) -> Void
    private let keepPlace: @Sendable () -> Void

    init(
        messages: PulledSequence<WebSocketMessage>,
        shutdown: AsyncStream<Void> = AsyncStream { _ in },
        deliver: @escaping @Sendable (WebSocketMessage) async -> Void,
        choose: @escaping @Sendable (WebSocketClosure) -> Void = { _ in },
        keepPlace: @escaping @Sendable () -> Void = {}
    ) {
        self.messages = messages
        self.shutdown = shutdown
        self.deliver = deliver
        self.choose = choose
        self.keepPlace = keepPlace
    }

    /// Says that the client is known now: until then the connection makes room for others, when there are too many.
    func clientIsKnown() { keepPlace() }

    /// Says how the socket is closed once its handler returns. Whoever says it first counts.
    func willClose(_ closure: WebSocketClosure) { choose(closure) }

    /// Sends a message once the connection has taken the one before.
    ///
    /// - Throws: `CancellationError` when the client has gone.
    func send(_ message: WebSocketMessage) async throws {
        try Task.checkCancellation()
        await deliver(message)
        try Task.checkCancellation()
    }
}

/// What is done with a WebSocket once the connection is one.
struct WebSocketSession: Sendable {
    let messageLimitBytes: Int
    /// Whether the handler, told by ``WebSocket/shutdown``, ends by itself when the server does; another is cancelled.
    let drains: Bool
    /// Whether nobody knows yet who the client is; see ``WebSocket/clientIsKnown()``.
    let isOfUnknown: Bool
    private let handle: @Sendable (WebSocket) async throws -> Void
    private let observe: @Sendable (StreamOutcome) -> Void

    init(
        messageLimitBytes: Int, drains: Bool = false, isOfUnknown: Bool = false,
        handle: @escaping @Sendable (WebSocket) async throws -> Void
    ) {
        self.init(
            messageLimitBytes: messageLimitBytes, drains: drains, isOfUnknown: isOfUnknown, handle: handle,
            observe: { _ in })
    }

    private init(
        messageLimitBytes: Int, drains: Bool, isOfUnknown: Bool,
        handle: @escaping @Sendable (WebSocket) async throws -> Void,
        observe: @escaping @Sendable (StreamOutcome) -> Void
    ) {
        self.messageLimitBytes = messageLimitBytes
        self.drains = drains
        self.isOfUnknown = isOfUnknown
        self.handle = handle
        self.observe = observe
    }

    /// The same session, with `observe` called once it is over.
    func observingEnd(_ observe: @escaping @Sendable (StreamOutcome) -> Void) -> WebSocketSession {
        WebSocketSession(
            messageLimitBytes: messageLimitBytes, drains: drains, isOfUnknown: isOfUnknown, handle: handle,
            observe: observe)
    }

    /// The same session, its work belonging to a trace.
    func under(_ span: TraceSpan?) -> WebSocketSession {
        WebSocketSession(
            messageLimitBytes: messageLimitBytes, drains: drains, isOfUnknown: isOfUnknown,
            handle: { [handle] socket in try await RequestTrace.within(span) { try await handle(socket) } },
            observe: observe)
    }

    /// The same session, what its work uses counted for a request.
    func counted(for usage: RequestUsage) -> WebSocketSession {
        WebSocketSession(
            messageLimitBytes: messageLimitBytes, drains: drains, isOfUnknown: isOfUnknown,
            handle: { [handle] socket in
                try await RequestUsage.$current.withValue(usage) { try await handle(socket) }
            }, observe: observe)
    }

    /// The same session, with `observe` called once it is over, behind whoever is told already.
    func observed(_ another: @escaping @Sendable (StreamOutcome) -> Void) -> WebSocketSession {
        WebSocketSession(
            messageLimitBytes: messageLimitBytes, drains: drains, isOfUnknown: isOfUnknown, handle: handle,
            observe: { [observe] outcome in
                observe(outcome)
                another(outcome)
            })
    }

    /// Does the work to its end; cancelled when the client has gone.
    func run(_ socket: WebSocket) async -> StreamOutcome {
        let outcome: StreamOutcome
        do {
            try await handle(socket)
            outcome = .complete
        } catch {
            outcome = Task.isCancelled ? .cancelled : .failed(ProblemDetails(error))
        }
        observe(outcome)
        return outcome
    }
}
