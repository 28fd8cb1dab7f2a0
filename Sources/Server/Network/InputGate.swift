import NIOCore

/// Stands before NIO's HTTP decoder: lets bytes through to it until it is closed, and drops them from then on.
///
/// After a request that asks for an upgrade the decoder would keep all of what a client sends, which has to wait until
/// the upgrade is granted; after a fault it would report every further piece of it.
final class InputGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    var isClosed = false
    /// Called when the decoder has made what it could of some bytes.
    var onBytes: (() -> Void)?

    func handlerRemoved(context: ChannelHandlerContext) {
        onBytes = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosed else { return }
        context.fireChannelRead(data)
        onBytes?()
    }
}
