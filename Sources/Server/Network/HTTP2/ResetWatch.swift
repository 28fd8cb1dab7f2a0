import NIOCore

/// Knows of a fault that NIO tells of whether it is a stream's alone.
///
/// NIO tells of a stream's fault as of the connection's: with the same errors. But it resets the stream just before, and
/// says in a GOAWAY when the connection is at fault (RFC 9113, section 5.4). This stands before NIO's HTTP/2 and reads of
/// each frame that is sent its first nine bytes.
final class ResetWatch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private static let headLength = 9
    private static let reset: UInt8 = 0x3
    private static let farewell: UInt8 = 0x7

    /// Whether something that has come is being looked at.
    private var isReading = false
    /// Streams that were reset meanwhile, and whose faults were not told of yet.
    private var resets = 0
    /// What has gone of the first bytes of a frame.
    private var head: [UInt8] = []
    /// Bytes to be passed over, of the frame that is on its way.
    private var skipped = 0

    /// Whether the fault that is told of now is a stream's. To be asked once for each.
    func takeStreamFault() -> Bool {
        guard resets > 0 else { return false }
        resets -= 1
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        (isReading, resets) = (true, 0)
        context.fireChannelRead(data)
        (isReading, resets) = (false, 0)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .byteBuffer(let bytes) = unwrapOutboundIn(data) { follow(bytes.readableBytesView) }
        context.write(data, promise: promise)
    }

    private func follow(_ bytes: ByteBufferView) {
        var bytes = bytes
        while !bytes.isEmpty {
            if skipped > 0 {
                let passed = min(skipped, bytes.count)
                bytes = bytes.dropFirst(passed)
                skipped -= passed
                continue
            }
            let taken = bytes.prefix(Self.headLength - head.count)
            head += taken
            bytes = bytes.dropFirst(taken.count)
            if head.count == Self.headLength { frameBegins() }
        }
    }

    /// Length in three bytes, type, flags, and the stream in four (section 4.1).
    private func frameBegins() {
        skipped = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        if isReading, head[3] == Self.reset { resets += 1 }
        if head[3] == Self.farewell { resets = 0 }
        head = []
    }
}
