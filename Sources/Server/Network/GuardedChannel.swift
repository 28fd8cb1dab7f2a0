import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// HTTP/1.1 as Hummingbird speaks it, in TLS if there is a certificate, within limits, and able to become a WebSocket.
///
/// From the socket inwards: ``ConnectionEdge``, TLS, ``InputGate``, NIO's HTTP, ``RequestBoundary``,
/// ``UpgradeHandler``, Hummingbird.
struct GuardedChannel: ServerChildChannel {
    let http: HTTP1Channel
    let ledger: ConnectionLedger
    let writeTimeout: Duration
    let limits: RequestBoundary.Limits
    let refusals: Refusals
    let certificate: ServedCertificate?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ConnectionEdge(ledger: ledger, writeTimeout: writeTimeout))
            if let certificate { try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context)) }
        }.flatMap {
            http.setup(channel: channel, logger: logger)
        }.flatMapThrowing { value in
            try addGuards(to: channel)
            return value
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
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
