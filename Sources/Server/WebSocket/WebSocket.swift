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
    private let deliver: @Sendable (WebSocketMessage) async -> Void

    init(
        messages: PulledSequence<WebSocketMessage>,
        deliver: @escaping @Sendable (WebSocketMessage) async -> Void
    ) {
        self.messages = messages
        self.deliver = deliver
    }

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
    private let handle: @Sendable (WebSocket) async throws -> Void
    private let observe: @Sendable (StreamOutcome) -> Void

    init(messageLimitBytes: Int, handle: @escaping @Sendable (WebSocket) async throws -> Void) {
        self.init(messageLimitBytes: messageLimitBytes, handle: handle, observe: { _ in })
    }

    private init(
        messageLimitBytes: Int, handle: @escaping @Sendable (WebSocket) async throws -> Void,
        observe: @escaping @Sendable (StreamOutcome) -> Void
    ) {
        self.messageLimitBytes = messageLimitBytes
        self.handle = handle
        self.observe = observe
    }

    /// The same session, with `observe` called once it is over.
    func observingEnd(_ observe: @escaping @Sendable (StreamOutcome) -> Void) -> WebSocketSession {
        WebSocketSession(messageLimitBytes: messageLimitBytes, handle: handle, observe: observe)
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
