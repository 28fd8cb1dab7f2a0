import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Carries requests from the network to ``Application`` and its responses back.
///
/// `Network` is the only folder that knows Hummingbird and NIO.
struct HTTPAdapter: Sendable {
    let application: Application
    let logger: Logger
    let freshID: @Sendable () -> String
    /// Holds the socket that is listened at, to be handed over.
    let listening = ListeningPoint()

    private var configuration: ServerConfiguration { application.configuration }

    /// Serves until the shutdown of the surrounding group of services or the cancellation of the task ends it.
    ///
    /// - Parameters:
    ///   - socket: where connections wait already; `nil` to listen at the configuration's address.
    ///   - onReady: called once with the port that is listened on.
    func run(
        on socket: ListeningSocket? = nil, onReady: @escaping @Sendable (Int) -> Void
    ) async throws(ServerError) {
        // What ServiceLifecycle would say, the server says itself, once and in its own words.
        var quiet = logger
        quiet.logLevel = .critical
        do {
            let certificate =
                if let tls = configuration.tls {
                    try await ServedCertificate.load(
                        tls, offersHTTP2: configuration.http2, logger: logger)
                } else {
                    ServedCertificate?.none
                }
            let listener = try listener(on: socket, certificate, onReady)
            var services: [any Service] = [listener]
            if let certificate { services.insert(CertificateService(certificate: certificate), at: 0) }
            // A group of its own, which the surrounding one shuts down, for the limit of the grace.
            var group = ServiceGroupConfiguration(services: services, logger: quiet)
            group.maximumGracefulShutdownDuration = configuration.shutdownGrace
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            // Asked for from outside, or by the end of the grace that a shutdown gives.
        } catch let error as ServerError {
            throw error
        } catch {
            throw Self.failure(error, host: configuration.host, port: configuration.port)
        }
    }

    private func listener(
        on socket: ListeningSocket?, _ certificate: ServedCertificate?,
        _ onReady: @escaping @Sendable (Int) -> Void
    ) throws -> Listener {
        // Whoever may come in was settled by where the server listens.
        if let socket, configuration.isLoopbackOnly, !socket.isLoopback {
            defer { socket.close() }
            throw ServerError.handoverOpenness(address: socket.address ?? "?", wanted: configuration.host)
        }
        let socket = try socket ?? ListeningSocket(host: configuration.host, port: configuration.port)
        let connections = connectionLimit
        let date = ResponseDate()
        let child = channels(certificate, connections) { request, writer, channel in
            let (answer, unread) = await respond(to: request, on: channel)
            var response = answer
            response.headers[.date] = date.text
            try await writer.write(response: response.head, body: response.body)
            if let unread { await drop(unread, channel) }
        }
        return Listener(
            socket: socket, child: child,
            // Only those that are being closed to make room are waited for here.
            limit: connections + Self.closingConnections, point: listening, logger: logger
        ) { onReady(socket.port ?? configuration.port) }
    }

    /// Connections that may be open for a moment on top of the limit.
    private static let closingConnections = 64

    /// Connections at a time, as far as the operating system allows what is set.
    private var connectionLimit: Int {
        let connections = OpenFilesLimit.connections(wanted: configuration.maxConnections)
        if connections < configuration.maxConnections {
            logger.warning(
                "this process may not open files enough for all connections that are allowed",
                metadata: ["millrace.connections": "\(connections)"])
        }
        return connections
    }

