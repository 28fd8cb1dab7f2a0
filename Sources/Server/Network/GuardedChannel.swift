import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS

/// HTTP/1.1 as Hummingbird speaks it, in TLS if there is a certificate, within limits, and able to become a WebSocket;
/// in TLS, HTTP/2 for clients that choose it.
///
/// From the socket inwards: ``ConnectionEdge``, TLS, ``InputGate``, NIO's HTTP, ``RequestBoundary``,
/// ``UpgradeHandler``, Hummingbird; or, after TLS, ``HTTP2Streams``.
struct GuardedChannel: ServerChildChannel {
    let http: HTTP1Channel
    let ledger: ConnectionLedger
    let writeTimeout: Duration
    let idleTimeout: Duration
    let limits: RequestBoundary.Limits
    let refusals: Refusals
    let certificate: ServedCertificate?

    private typealias Negotiation = NIOTypedApplicationProtocolNegotiationHandler<NegotiatedConnection.Spoken>

    private var streams: HTTP2Streams {
        HTTP2Streams(
            http: http, idleTimeout: idleTimeout, writeTimeout: writeTimeout, limits: limits,
            refusals: refusals)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<NegotiatedConnection> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ConnectionEdge(ledger: ledger, writeTimeout: writeTimeout))
            if let certificate { try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context)) }
        }.flatMap {
            guard let certificate, certificate.offersHTTP2 else {
                return http1(channel, logger).map {
                    NegotiatedConnection(
                        channel: channel, spoken: channel.eventLoop.makeSucceededFuture($0))
                }
            }
            return channel.eventLoop.makeCompletedFuture {
                NegotiatedConnection(channel: channel, spoken: try negotiation(on: channel, logger))
            }
        }
    }

    /// What the client chooses in TLS's handshake, which must be over in the time of a header.
    private func negotiation(
        on channel: any Channel, _ logger: Logger
    ) throws -> EventLoopFuture<NegotiatedConnection.Spoken> {
        let negotiation = Negotiation { result in
            switch result {
            case .negotiated("h2"): streams.setup(channel).map { .http2($0) }
            case .negotiated, .fallback: http1(channel, logger)
            }
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(negotiation)
        let edge = NIOLoopBound(
            try pipeline.handler(type: ConnectionEdge.self), eventLoop: channel.eventLoop)
        let deadline = channel.eventLoop.scheduleTask(in: TimeAmount(limits.header)) {
            edge.value.closeNow()
        }
        let spoken = negotiation.protocolNegotiationResult
        spoken.whenComplete { _ in deadline.cancel() }
        return spoken
    }

    private func http1(
        _ channel: any Channel, _ logger: Logger
    ) -> EventLoopFuture<NegotiatedConnection.Spoken> {
        http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try addGuards(to: channel)
            return .http1(value)
        }
    }

    private func addGuards(to channel: any Channel) throws {
        let pipeline = channel.pipeline.syncOperations
        let edge = try pipeline.handler(type: ConnectionEdge.self)
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let gate = InputGate()
        try pipeline.addHandler(gate, position: .before(decoder))
        try pipeline.addHandlers(
            [
                RequestBoundary(limits: limits, refusals: refusals, gate: gate, edge: edge),
                UpgradeHandler(gate: gate),
            ], position: .after(decoder))
        edge.tellDrainingAgain()
    }

    func handle(value: NegotiatedConnection, logger: Logger) async {
        // It fails only for a connection that has ended before TLS had begun.
        guard let spoken = try? await value.spoken.get() else { return value.channel.close(promise: nil) }
        switch spoken {
        case .http1(let connection): await http.handle(value: connection, logger: logger)
        case .http2(let connection):
            await streams.handle(connection, of: value.channel, logger: logger)
        }
    }
}
