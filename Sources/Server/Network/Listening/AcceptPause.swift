import NIOCore

/// Lets a listening channel be closed without a connection that it has accepted being closed with it.
///
/// Swift NIO prepares an accepted connection on a loop of its own and lets it go on only if the channel that accepted it
/// is still open by then. So nothing more is accepted first, and the channel is closed once all that were have arrived.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    /// For a connection that could not be prepared, which never arrives.
    private static let patience = TimeAmount.seconds(1)

    private var onTheirWay = 0
    private var allArrived: (@Sendable () -> Void)?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        onTheirWay += 1
        context.fireChannelRead(data)
    }

    /// Begins to accept at a channel that reads nothing by itself yet.
    static func begin(_ server: any Channel) -> EventLoopFuture<Void> {
        server.eventLoop.submit {
            let pipeline = server.pipeline.syncOperations
            try pipeline.addHandler(Arrivals(of: try pipeline.handler(type: AcceptPause.self)))
            try server.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    /// Accepts nothing more; what waits at the socket stays there.
    ///
    /// - Parameter act: done on the channel's loop, once what was accepted has arrived.
    static func pause(_ server: any Channel, then act: @escaping @Sendable () -> Void) {
        server.eventLoop.execute {
            try? server.syncOptions?.setOption(.autoRead, value: false)
            guard let handler = try? server.pipeline.syncOperations.handler(type: AcceptPause.self) else {
                return act()
            }
            handler.wait(on: server.eventLoop, act)
        }
    }

    private func wait(on eventLoop: any EventLoop, _ act: @escaping @Sendable () -> Void) {
        guard onTheirWay > 0 else { return act() }
        allArrived = act
        eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { self.tellArrived() }
    }

    private func tellArrived() {
        allArrived?()
        allArrived = nil
    }

    /// Behind what prepares connections.
    private final class Arrivals: ChannelInboundHandler {
        typealias InboundIn = any Channel
        typealias InboundOut = any Channel

        private let pause: AcceptPause

        init(of pause: AcceptPause) {
            self.pause = pause
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.fireChannelRead(data)
            pause.onTheirWay -= 1
            if pause.onTheirWay == 0 { pause.tellArrived() }
        }
    }
}
