import HTTPTypes
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// Watches over one request of an HTTP/2 connection and its response, between NIO and everything else: what
/// ``RequestBoundary`` is for HTTP/1.
///
/// Bodies have their times from who reads them. The window of a stream may be closed while the connection goes on, so
/// what is written to it has a time of its own.
final class StreamBoundary: ChannelDuplexHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Bytes of one write, so that a slow client is told from one that takes nothing.
    private static let pieceBytes = 65_536

    private let limits: RequestBoundary.Limits
    private let writeTimeout: TimeAmount
    private let refusals: Refusals
    private let watch: StreamWatch
    private var context: ChannelHandlerContext?

    private var awaitsContinue = false
    private var isReceived = false
    private var isAnswered = false
    private var isRefused = false
    private var isOver = false
    /// Whether the stream ends once the client has taken all of the response.
    private var isEnding = false
    /// Bytes of a body that came after its response.
    private var rest = 0
    private var deadline: Scheduled<Void>?

    /// Writes that the client has not taken.
    private var pending = 0
    private var lastTaking = NIODeadline.now()
    private var look: Scheduled<Void>?

    init(
        limits: RequestBoundary.Limits, writeTimeout: Duration, refusals: Refusals, watch: StreamWatch
    ) {
        self.limits = limits
        self.writeTimeout = TimeAmount(writeTimeout)
        self.refusals = refusals
        self.watch = watch
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.began()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        deadline?.cancel()
        look?.cancel()
        guard !isOver else { return }
        isOver = true
        watch.ended(isReceived: isReceived)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return }
        switch unwrapInboundIn(data) {
        case .end where isRefused: receive()
        case _ where isRefused: return
        case .head(var head):
            if let fault = StreamHeadCheck.fault(of: &head) { return refuse(fault, context) }
            awaitsContinue = StreamHeadCheck.expectsContinue(head)
            context.fireChannelRead(wrapInboundOut(.head(head)))
        case .body(let piece):
            if isAnswered {
                rest += piece.readableBytes
                guard rest <= limits.restBytes else { return end() }
            }
            context.fireChannelRead(data)
        case .end:
            receive()
            context.fireChannelRead(data)
        }
    }

    private func receive() {
        guard !isReceived else { return }
        isReceived = true
        watch.received()
    }

    /// Tells why, and takes nothing more of the stream.
    private func refuse(_ fault: RequestFault, _ context: ChannelHandlerContext) {
        isRefused = true
        let (status, headers, body) = refusals.answer(to: fault)
        write(context, .head(HTTPResponse(status: status, headerFields: Self.own(headers))), nil)
        write(context, .body(body), nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        // Not at once: the end of a request that has no body comes in the same breath as its header.
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            context.eventLoop.assumeIsolated().execute { self.end() }
        }
        write(context, .end(nil), written)
        context.flush()
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isRefused, !isOver else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            head.headerFields = Self.own(head.headerFields)
            write(context, .head(head), promise)
        case .body(var bytes):
            while bytes.readableBytes > Self.pieceBytes, let piece = bytes.readSlice(length: Self.pieceBytes)
            {
                write(context, .body(piece), nil)
            }
            write(context, .body(bytes), promise)
        case .end:
            write(context, unwrapOutboundIn(data), promise)
            isAnswered = true
            if !isReceived { startDeadline(limits.rest) }
        }
    }

    /// Writes, and counts until the client has taken it.
    private func write(
        _ context: ChannelHandlerContext, _ part: HTTPResponsePart, _ promise: EventLoopPromise<Void>?
    ) {
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        if pending == 0 {
            lastTaking = .now()
            watchTaking(context)
        }
        pending += 1
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            pending -= 1
            lastTaking = .now()
            if pending == 0 {
                look?.cancel()
                look = nil
                // Not at once: what has been written is still being told of.
                if isEnding { context.eventLoop.assumeIsolated().execute { self.end() } }
            }
        }
        context.write(wrapOutboundOut(part), promise: written)
    }

    /// Looks four times in a ``writeTimeout`` whether the client takes anything, for as long as something waits.
    private func watchTaking(_ context: ChannelHandlerContext) {
        let pause = max(TimeAmount.milliseconds(1), .nanoseconds(writeTimeout.nanoseconds / 4))
        look?.cancel()
        look = context.eventLoop.assumeIsolated().scheduleTask(in: pause) { [weak self] in
            guard let self, !isOver, pending > 0 else { return }
            guard NIODeadline.now() - lastTaking < writeTimeout else { return context.close(promise: nil) }
            watchTaking(context)
        }
    }

    private func startDeadline(_ time: Duration) {
        deadline?.cancel()
        deadline = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            self?.end()
        }
    }

    /// Ends the stream, although its request may not have come whole. Its client was told all that there is, and is not to
    /// take the end for a failure (RFC 9113, section 8.1).
    func end() {
        guard let context, !isOver else { return }
        // What waits for room would be thrown away.
        guard pending == 0 else { return isEnding = true }
        if !isReceived,
            let codec = try? context.pipeline.syncOperations.context(
                handlerType: HTTP2FramePayloadToHTTPServerCodec.self)
        {
            codec.writeAndFlush(NIOAny(HTTP2Frame.FramePayload.rstStream(.noError)), promise: nil)
        }
        context.close(promise: nil)
    }

    /// Without the fields that HTTP/2 has no place for.
    private static func own(_ fields: HTTPFields) -> HTTPFields {
        var fields = fields
        for name in StreamHeadCheck.connectionFields { fields[name] = nil }
        return fields
    }

    // MARK: Before the response

    /// Says `100 Continue` if the client waits for it.
    func askForBody() {
        guard awaitsContinue, !isReceived else { return }
        awaitsContinue = false
        inform(HTTPResponse(status: .continue))
    }

    /// Tells the client something before the response.
    func inform(_ head: HTTPResponse) {
        guard let context, !isOver, !isRefused, !isAnswered else { return }
        write(context, .head(head), nil)
        context.flush()
    }
}
