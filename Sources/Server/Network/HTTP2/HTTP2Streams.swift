import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2

/// HTTP/2 (RFC 9113) as NIO speaks it, within limits; Hummingbird answers each stream as it does a connection of one
/// request.
///
/// From TLS inwards: ``HeaderBlockWatch``, ``ResetWatch``, NIO's HTTP/2 with its own watch over floods, ``StreamWatch``; on each
/// stream ``BodyLengthWatch``, NIO's translation, ``StreamBoundary``, Hummingbird.
struct HTTP2Streams: Sendable {
    typealias Connection = NIOHTTP2Handler.AsyncStreamMultiplexer<HTTP1Channel.Value>

    let http: HTTP1Channel
    let idleTimeout: Duration
    let writeTimeout: Duration
    let limits: RequestBoundary.Limits
    let refusals: Refusals

    /// Requests at a time on one connection.
    static let streamLimit = 100
    /// Streams that a client may reset (CVE-2023-44487), control frames that it may send, and faults of streams that it
    /// may make us answer, in ``floodWindow``; the connection ends with one more.
    static let floodLimit = 200
    static let floodWindow = TimeAmount.seconds(30)

    private static var configuration: NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: streamLimit),
            HTTP2Setting(parameter: .maxHeaderListSize, value: StreamHeadCheck.byteLimit),
            HTTP2Setting(parameter: .initialWindowSize, value: 65_535),
        ]
        // Each stream has its BodyLengthWatch.
        configuration.connection.contentLengthValidation = .disabled
        configuration.connection.maximumBufferedControlFrames = 1_000
        configuration.connection.controlFrameRateLimit.maximumCount = floodLimit
        configuration.connection.controlFrameRateLimit.windowLength = floodWindow
        configuration.stream.streamResetFrameRateLimit.maximumCount = floodLimit
        configuration.stream.streamResetFrameRateLimit.windowLength = floodWindow
        configuration.stream.streamErrorRateLimit.maximumCount = floodLimit
        configuration.stream.streamErrorRateLimit.windowLength = floodWindow
        // As much as HTTP/1 has written before it waits.
        configuration.stream.outboundBufferSizeHighWatermark = 65_536
        configuration.stream.outboundBufferSizeLowWatermark = 32_768
        return configuration
    }

    /// To be called on the event loop, once it is known that the client speaks HTTP/2.
    func setup(_ channel: any Channel) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let edge = try pipeline.handler(type: ConnectionEdge.self)
            try pipeline.addHandler(HeaderBlockWatch(edge: edge, timeout: limits.header))
            let resets = ResetWatch()
            try pipeline.addHandler(resets)
            let watch = StreamWatch(
                edge: edge, resets: resets, headerTimeout: limits.header,
                idleTimeout: idleTimeout)
            let bound = NIOLoopBound(watch, eventLoop: channel.eventLoop)
            let connection = try pipeline.configureAsyncHTTP2Pipeline(
                mode: .server,
                // It says that the connection ends when the server does; the times are the watch's.
                connectionManagerConfiguration: .init(
                    maxIdleTime: nil, maxAge: nil, maxGraceTime: nil, keepalive: nil),
                http2HandlerConfiguration: Self.configuration
            ) { [limits, writeTimeout, refusals] stream in
                stream.eventLoop.makeCompletedFuture {
                    let pipeline = stream.pipeline.syncOperations
                    try pipeline.addHandler(BodyLengthWatch { bound.value.faulted() })
                    try pipeline.addHandler(HTTP2FramePayloadToHTTPServerCodec())
                    try pipeline.addHandler(
                        StreamBoundary(
                            limits: limits, writeTimeout: writeTimeout, refusals: refusals,
                            watch: bound.value))
                    return try HTTP1Channel.Value(wrappingChannelSynchronously: stream)
                }
            }
            try pipeline.addHandler(watch)
            edge.tellDrainingAgain()
            return connection
        }
    }

    /// Answers the streams of a connection until it ends.
    func handle(_ connection: Connection, of channel: any Channel, logger: Logger) async {
        // Cancelled only once the connection is closed: a stream that comes is then never without its reader, which
        // NIO does not allow.
        let work = Task { [http] in
            try? await withThrowingDiscardingTaskGroup { group in
                for try await stream in connection.inbound {
                    group.addTask { await http.handle(value: stream, logger: logger) }
                }
            }
        }
        await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            channel.closeFuture.whenComplete { _ in work.cancel() }
            channel.close(promise: nil)
        }
        channel.close(promise: nil)
    }
}
