import Concurrency
import Foundation
import JSONValue
import Synchronization

/// One client's conversation over `/v1/ws`.
///
/// Each thing that is begun is a task, which makes its next event when the connection has taken the one before and the
/// client's window has room. Nothing is kept for a client that reads slowly.
final class SocketConversation: Sendable {
    struct Limits: Sendable {
        /// Streams at once.
        var streams = 16
        var messagesPerSecond = 200
        /// Messages that may come at once.
        var messageBurst = 400
        /// Time for the first message of a client that must say who it is.
        var authentication = Duration.seconds(5)
        /// Time for a client to say that it has read what its window allowed.
        var acknowledgement = Duration.seconds(60)
        /// Time between two looks at whether the caller is still admitted.
        var watch = Duration.seconds(1)
        /// Looks that may fail one after another before the socket is closed.
        var failedWatches = 30
    }

    typealias Messages = ExclusiveIterator<PulledSequence<WebSocketMessage>.AsyncIterator>

    private struct State {
        var caller: MessageCaller
        var streams: [String: SocketStream] = [:]
        var requests = 0
        var isDraining = false
    }

    let limits: Limits
    private let socket: WebSocket
    private let state: Mutex<State>
    /// Yields when a stream has ended.
    private let ended = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    /// Ends when the socket is to be closed.
    private let closed = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

    private init(_ caller: MessageCaller, _ socket: WebSocket, _ limits: Limits) {
        self.socket = socket
        self.limits = limits
        state = Mutex(State(caller: caller))
    }

    var caller: MessageCaller { state.withLock(\.caller) }

    /// Holds the conversation to its end. Cancelled when the client has gone.
    static func hold(_ caller: MessageCaller, _ socket: WebSocket, _ limits: Limits = Limits()) async {
        let messages = Messages(socket.messages.makeAsyncIterator())
        var caller = caller
        if !caller.isKnown {
            guard let known = await authenticated(caller, messages, socket, limits) else { return }
            caller = known
        }
        await SocketConversation(caller, socket, limits).run(messages)
    }

    /// The caller that the first message names, which is all that is read before; `nil` for none.
    private static func authenticated(
        _ caller: MessageCaller, _ messages: Messages, _ socket: WebSocket, _ limits: Limits
    ) async -> MessageCaller? {
        do {
            let message = try await withDeadline(limits.authentication) { try await messages.next() }
            guard let message else { return nil }
            guard case .text(let text) = message, case .authenticate(let token) = try SocketMessage(text)
            else {
                socket.willClose(.unauthenticated)
                return nil
            }
            let known = try await caller.authenticated(by: token)
            socket.clientIsKnown()
            try await socket.send(SocketReply.authenticated.message)
            return known
        } catch is DeadlineExceeded {
            socket.willClose(.authenticationTimedOut)
        } catch let fault as RequestFault {
            let reply = SocketReply.problem(fault, id: nil, requestID: caller.requestID)
            try? await socket.send(reply.message)
            socket.willClose(.unauthenticated)
        } catch {
            // The client has gone.
        }
        return nil
    }

