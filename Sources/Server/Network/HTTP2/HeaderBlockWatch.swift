import HummingbirdCore
import NIOCore

/// Watches that each header of an HTTP/2 connection arrives in the time that HTTP/1 has for it, whatever else goes on
/// beside it.
///
/// NIO tells of a header once it is whole: a HEADERS frame with its CONTINUATION frames to the one that ends them (RFC 9113,
/// section 4.3). Until then nothing else may come, so a client that sends it byte by byte holds the connection, and what
/// is kept of the header, for as long as it likes. This stands before NIO's HTTP/2 and reads of each frame its first nine
/// bytes.
final class HeaderBlockWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a client sends before its first frame (section 3.4).
    private static let prefaceLength = 24
    private static let headLength = 9
    private static let headers: UInt8 = 0x1
    private static let continuation: UInt8 = 0x9
    private static let endHeaders: UInt8 = 0x4

    private let edge: ConnectionEdge
    private let timeout: TimeAmount
    /// Bytes to be passed over: of the preface, then of the frame that is on its way.
    private var skipped = prefaceLength
    /// What has come of the next frame's first bytes.
    private var head: [UInt8] = []
    /// Whether the frame that is on its way belongs to a header.
    private var isOfHeader = false
    /// Whether a header has begun, and the frame that ends it has not.
    private var isOpen = false
    /// The last stream whose header has begun.
    private var lastStream: UInt32 = 0
    private var deadline: Scheduled<Void>?

    /// - Parameter timeout: time from the first byte of a header to its last.
    init(edge: ConnectionEdge, timeout: Duration) {
        self.edge = edge
        self.timeout = TimeAmount(timeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A header that has ended takes its time with it: the next one, although it began in the same breath, has its own.
        if read(unwrapInboundIn(data).readableBytesView) {
            deadline?.cancel()
            deadline = nil
        }
        if isOpen || isOfHeader || !head.isEmpty, deadline == nil {
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
                self?.end(context)
            }
        }
        context.fireChannelRead(data)
    }

    /// - Returns: whether no header was on its way at some moment.
    private func read(_ bytes: ByteBufferView) -> Bool {
        var bytes = bytes
        var wasFree = false
        while !bytes.isEmpty {
            if skipped > 0 {
                let passed = min(skipped, bytes.count)
                bytes = bytes.dropFirst(passed)
                skipped -= passed
                if skipped == 0 { isOfHeader = false }
                wasFree = wasFree || !isOpen && !isOfHeader
                continue
            }
            let taken = bytes.prefix(Self.headLength - head.count)
            head += taken
            bytes = bytes.dropFirst(taken.count)
            if head.count == Self.headLength {
                frameBegins()
                wasFree = wasFree || !isOpen && !isOfHeader
            }
        }
        return wasFree
    }

    /// Length in three bytes, type, flags, and the stream in four (section 4.1).
    private func frameBegins() {
        let (kind, flags) = (head[3], head[4])
        skipped = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        if kind == Self.headers {
            lastStream = head[5...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        }
        if kind == Self.headers || kind == Self.continuation {
            isOpen = flags & Self.endHeaders == 0
            isOfHeader = skipped > 0
        }
        head = []
    }

    /// Says ENHANCE_YOUR_CALM in a GOAWAY (section 6.8), and hangs up.
    private func end(_ context: ChannelHandlerContext) {
        deadline = nil
        var frame = context.channel.allocator.buffer(capacity: 17)
        frame.writeBytes([0, 0, 8, 7, 0])
        frame.writeInteger(UInt32(0))
        frame.writeInteger(lastStream)
        frame.writeInteger(UInt32(11))
        let edge = NIOLoopBound(edge, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(frame)).whenComplete { _ in edge.value.closeNow() }
    }
}