    /// What is made of each connection.
    private func channels(
        _ certificate: ServedCertificate?, _ connections: Int, _ responder: @escaping HTTP1Channel.Responder
    ) -> GuardedChannel {
        GuardedChannel(
            http: HTTP1Channel(
                responder: responder,
                configuration: .init(idleTimeout: TimeAmount(configuration.idleTimeout))),
            ledger: ConnectionLedger(limit: connections, perOrigin: configuration.connectionsPerAddress),
            writeTimeout: configuration.writeTimeout, idleTimeout: configuration.idleTimeout,
            limits: RequestBoundary.Limits(
                header: configuration.headerTimeout, rest: configuration.bodyTimeout,
                restBytes: configuration.bodyLimitBytes * IncomingBody.patience),
            refusals: Refusals(
                logger: logger, metrics: application.metrics.requests, freshID: freshID),
            certificate: certificate)
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

    /// A browser that has once come by TLS comes without it no more, for a year (RFC 6797). A name of this machine is
    /// left out: other servers on it have the same.
    private static let transportSecurity = "max-age=31536000"

    /// - Returns: the response; and the body whose rest is to be dropped behind it, unless the response does so itself.
    private func respond(
        to request: Request, on channel: any Channel
    ) async -> (response: Response, unread: IncomingBody?) {
        let headers = request.headers
        let whole = APIRequest(
            method: request.method, path: request.uri.path, query: request.uri.query,
            host: request.head.authority, headers: headers,
            peer: channel.remoteAddress?.ipAddress, id: RequestID.choose(from: headers, fresh: freshID))
        let body = IncomingBody(
            request, limitBytes: configuration.bodyLimitBytes, timeout: configuration.bodyTimeout,
            // It fails only for a connection that has gone, which the reading will find too.
            askForBody: { try? await RequestBoundary.askForBody(on: channel) })
        var source = body.source
        source.interim = { status, fields in
            // It fails only for a connection that has gone, which the reading will find too.
            try? await RequestBoundary.inform(status, fields, on: channel)
        }
        let response = await application.respond(to: whole, body: source)
        var fields = response.headers
        // Whoever looks out for a client that hangs up has read past the request: the connection ends with the response,
        // and a client that is not told would send its next request into the void.
        if body.isAbandoned || response.body.endsWithConnection { fields[.connection] = "close" }
        if configuration.tls != nil, let host = whole.host, !HostName(host).isLoopback {
            fields[.strictTransportSecurity] = Self.transportSecurity
        }
        if case .webSocket(let session) = response.body {
            // It fails only for a connection that has gone, which the writing will find too.
            try? await UpgradeHandler.prepare(
                channel, messageLimitBytes: session.messageLimitBytes)
        }
        // One that is whole leaves in one piece: a client that still sends has then all of it as soon as it has any.
        let isUnread = body.isAbandoned || body.isPartlyRead
        let unread: IncomingBody? = if case .data = response.body, isUnread { body } else { nil }
        let own = Response(
            status: response.status, headers: fields,
            body: responseBody(response.body, request, body, channel))
        return (own, unread)
    }

    private func responseBody(
        _ content: APIResponse.Body, _ request: Request, _ body: IncomingBody, _ channel: any Channel
    ) -> ResponseBody {
        let heartbeat = configuration.heartbeat
        switch content {
        case .data(let data): return ResponseBody(byteBuffer: ByteBuffer(bytes: data))
        case .bytes(let stream):
            return ResponseBody(contentLength: stream.length) { writer in
                var paced = PacedWriter(channel)
                // With a length it is a file, which soon has the next piece: a client that hangs up is noticed.
                if stream.length != nil {
                    try await stream.send { try await paced.write(ByteBuffer(bytes: $0), to: &writer) }
                } else {
                    try await body.untilHangUp {
                        try await stream.send { try await paced.write(ByteBuffer(bytes: $0), to: &writer) }
                    }
                }
                try await finish(&writer, body, channel)
            }
        case .events(let stream):
            return ResponseBody { writer in
                var paced = PacedWriter(channel)
                // Writes each event as it comes; ends the work as soon as the client hangs up.
                try await body.untilHangUp {
                    for await event in stream.events(heartbeat: heartbeat) {
                        try await paced.write(ByteBuffer(bytes: event.bytes), to: &writer)
                    }
                }
                try await finish(&writer, body, channel)
            }
        case .webSocket(let session):
            return ResponseBody { writer in
                try await SocketConnection(session: session, heartbeat: heartbeat).run(
                    request.body, &writer, channel)
            }
        }
    }

    private func finish(
        _ writer: inout any ResponseBodyWriter, _ body: IncomingBody, _ channel: any Channel
    ) async throws {
        try await writer.finish(nil)
        await drop(body, channel)
    }

    /// Drops what was not read of a body behind its response. It would otherwise be read to its end, however far.
    private func drop(_ body: IncomingBody, _ channel: any Channel) async {
        if await !body.dropRest() { RequestBoundary.end(channel) }
    }
}

/// Takes a certificate that has changed.
private struct CertificateService: Service {
    let certificate: ServedCertificate

    func run() async {
        await cancelWhenGracefulShutdown { await certificate.follow() }
    }
}

extension APIResponse.Body {
    /// Whether it is made while a client may hang up, which is looked out for.
    fileprivate var endsWithConnection: Bool {
        switch self {
        case .events: true
        case .bytes(let stream): stream.length == nil
        case .data, .webSocket: false
        }
    }
}