    private func run(_ messages: Messages) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.receive(messages) }
            group.addTask { await self.watch() }
            group.addTask { await self.drain() }
            group.addTask { for await _ in self.closed.stream {} }
            await group.next()
            group.cancelAll()
        }
        for stream in state.withLock({ Array($0.streams.values) }) { await stream.end() }
    }

    /// Closes the socket as soon as possible.
    func end(_ closure: WebSocketClosure) {
        socket.willClose(closure)
        closed.continuation.finish()
    }

    func send(_ reply: SocketReply) async { try? await socket.send(reply.message) }

    // MARK: What comes

    private func receive(_ messages: Messages) async {
        var allowance = MessageAllowance(perSecond: limits.messagesPerSecond, burst: limits.messageBurst)
        while let message = try? await messages.next() {
            guard allowance.take() else { return socket.willClose(.tooManyMessages) }
            guard case .text(let text) = message else { return socket.willClose(.binary) }
            do {
                try await take(SocketMessage(text))
            } catch {
                await refuse(error, id: nil)
            }
        }
    }

    private func take(_ message: SocketMessage) async throws(RequestFault) {
        switch message {
        case .ping: await send(.pong)
        case .authenticate(let token): try await authenticate(token)
        case .acknowledge(let id, let number): stream(id)?.window.acknowledge(through: number)
        case .cancel(let id): await cancel(id)
        case .begin(let id, let window, let request):
            do {
                try begin(id, window, request)
            } catch {
                await refuse(error, id: id)
            }
        }
    }

    /// Somebody who was let in as anybody says who they are, before they ask for anything.
    private func authenticate(_ token: String) async throws(RequestFault) {
        let (caller, isFirst) = state.withLock { ($0.caller, $0.requests == 0 && $0.streams.isEmpty) }
        guard caller.isAnonymous, isFirst else {
            throw .invalidField(
                name: "type", reason: "is authenticate, which comes first, from who has not said who they are"
            )
        }
        do {
            let known = try await caller.authenticated(by: token)
            state.withLock { $0.caller = known }
            await send(.authenticated)
        } catch {
            await refuse(error, id: nil)
            end(.unauthenticated)
        }
    }

    private func begin(
        _ id: String, _ window: Int?, _ request: SocketMessage.Request
    ) throws(RequestFault) {
        var start = 0
        if case .subscribe(_, let from) = request { start = from }
        let stream = SocketStream(
            id: id, window: EventWindow(size: window, from: start), isResumable: request.isOfStoredRun,
            storesRun: request.storesRun)
        let fault = state.withLock { state -> RequestFault? in
            if state.isDraining { return .notReady(reasons: ["The server stops; ask again in a moment."]) }
            if state.streams[id] != nil {
                return .invalidField(name: "id", reason: "stands for something that is not over yet")
            }
            guard state.streams.count < limits.streams else {
                return .invalidField(
                    name: "id", reason: "is one too many: \(limits.streams) may go on at once over one socket"
                )
            }
            state.streams[id] = stream
            return nil
        }
        if let fault { throw fault }
        stream.begin(Task { await self.tell(request, to: stream) })
    }

    private func refuse(_ fault: RequestFault, id: String?) async {
        await send(.problem(fault, id: id, requestID: caller.requestID))
    }

    // MARK: What goes on

    func stream(_ id: String) -> SocketStream? { state.withLock { $0.streams[id] } }

    func forget(_ stream: SocketStream) {
        state.withLock { state in
            // Another may have its id by now.
            if state.streams[stream.id] === stream { state.streams[stream.id] = nil }
        }
        ended.continuation.yield()
    }

    /// The number of another request on this socket.
    func nextRequest() -> Int {
        state.withLock { state in
            state.requests += 1
            return state.requests
        }
    }

    /// Returns when the caller is admitted no longer.
    private func watch() async {
        var failures = 0
        while (try? await Task.sleep(for: limits.watch)) != nil {
            switch await caller.isStillAdmitted {
            case true?: failures = 0
            case false?: return socket.willClose(.noLongerAdmitted)
            case nil:
                failures += 1
                if failures >= limits.failedWatches { return socket.willClose(.noLongerAdmitted) }
            }
        }
    }

    /// Returns when the server stops and everything that was begun has ended. What follows stored runs ends at once:
    /// it can be taken up again.
    private func drain() async {
        for await _ in socket.shutdown {}
        guard !Task.isCancelled else { return }
        let resumable = state.withLock { state in
            state.isDraining = true
            return state.streams.values.filter(\.isResumable)
        }
        for stream in resumable { await stream.end() }
        var endings = ended.stream.makeAsyncIterator()
        while !state.withLock(\.streams.isEmpty), await endings.next() != nil {}
        guard !Task.isCancelled else { return }
        socket.willClose(.goingAway)
    }
}

extension SocketMessage.Request {
    /// Whether what makes the events goes on without who reads them.
    fileprivate var isOfStoredRun: Bool {
        switch self {
        case .run(let fields, _): fields["async"]?.bool == true
        case .ask: false
        case .subscribe: true
        }
    }

    /// Whether it has a run stored.
    fileprivate var storesRun: Bool { if case .run = self { isOfStoredRun } else { false } }
}
