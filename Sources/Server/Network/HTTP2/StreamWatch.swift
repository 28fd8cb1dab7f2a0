import NIOCore
import NIOHTTP2

/// Watches over an HTTP/2 connection: says in the ``ConnectionLedger`` what it is doing, and ends it when no request is
/// under way for too long, or when its client breaks the protocol.
final class StreamWatch: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// Time in which a client that was told that the connection ends may end it.
    private static let farewell = Duration.seconds(2)

    private let edge: ConnectionEdge
    private let resets: ResetWatch
    private let headerTimeout: Duration
    private let idleTimeout: Duration
    private var context: ChannelHandlerContext?
    /// Streams whose request is not there yet, and those whose response is due.
    private var receiving = 0
    private var served = 0
    /// Streams that were reset because of their length since a moment; NIO counts all other faults.
    private var faults = 0
    private var faultsBegan = NIODeadline.now()
    private var isDraining = false
    private var deadline: Scheduled<Void>?

    /// - Parameters:
    ///   - resets: which stands on the other side of NIO's HTTP/2.
    ///   - headerTimeout: time for the first request's header.
    ///   - idleTimeout: time that a connection may be without a request afterwards.
    init(edge: ConnectionEdge, resets: ResetWatch, headerTimeout: Duration, idleTimeout: Duration) {
        self.edge = edge
        self.resets = resets
        self.headerTimeout = headerTimeout
        self.idleTimeout = idleTimeout
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if edge.isRefused { edge.closeNow() } else { startDeadline(headerTimeout) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopDeadline()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopDeadline()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            isDraining = true
            if receiving + served == 0 { startDeadline(Self.farewell) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A stream's fault is the stream's; any other ends the connection, as was said in a GOAWAY.
        if !resets.takeStreamFault(), !(error is NIOHTTP2Errors.StreamError) { context.close(promise: nil) }
        context.fireErrorCaught(error)
    }

    // MARK: Streams

    /// A stream has begun.
    func began() {
        receiving += 1
        stopDeadline()
        tell()
    }

    /// A stream's request is there.
    func received() {
        receiving -= 1
        served += 1
        tell()
    }

    /// A stream is over.
    func ended(isReceived: Bool) {
        if isReceived { served -= 1 } else { receiving -= 1 }
        tell()
        if receiving + served == 0 { startDeadline(isDraining ? Self.farewell : idleTimeout) }
    }

    /// A stream is reset, because its body is not as long as its header says.
    func faulted() {
        let now = NIODeadline.now()
        if now - faultsBegan > HTTP2Streams.floodWindow { (faults, faultsBegan) = (0, now) }
        faults += 1
        guard faults == HTTP2Streams.floodLimit + 1, let context else { return }
        // Not at once: NIO is in the middle of what has come.
        context.eventLoop.assumeIsolated().execute { [weak self] in self?.endFlood() }
    }

    /// Says ENHANCE_YOUR_CALM in a GOAWAY, as NIO does for the faults that it counts, and hangs up.
    private func endFlood() {
        guard let context else { return }
        let farewell = HTTP2Frame(
            streamID: .rootStream,
            payload: .goAway(lastStreamID: .rootStream, errorCode: .enhanceYourCalm, opaqueData: nil))
        context.writeAndFlush(wrapOutboundOut(farewell), promise: nil)
        context.close(promise: nil)
    }

    private func tell() {
        let phase: ConnectionLedger.Phase =
            served > 0 ? .served : receiving > 0 ? .receiving : .waiting
        // One that has had to make room is closed by whoever took it.
        edge.move(to: phase)
    }

    private func startDeadline(_ time: Duration) {
        stopDeadline()
        deadline = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            self?.edge.closeNow()
        }
    }

    private func stopDeadline() {
        deadline?.cancel()
        deadline = nil
    }
}
