import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Turns a connection into a WebSocket when a response says 101.
///
/// It stands between NIO's HTTP decoder and Hummingbird. To Hummingbird an upgraded connection stays one
/// exchange: frames arrive as more of the request's body and leave as the response's, as ``SocketPart``s. So
/// back pressure, time limits and shutdown hold as they do for any other exchange.
///
/// NIO's decoder reads nothing after a request that asks for an upgrade, so a connection on which one was
/// refused ends with its response.
final class UpgradeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of a message at most, for the upgrade that is under way.
    private var messageLimitBytes = 1
    /// For each request without a complete response, oldest first, whether it asks for an upgrade.
    private var asksForUpgrade: [Bool] = []
    /// The end of a request that asks for an upgrade is kept until it is known whether more of it follows.
    private var keepsEnd = false
    private var keptEnd: HTTPServerRequestPart?
    private var isSwitched = false
    private let gate: InputGate

    /// - Parameter gate: stands before the decoder.
    init(gate: InputGate) {
        self.gate = gate
    }

    /// Says how large the messages of the WebSocket may be that the next response makes of `channel`.
    static func prepare(_ channel: any Channel, messageLimitBytes: Int) async throws {
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: UpgradeHandler.self).messageLimitBytes =
                messageLimitBytes
        }.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isSwitched else { return context.fireChannelRead(data) }
        switch unwrapInboundIn(data) {
        case .head(let head):
            let asks =
                head.headers.contains(name: "upgrade")
                && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
            // The decoder stops after a CONNECT as well, and keeps whatever comes then without end.
            asksForUpgrade.append(asks || head.method == .CONNECT)
            keepsEnd = asks && head.method == .GET
            context.fireChannelRead(data)
        case .end(let trailers) where keepsEnd:
            gate.isClosed = true
            keptEnd = .end(trailers)
        case .end:
            if asksForUpgrade.last ?? false { gate.isClosed = true }
            context.fireChannelRead(data)
        case .body: context.fireChannelRead(data)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isSwitched, asksForUpgrade.first == true else {
            if !isSwitched, case .end = unwrapOutboundIn(data), !asksForUpgrade.isEmpty {
                asksForUpgrade.removeFirst()
            }
            return context.write(data, promise: promise)
        }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status == .switchingProtocols:
            context.write(data, promise: promise)
            do {
                try switchToFrames(context)
            } catch {
                context.fireErrorCaught(error)
                context.close(promise: nil)
            }
        case .head(var head):
            if head.status.code >= 200 { head.headers.add(name: "connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
            releaseEnd(context)
        case .body: context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
            context.writeAndFlush(data, promise: written)
        }
    }

    private func releaseEnd(_ context: ChannelHandlerContext) {
        keepsEnd = false
        guard let end = keptEnd else { return }
        keptEnd = nil
        context.fireChannelRead(wrapInboundOut(end))
        context.fireChannelReadComplete()
    }

    /// Puts frames in the place of HTTP. The client waits for the response before it sends any (RFC 6455,
    /// section 4.1), so the decoder that is taken away keeps nothing back.
    private func switchToFrames(_ context: ChannelHandlerContext) throws {
        let pipeline = context.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
        isSwitched = true
        gate.isClosed = false
        try pipeline.addHandlers(
            [
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: messageLimitBytes)),
                ClientFrameCheck(),
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 1_024,
                    maxAccumulatedFrameSize: messageLimitBytes),
                SocketTranslator(),
            ], position: .before(self))
        pipeline.removeHandler(decoder, promise: nil)
        pipeline.removeHandler(encoder, promise: nil)
    }
}
