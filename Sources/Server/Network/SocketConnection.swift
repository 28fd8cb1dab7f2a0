import AsyncAlgorithms
import Concurrency
import Foundation
import HummingbirdCore
import NIOCore
import NIOWebSocket
import ServiceLifecycle
import Synchronization

/// Runs a WebSocket's session over the two bodies of an upgraded exchange.
///
/// Nothing is kept but the message that is being taken in each direction: reading waits for the handler to ask,
/// and the handler waits for the connection to take what it sends.
struct SocketConnection: Sendable {
    let session: WebSocketSession
    /// Time between pings, whose answers show that a silent client is there.
    let heartbeat: Duration

    /// Time for a client to answer that the server closes.
    private static let closingTime = Duration.seconds(2)

    /// Returns when session and connection are over.
    func run(_ body: RequestBody, _ writer: inout any ResponseBodyWriter, _ channel: any Channel) async throws
    {
        var paced = PacedWriter(channel)
        let link = Link(channel)
        if session.isOfUnknown { link.move(to: .waiting) }
        let work = Task { link.end(await session.run(link.socket)) }
        let reading = Task {
            await link.receive(body)
            work.cancel()
        }
        let beating = Task {
            while (try? await Task.sleep(for: heartbeat)) != nil {
                await link.outgoing.send(SocketPart(.ping).piece)
            }
        }
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                for await piece in link.outgoing {
                    do { try await paced.write(piece, to: &writer) } catch { break }
                }
            } onGracefulShutdown: {
                // What drains says itself when it is through; the end of the grace cancels it.
                if session.drains { return link.tellOfShutdown() }
                link.close(.goingAway)
                work.cancel()
            }
        } onCancel: {
            link.close(.goingAway)
            work.cancel()
        }
        beating.cancel()
        work.cancel()
        link.finish()
        await work.value
        try? await writer.write(link.closing.piece)
        let waiting = Task {
            if (try? await Task.sleep(for: Self.closingTime)) != nil { reading.cancel() }
        }
        await reading.value
        waiting.cancel()
        try await writer.finish(nil)
    }

    /// What the tasks of one connection share.
    private final class Link: Sendable {
        let outgoing = AsyncChannel<ByteBuffer>()
        private let incoming = AsyncChannel<WebSocketMessage>()
        private let close = Mutex<(code: WebSocketErrorCode, reason: String)?>(nil)
        private let shutdown = AsyncStream<Void>.makeStream()
        private let channel: any Channel

        init(_ channel: any Channel) { self.channel = channel }

        /// Says whether the connection makes room for others, when there are too many.
        func move(to phase: ConnectionLedger.Phase) {
            channel.eventLoop.execute { [channel] in
                let edge = try? channel.pipeline.syncOperations.handler(type: ConnectionEdge.self)
                edge?.move(to: phase)
            }
        }

        var socket: WebSocket {
            WebSocket(
                messages: PulledSequence(incoming), shutdown: shutdown.stream,
                deliver: { [outgoing] message in
                    switch message {
                    case .text(let text):
                        await outgoing.send(SocketPart(.text, ByteBuffer(string: text)).piece)
                    case .binary(let data):
                        await outgoing.send(SocketPart(.binary, ByteBuffer(bytes: data)).piece)
                    }
                },
                choose: { [self] closure in
                    close(WebSocketErrorCode(codeNumber: Int(closure.code)), reason: closure.reason)
                },
                keepPlace: { [self] in move(to: .served) })
        }

        func tellOfShutdown() { shutdown.continuation.finish() }

        /// How the server says that it is over.
        var closing: SocketPart {
            let (code, reason) = close.withLock { $0 } ?? (.normalClosure, "")
            return .close(code, reason: reason)
        }

        /// The first code counts.
        func close(_ code: WebSocketErrorCode, reason: String = "") {
            close.withLock { if $0 == nil { $0 = (code, reason) } }
        }

        /// The handler is through.
        func end(_ outcome: StreamOutcome) {
            if case .failed(let problem) = outcome { close(.unexpectedServerError, reason: problem.type) }
            finish()
        }

        func finish() {
            outgoing.finish()
            incoming.finish()
        }

        /// Whether a close frame may carry the code (RFC 6455, section 7.4).
        private static func mayBeSent(_ code: WebSocketErrorCode) -> Bool {
            switch UInt16(webSocketErrorCode: code) {
            case 1_000...1_003, 1_007...1_014, 3_000...4_999: true
            default: false
            }
        }

        /// Hands each message over as it is asked for; after the end of the handler, drops them. Returns when the
        /// client closes, breaks the rules, or has gone.
        func receive(_ body: RequestBody) async {
            defer { incoming.finish() }
            do {
                for try await piece in body {
                    guard let part = SocketPart(piece) else { continue }
                    switch part.opcode {
                    case .text:
                        guard let text = String(validating: part.payload.readableBytesView, as: UTF8.self)
                        else {
                            return close(.dataInconsistentWithMessage)
                        }
                        await incoming.send(.text(text))
                    case .binary: await incoming.send(.binary(Data(part.payload.readableBytesView)))
                    default:
                        var payload = part.payload
                        let code = payload.readWebSocketErrorCode() ?? .normalClosure
                        return close(Self.mayBeSent(code) ? code : .protocolError)
                    }
                }
            } catch {
                // The connection broke; there is nobody to tell.
            }
        }
    }
}
