import HTTPTypes
import NIOCore
import NIOHTTP1

/// Watches over the requests of a connection, between NIO's decoder and everything else: that each comes in time and
/// is one, that what is none is told so, and that nothing is read after that.
///
/// A refusal waits for the responses that are due before it, and ends the connection.
final class RequestBoundary: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    struct Limits: Sendable {
        /// Time for a request's header.
        var header: Duration
        /// Time in which the rest of a body must come whose response is complete.
        var rest: Duration
        /// Bytes that may come of it.
        var restBytes: Int
    }

    /// A request whose response is not complete.
    struct Exchange {
        var awaitsContinue: Bool
        /// Whether the client knows of responses before the response.
        var takesInterim = true
        var isRead = false
    }

    let limits: Limits
    let refusals: Refusals
    let gate: InputGate
    let edge: ConnectionEdge

    /// Oldest first.
    var exchanges: [Exchange] = []
    /// Whether a request's header has come, and not all of its body.
    var isInBody = false
    /// Requests that ever began.
    var begun = 0
    /// How many had begun when the last bytes had been read, if none was under way then.
    var begunBefore: Int? = 0
    /// Whether bytes of a header have come, of which the rest is missing.
    var hasPartOfHeader = false
    /// Bytes of a body that came after its response.
    var rest = 0
    var refusal: RequestFault?
    /// Whether the connection ends with the last response that is due.
    private var endsWithResponse = false
    /// Whether nothing more is read or written.
    var isOver = false
    /// Whether the connection has become something else than HTTP.
    var isSwitched = false
    var deadline: Scheduled<Void>?
    /// Whether the server ends, and the connection with its next response.
    var isDraining = false
    /// What is left of the time in which a connection without a request may still bring one when the server ends.
    var linger: Scheduled<Void>?

    init(limits: Limits, refusals: Refusals, gate: InputGate, edge: ConnectionEdge) {
        self.limits = limits
        self.refusals = refusals
        self.gate = gate
        self.edge = edge
    }

    func handlerAdded(context: ChannelHandlerContext) {
        gate.onBytes = { [unowned self] in bytesCame(context) }
        if context.channel.isActive { startHeaderDeadline(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        gate.onBytes = nil
        stopDeadline()
        linger?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        if edge.isRefused { close() } else { startHeaderDeadline(context) }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        stopDeadline()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if isOver, event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        if event is ChannelShouldQuiesceEvent { return drain(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isSwitched else { return context.fireChannelRead(data) }
        guard !isOver, refusal == nil else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            begun += 1
            hasPartOfHeader = false
            stopDeadline()
            guard edge.move(to: .receiving) else { return close() }
            if let fault = RequestHeadCheck.fault(of: head) { return refuse(fault, context) }
            isInBody = true
            exchanges.append(
                Exchange(
                    awaitsContinue: RequestHeadCheck.expectsContinue(head),
                    takesInterim: head.version != .http1_0))
            context.fireChannelRead(data)
            if linger != nil { tellDraining(context) }
            return
        case .body(let piece):
            if exchanges.isEmpty {
                rest += piece.readableBytes
                guard rest <= limits.restBytes else { return end(context) }
            }
        case .end:
            isInBody = false
            if exchanges.isEmpty {
                becomeIdle(context)
            } else {
                exchanges[exchanges.count - 1].isRead = true
                edge.move(to: .served)
            }
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isSwitched else { return context.fireErrorCaught(error) }
        switch error {
        // The bytes that the decoder got after it had failed.
        case is ByteToMessageDecoderError where isOver || refusal != nil || endsWithResponse: return
        // More after a request that said it would be the last.
        case HTTPParserError.closedConnection: gate.isClosed = true
        case let error as HTTPParserError:
            guard !isOver, refusal == nil, !endsWithResponse else { return }
            guard isInBody else { return refuse(RequestFault(error), context) }
            gate.isClosed = true
            guard !exchanges.isEmpty else { return end(context) }
            // Who reads the body finds out; who does not has answered without it.
            endsWithResponse = true
            context.fireErrorCaught(error)
        default: context.fireErrorCaught(error)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isSwitched else { return context.write(data, promise: promise) }
        guard !isOver else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
        switch unwrapOutboundIn(data) {
        case .head(let head) where head.status == .switchingProtocols:
            isSwitched = true
            stopDeadline()
            edge.move(to: .served)
            context.write(data, promise: promise)
        case .head(var head) where head.status.code >= 200:
            if let first = exchanges.first, first.awaitsContinue, !first.isRead {
                // Nobody can tell whether the body that was not asked for is still sent.
                endsWithResponse = true
            }
            if endsWithResponse || isDraining, exchanges.count <= 1 {
                head.headers.replaceOrAdd(name: "connection", value: "close")
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            if !exchanges.isEmpty { exchanges.removeFirst() }
            guard exchanges.isEmpty else { return context.write(data, promise: promise) }
            if endsWithResponse {
                endWhenWritten(data, promise, context)
            } else {
                context.write(data, promise: promise)
                responsesAreWritten(context)
            }
        case .head, .body: context.write(data, promise: promise)
        }
    }

    /// Says `100 Continue` if the request that is being answered waits for it.
    static func askForBody(on channel: any Channel) async throws {
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            if let stream = try? pipeline.handler(type: StreamBoundary.self) { return stream.askForBody() }
            let context = try pipeline.context(handlerType: RequestBoundary.self)
            (context.handler as? RequestBoundary)?.askForBody(context)
        }.get()
    }

    /// Tells the client of the request that is being answered something before the response.
    static func inform(
        _ status: HTTPResponse.Status, _ fields: HTTPFields, on channel: any Channel
    ) async throws {
        try await channel.eventLoop.submit {
            let pipeline = channel.pipeline.syncOperations
            if let stream = try? pipeline.handler(type: StreamBoundary.self) {
                return stream.inform(HTTPResponse(status: status, headerFields: fields))
            }
            let head = HTTPResponseHead(interim: status, fields)
            let context = try pipeline.context(handlerType: RequestBoundary.self)
            guard let boundary = context.handler as? RequestBoundary, !boundary.isOver,
                !boundary.isSwitched, boundary.exchanges.first?.takesInterim == true
            else { return }
            context.writeAndFlush(boundary.wrapOutboundOut(.head(head)), promise: nil)
        }.get()
    }

    /// Ends the connection once the client may have read what it was told.
    static func end(_ channel: any Channel) {
        channel.eventLoop.execute {
            if let stream = try? channel.pipeline.syncOperations.handler(type: StreamBoundary.self) {
                return stream.end()
            }
            guard
                let context = try? channel.pipeline.syncOperations.context(
                    handlerType: RequestBoundary.self),
                let boundary = context.handler as? RequestBoundary
            else { return channel.close(promise: nil) }
            boundary.end(context)
        }
    }

    private func askForBody(_ context: ChannelHandlerContext) {
        guard !isOver, !isSwitched, exchanges.first?.awaitsContinue == true else { return }
        exchanges[0].awaitsContinue = false
        guard !exchanges[0].isRead else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
    }
}
