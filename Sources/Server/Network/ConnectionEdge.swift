import NIOCore

/// The outermost part of a connection, next to its socket: takes its place in the ``ConnectionLedger``, and ends it
/// when the client takes nothing of what is sent.
///
/// What it closes is closed at once, without TLS's farewell, for which a client would have to be waited for.
final class ConnectionEdge: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let ledger: ConnectionLedger
    private let writeTimeout: TimeAmount
    private var seat: ConnectionLedger.Seat?
    private var context: ChannelHandlerContext?
    /// Whether no place was free.
    private(set) var isRefused = false
    /// Whether the server has been told to end.
    private var isDraining = false

    /// Bytes that were ever given to the socket, and how many of them it had taken when that was last looked at.
    private var given = 0
    private var taken = 0
    private var lastTaking = NIODeadline.now()
    private var watch: Scheduled<Void>?

    /// - Parameter writeTimeout: time in which a client must take something of what waits for it.
    init(ledger: ConnectionLedger, writeTimeout: Duration) {
        self.ledger = ledger
        self.writeTimeout = TimeAmount(writeTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard context.channel.isActive else { return }
        enter(context)
        if isRefused { closeNow() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        enter(context)
        context.fireChannelActive()
        if isRefused { closeNow() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { isDraining = true }
        context.fireUserInboundEventTriggered(event)
    }

    /// Says once more that the server ends, to those that have come into the pipeline since: during TLS's handshake there is
    /// nobody yet who would end the connection. To be called on its event loop.
    func tellDrainingAgain() {
        guard isDraining else { return }
        context?.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    private func enter(_ context: ChannelHandlerContext) {
        guard seat == nil, !isRefused else { return }
        let edge = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        seat = ledger.admit(ConnectionOrigin(context.remoteAddress)) {
            eventLoop.execute { edge.value.closeNow() }
        }
        isRefused = seat == nil
    }

    private func leave() {
        watch?.cancel()
        watch = nil
        if let seat { ledger.leave(seat) }
        seat = nil
    }

    /// Ends the connection, whatever is still to be sent. To be called on its event loop.
    func closeNow() {
        context?.close(promise: nil)
    }

    /// Says what the connection is doing from now on.
    ///
    /// - Returns: `false` when it is being closed, to make room for another.
    @discardableResult
    func move(to phase: ConnectionLedger.Phase) -> Bool {
        guard let seat else { return false }
        return ledger.move(seat, to: phase)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        given += unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        if watch == nil, pending(context) > 0 {
            lastTaking = .now()
            look(context)
        }
    }

    /// Bytes that the socket has not taken.
    private func pending(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Looks four times in a ``writeTimeout`` whether the socket takes anything, for as long as something waits.
    private func look(_ context: ChannelHandlerContext) {
        watch = nil
        let waiting = pending(context)
        guard waiting > 0 else { return }
        if given - waiting > taken {
            taken = given - waiting
            lastTaking = .now()
        }
        guard NIODeadline.now() - lastTaking < writeTimeout else { return closeNow() }
        let pause = max(TimeAmount.milliseconds(1), .nanoseconds(writeTimeout.nanoseconds / 4))
        watch = context.eventLoop.assumeIsolated().scheduleTask(in: pause) { self.look(context) }
    }
}
