import Concurrency
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Server

/// A client of `/v1/ws` without a network: what it sends, and what it is sent, one message after the other.
final class SocketTalk: Sendable {
    private let incoming = AsyncStream<WebSocketMessage>.makeStream()
    private let outgoing = AsyncStream<String>.makeStream()
    private let shutdown = AsyncStream<Void>.makeStream()
    private let closure = Mutex<WebSocketClosure?>(nil)
    private let received = Mutex(0)
    private let replies: ExclusiveIterator<AsyncStream<String>.AsyncIterator>
    private let session = Mutex<Task<StreamOutcome, Never>?>(nil)

    private init() {
        replies = ExclusiveIterator(outgoing.stream.makeAsyncIterator())
    }

    /// A handshake as clients make it.
    static func handshake(
        _ headers: HTTPFields = [:], protocols: String? = SocketOperation.subprotocol
    ) -> APIRequest {
        var all = headers
        all[.upgrade] = "websocket"
        all[.connection] = "Upgrade"
        all[.secWebSocketVersion] = "13"
        all[.secWebSocketKey] = "dGhlIHNhbXBsZSBub25jZQ=="
        all[.secWebSocketProtocol] = protocols
        return APIRequest(method: .get, path: SocketOperation.path, headers: all, id: "socket")
    }

    /// Opens a socket, which must be what the server answers.
    static func open(
        _ application: Application, _ headers: HTTPFields = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SocketTalk {
        let response = await application.respond(to: handshake(headers))
        #expect(response.status == .switchingProtocols, sourceLocation: sourceLocation)
        guard case .webSocket(let session) = response.body else { throw RequestFault.upgradeRequired }
        let talk = SocketTalk()
        talk.begin(session)
        return talk
    }

    private func begin(_ session: WebSocketSession) {
        let socket = WebSocket(
            messages: PulledSequence(incoming.stream), shutdown: shutdown.stream,
            deliver: { [weak self] message in
                if case .text(let text) = message {
                    self?.received.withLock { $0 += 1 }
                    self?.outgoing.continuation.yield(text)
                }
            },
            choose: { [weak self] closure in self?.closure.withLock { $0 = $0 ?? closure } })
        let task = Task { [outgoing] in
            let outcome = await session.run(socket)
            outgoing.continuation.finish()
            return outcome
        }
        self.session.withLock { $0 = task }
    }

    func send(_ json: String) { incoming.continuation.yield(.text(json)) }
    func send(_ bytes: Data) { incoming.continuation.yield(.binary(bytes)) }
    /// The client closes.
    func close() { incoming.continuation.finish() }
    /// The client is gone.
    func vanish() { session.withLock { $0 }?.cancel() }
    /// The server is told to stop.
    func shutDown() { shutdown.continuation.finish() }

    /// How many messages have come in all.
    var count: Int { received.withLock { $0 } }

    /// The next message; `nil` when the server has closed.
    func next() async throws -> JSONValue? {
        guard let text = try await replies.next() else { return nil }
        return try .parsed(Data(text.utf8))
    }

    /// The next message, which must be of this type.
    @discardableResult
    func expect(
        _ type: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let message = try #require(try await next(), sourceLocation: sourceLocation)
        #expect(message["type"] == .text(type), "\(message)", sourceLocation: sourceLocation)
        return message
    }

    /// Messages up to the first that ends what stands under `id`, that one included.
    func untilEnd(of id: String) async throws -> [JSONValue] {
        var messages: [JSONValue] = []
        while let message = try await next() {
            guard message["id"] == .text(id) else { continue }
            messages.append(message)
            if ["done", "problem"].contains(message["type"]?.text) { break }
        }
        return messages
    }

    /// How the server has closed, once it has.
    func closed() async -> WebSocketClosure? {
        _ = await session.withLock { $0 }?.value
        return closure.withLock { $0 }
    }
}

extension JSONValue {
    /// The last part of a problem's type.
    var problemKind: String? {
        self["problem"]?["type"]?.text?.split(separator: ":").last.map(String.init)
    }
}
