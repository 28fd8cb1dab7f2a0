import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Refuses frames that a client may not send: unmasked ones, ones of extensions that were not agreed to, and more of
/// them a second than anybody needs.
final class ClientFrameCheck: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketFrame

    struct Violation: Error {}
    struct TooMany: Error {}

    /// Frames and not messages: fragments and pings cost work too.
    private var allowance = MessageAllowance(perSecond: 1_000, burst: 4_000)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard allowance.take() else { return context.fireErrorCaught(TooMany()) }
        let frame = unwrapInboundIn(data)
        guard frame.maskKey != nil, frame.reservedBits.isEmpty else {
            return context.fireErrorCaught(Violation())
        }
        context.fireChannelRead(data)
    }
}

/// Frames as pieces of HTTP bodies (``SocketPart``). Answers pings; tells a fault of the client's as if the client
/// had closed with its code, so that there is one way to end.
final class SocketTranslator: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = WebSocketFrame

    /// Whether the client has closed, after which it has nothing more to say.
    private var isClosed = false
    private var lastWrite: EventLoopFuture<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary: receive(SocketPart(frame.opcode, frame.unmaskedData), context)
        case .connectionClose:
            isClosed = true
            receive(SocketPart(frame.opcode, frame.unmaskedData), context)
        case .ping:
            // To a client that takes nothing no answers are piled up; it asks again.
            if context.channel.isWritable {
                let pong = WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)
                context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
            }
            receive(nil, context)
        case .pong: receive(nil, context)
        default: fail(.protocolError, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: fail(.messageTooLarge, context)
        case NIOWebSocketFrameAggregator.Error.accumulatedFrameSizeIsTooLarge,
            NIOWebSocketFrameAggregator.Error.tooManyFragments:
            fail(.messageTooLarge, context)
        case is ClientFrameCheck.TooMany: fail(.policyViolation, context)
        case is NIOWebSocketError, is NIOWebSocketFrameAggregator.Error, is ClientFrameCheck.Violation:
            fail(.protocolError, context)
        default: context.fireErrorCaught(error)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .body(.byteBuffer(let piece)):
            guard let part = SocketPart(piece) else { return promise?.succeed() ?? () }
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            lastWrite = written.futureResult
            let frame = WebSocketFrame(fin: true, opcode: part.opcode, data: part.payload)
            context.write(wrapOutboundOut(frame), promise: written)
        case .end:
            promise?.succeed()
            let channel = context.channel
            (lastWrite ?? context.eventLoop.makeSucceededVoidFuture()).whenComplete { _ in
                channel.close(promise: nil)
            }
        // A WebSocket has neither heads nor file regions.
        case .head, .body: promise?.fail(ChannelError.operationUnsupported)
        }
    }

    private func fail(_ code: WebSocketErrorCode, _ context: ChannelHandlerContext) {
        guard !isClosed else { return }
        isClosed = true
        receive(.close(code), context)
        context.fireChannelReadComplete()
    }

    /// - Parameter part: `nil` for a sign of life.
    private func receive(_ part: SocketPart?, _ context: ChannelHandlerContext) {
        context.fireChannelRead(wrapInboundOut(.body(part?.piece ?? ByteBuffer())))
    }
}
