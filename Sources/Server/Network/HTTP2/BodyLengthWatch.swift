import NIOCore
import NIOHPACK
import NIOHTTP2

/// Watches that the body of a request is as long as its header says, and resets a stream on which it is not (RFC 9113,
/// section 8.1.1).
///
/// NIO would see to that, too, but also after the answer has begun. A client that is refused while it still sends, as curl
/// is, ends its body where it is: NIO would then reset the stream under the answer. Here such a body only ends; whoever
/// still reads it learns that it is too short (``IncomingBody``).
final class BodyLengthWatch: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = HTTP2Frame.FramePayload
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// What a header says of the length.
    private enum Declared {
        case nothing
        case bytes(Int)
        case nonsense
    }

    /// Called when the stream is about to be reset.
    private let onFault: () -> Void
    private var isBegun = false
    /// Bytes that are still to come; `nil` where the header does not say how many.
    private var missing: Int?
    /// Whether the answer has begun, not counting what may be said before it.
    private var isAnswered = false
    private var isReset = false

    init(onFault: @escaping () -> Void) {
        self.onFault = onFault
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isReset else { return }
        switch unwrapInboundIn(data) {
        case .headers(let header):
            if !isBegun {
                isBegun = true
                switch Self.declared(header.headers) {
                case .nothing: break
                case .bytes(let count): missing = count
                case .nonsense: return reset(context)
                }
            }
            guard !header.endStream || mayEnd else { return reset(context) }
        case .data(let piece):
            if let missing {
                guard piece.data.readableBytes <= missing else { return reset(context) }
                self.missing = missing - piece.data.readableBytes
            }
            guard !piece.endStream || mayEnd else { return reset(context) }
        default: break
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .headers(let header) = unwrapOutboundIn(data),
            let status = header.headers.first(name: ":status"), !status.hasPrefix("1")
        {
            isAnswered = true
        }
        context.write(data, promise: promise)
    }

    private var mayEnd: Bool { isAnswered || missing ?? 0 == 0 }

    /// NIO tells everybody further in that the stream has ended.
    private func reset(_ context: ChannelHandlerContext) {
        isReset = true
        onFault()
        context.writeAndFlush(wrapOutboundOut(.rstStream(.protocolError)), promise: nil)
    }

    /// One length, of digits alone, as HTTP/1's decoder has it.
    private static func declared(_ headers: HPACKHeaders) -> Declared {
        let values = headers["content-length"]
        guard let value = values.first else { return .nothing }
        guard values.count == 1, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(value)
        else { return .nonsense }
        return .bytes(count)
    }
}
