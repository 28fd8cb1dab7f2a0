import Concurrency
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Carries requests from the network to ``Application`` and its responses back.
///
/// The only file that knows Hummingbird and NIO.
struct HTTPAdapter: Sendable {
    let application: Application
    let logger: Logger
    let freshID: @Sendable () -> String

    private var configuration: ServerConfiguration { application.configuration }

    /// Serves until the shutdown of the surrounding group of services or the cancellation of the task ends it.
    ///
    /// - Parameter onReady: called once with the port that is listened on.
    func run(onReady: @escaping @Sendable (Int) -> Void) async throws(ServerError) {
        // What Hummingbird and ServiceLifecycle would say, the server says itself, once and in its own words.
        var quiet = logger
        quiet.logLevel = .critical
        let server = Hummingbird.Application(
            responder: CallbackResponder { (request: Request, context: PeerContext) in
                await respond(to: request, context)
            },
            server: .http1(configuration: .init(idleTimeout: TimeAmount(configuration.idleTimeout))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.maxConnections)),
            onServerRunning: { channel in onReady(channel.localAddress?.port ?? configuration.port) },
            logger: quiet)
        // A group of its own, which the surrounding one shuts down, for the limit of the grace.
        var group = ServiceGroupConfiguration(services: [server], logger: quiet)
        group.maximumGracefulShutdownDuration = configuration.shutdownGrace
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            // Asked for from outside, or by the end of the grace that a shutdown gives.
        } catch {
            throw Self.failure(error, host: configuration.host, port: configuration.port)
        }
    }

    /// Why nothing could be listened on.
    private static func failure(_ error: any Error, host: String, port: Int) -> ServerError {
        if let error = error as? IOError {
            switch error.errnoCode {
            case EADDRINUSE: return .portInUse(host: host, port: port)
            case EACCES, EPERM: return .portForbidden(host: host, port: port)
            case EADDRNOTAVAIL: return .addressNotLocal(host: host)
            default: return .failed(reason: String(cString: strerror(error.errnoCode)))
            }
        }
        if error is SocketAddressError || error is SocketAddressError.UnknownHost {
            return .unknownHost(host: host)
        }
        return .failed(reason: String(describing: error))
    }

    private func respond(to request: Request, _ context: PeerContext) async -> Response {
        let headers = request.headers
        let whole = APIRequest(
            method: request.method, path: request.uri.path, query: request.uri.query,
            host: request.head.authority, headers: headers,
            peer: context.peer, id: RequestID.choose(from: headers, fresh: freshID))
        let body = IncomingBody(limitBytes: configuration.bodyLimitBytes, timeout: configuration.bodyTimeout)
        let response = await application.respond(to: whole) { try await body.collect(request) }
        switch response.body {
        case .data(let data):
            var fields = response.headers
            if body.isAbandoned { fields[.connection] = "close" }
            return Response(
                status: response.status, headers: fields,
                body: self.body(data, closing: body.isAbandoned ? context.channel : nil))
        case .events(let stream):
            return Response(
                status: response.status, headers: response.headers,
                body: events(stream, of: request, body.buffer))
        }
    }

    private func body(_ data: Data, closing channel: (any Channel)?) -> ResponseBody {
        let buffer = ByteBuffer(bytes: data)
        guard let channel else { return ResponseBody(byteBuffer: buffer) }
        return ResponseBody(contentLength: data.count) { writer in
            try await writer.write(buffer)
            try await writer.finish(nil)
            // The rest of a body that nobody wants would otherwise be read to its end.
            channel.close(promise: nil)
        }
    }

    /// Writes each event as it comes; ends the work as soon as the client hangs up.
    private func events(_ stream: EventStream, of request: Request, _ buffer: ByteBuffer) -> ResponseBody {
        let heartbeat = configuration.heartbeat
        return ResponseBody { writer in
            // The body was read whole, so what comes next on this connection is its end.
            var read = request
            read.body = RequestBody(buffer: buffer)
            try await read.body.consumeWithCancellationOnInboundClose { _ in
                for await event in stream.events(heartbeat: heartbeat) {
                    try await writer.write(ByteBuffer(bytes: event.bytes))
                }
            }
            try await writer.finish(nil)
        }
    }
}

/// What is known of a connection.
private struct PeerContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    var peer: String? { channel.remoteAddress?.ipAddress }
}

/// A request's body on its way in: whole, within limits, or not at all.
private final class IncomingBody: Sendable {
    private struct State {
        var buffer = ByteBuffer()
        var isAbandoned = false
    }

    /// What is read and thrown away of a body that is too large, so that its sender hears of it, as a
    /// multiple of the limit. A sender that still goes on is cut off.
    private static let patience = 16

    private let limitBytes: Int
    private let timeout: Duration
    private let state = Mutex(State())

    init(limitBytes: Int, timeout: Duration) {
        self.limitBytes = limitBytes
        self.timeout = timeout
    }

    /// What was read.
    var buffer: ByteBuffer { state.withLock(\.buffer) }
    /// Whether more may still come, so that the connection is of no further use.
    var isAbandoned: Bool { state.withLock(\.isAbandoned) }

    /// - Throws: ``RequestFault``, or the connection's error.
    func collect(_ request: Request) async throws -> Data {
        let declared = request.headers[.contentLength].flatMap { Int($0) } ?? 0
        guard declared <= limitBytes * Self.patience else {
            state.withLock { $0.isAbandoned = true }
            throw RequestFault.bodyTooLarge(limitBytes: limitBytes)
        }
        do {
            let whole = try await withDeadline(timeout) { try await self.read(request.body) }
            state.withLock { $0.buffer = whole }
            return Data(whole.readableBytesView)
        } catch let error as DeadlineExceeded {
            state.withLock { $0.isAbandoned = true }
            throw RequestFault.bodyTooSlow(seconds: error.limit / .seconds(1))
        }
    }

    private func read(_ body: RequestBody) async throws -> ByteBuffer {
        var whole = ByteBuffer()
        var received = 0
        for try await var piece in body {
            received += piece.readableBytes
            if received <= limitBytes {
                whole.writeBuffer(&piece)
            } else if received > limitBytes * Self.patience {
                state.withLock { $0.isAbandoned = true }
                break
            }
        }
        guard received <= limitBytes else { throw RequestFault.bodyTooLarge(limitBytes: limitBytes) }
        return whole
    }
}
