import NIOCore
import NIOHTTP1

/// When a connection waits for what, and how it ends.
extension RequestBoundary {
    /// Time in which a client may read what it was told last; a connection that is closed while bytes of the client's
    /// are unread takes that with it.
    private static let farewell = Duration.seconds(2)

    /// Time in which a connection without a request may bring one after the server was told to end: one that was accepted
    /// a moment ago has its request on the way, and so may one whose response was read a moment ago. Closed at once, it
    /// would be reset under it.
    private static let lingering = Duration.milliseconds(500)

    /// The server ends: the connection does when the requests that are there, or else the next one, have their responses.
    func drain(_ context: ChannelHandlerContext) {
        guard !isDraining else { return }
        isDraining = true
        guard exchanges.isEmpty, !isInBody, !isSwitched else { return tellDraining(context) }
        linger = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(Self.lingering)) {
            [weak self] in
            self?.tellDraining(context)
        }
    }

    /// Tells those behind, who close a connection without a request, and any other after its response.
    func tellDraining(_ context: ChannelHandlerContext) {
        linger?.cancel()
        linger = nil
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// The responses to all requests that have come are complete.
    func responsesAreWritten(_ context: ChannelHandlerContext) {
        if let refusal { return tell(refusal, context) }
        guard isInBody else { return becomeIdle(context) }
        rest = 0
        edge.move(to: .receiving)
        startDeadline(limits.rest, context) { $0.end(context) }
    }

    /// No request is under way.
    func becomeIdle(_ context: ChannelHandlerContext) {
        stopDeadline()
        edge.move(to: .waiting)
        if hasPartOfHeader { startHeaderDeadline(context) }
    }

    /// Bytes came that the decoder has made what it could of.
    func bytesCame(_ context: ChannelHandlerContext) {
        defer { begunBefore = isInBody ? nil : begun }
        // Those that came with the end of a request belong to it, as far as is known.
        guard !isSwitched, !isInBody, !isOver, refusal == nil, begunBefore == begun, !hasPartOfHeader else {
            return
        }
        hasPartOfHeader = true
        if exchanges.isEmpty, deadline == nil { startHeaderDeadline(context) }
    }

    /// Whoever has sent nothing when the time is over is not told anything either.
    func startHeaderDeadline(_ context: ChannelHandlerContext) {
        startDeadline(limits.header, context) { boundary in
            guard boundary.hasPartOfHeader else { return boundary.close() }
            boundary.refuse(.headersTooSlow(seconds: boundary.limits.header / .seconds(1)), context)
        }
    }

    private func startDeadline(
        _ time: Duration, _ context: ChannelHandlerContext, _ act: @escaping (RequestBoundary) -> Void
    ) {
        stopDeadline()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self else { return }
            deadline = nil
            act(self)
        }
    }

    func stopDeadline() {
        deadline?.cancel()
        deadline = nil
    }

    /// Reads nothing more, and tells why once everything before is answered.
    func refuse(_ fault: RequestFault, _ context: ChannelHandlerContext) {
        stopDeadline()
        gate.isClosed = true
        refusal = fault
        if exchanges.isEmpty { tell(fault, context) }
    }

    private func tell(_ fault: RequestFault, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let (head, body) = refusals.response(to: fault)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        endWhenWritten(wrapOutboundOut(.end(nil)), nil, context)
    }

    /// Writes the last that the client is told.
    func endWhenWritten(
        _ part: NIOAny, _ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) {
        isOver = true
        gate.isClosed = true
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.end(context) }
        context.writeAndFlush(part, promise: written)
    }

    /// Ends the connection so that what was written is still read: first the own direction, then, once the client has
    /// ended its or its time has passed, the other.
    func end(_ context: ChannelHandlerContext) {
        isOver = true
        gate.isClosed = true
        edge.move(to: .waiting)
        context.close(mode: .output, promise: nil)
        startDeadline(Self.farewell, context) { $0.close() }
    }

    /// Ends the connection at once.
    func close() {
        isOver = true
        gate.isClosed = true
        edge.closeNow()
    }
}
