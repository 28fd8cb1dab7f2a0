import Hummingbird
import NIOCore

/// A response's writer that stays within a window of what the connection has taken.
///
/// `ResponseBodyWriter.write` waits only while the channel is known to be full, and a maker that is faster than
/// the event loop can hand over any amount before that is known. So after each ``window`` of bytes the loop is
/// waited for: it has then written what it was given, and a full channel makes the next write wait.
struct PacedWriter {
    /// In bytes: what Swift NIO calls full by default.
    static let window = 65_536

    private let eventLoop: any EventLoop
    private var unseen = 0

    init(_ channel: any Channel) {
        eventLoop = channel.eventLoop
    }

    /// - Throws: what the writer throws once the connection is gone.
    mutating func write(_ bytes: ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        unseen += bytes.readableBytes
        try await writer.write(bytes)
        guard unseen >= Self.window else { return }
        unseen = 0
        try await eventLoop.submit {}.get()
    }
}
