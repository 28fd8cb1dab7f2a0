import Foundation

/// A message over a ``UnixSocket``: four bytes that say how many follow, the most significant first, and those.
enum LocalMessage {
    /// A question with everything that says how it is to be answered.
    static let requestLimit = 1 << 20
    static let replyLimit = 64 << 20
    private static let part = 1 << 16

    /// - Throws: ``SocketFailure``.
    static func write(_ message: Data, to socket: UnixSocket) throws(SocketFailure) {
        guard message.count <= replyLimit else {
            throw SocketFailure("what was to be said has \(message.count) bytes")
        }
        let count = UInt32(message.count)
        try socket.send((0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + message)
    }

    /// The next message.
    ///
    /// - Parameters:
    ///   - limit: bytes that it may have.
    ///   - end: when it must be whole; `nil` to wait for as long as the other side is there.
    /// - Throws: ``SocketFailure``.
    static func read(
        from socket: UnixSocket, limit: Int, until end: ContinuousClock.Instant? = nil
    ) throws(SocketFailure) -> Data {
        let head = try bytes(4, from: socket, until: end)
        let count = head.reduce(0) { $0 << 8 | Int($1) }
        guard count <= limit else { throw SocketFailure("what was said has \(count) bytes") }
        return try bytes(count, from: socket, until: end)
    }

    private static func bytes(
        _ count: Int, from socket: UnixSocket, until end: ContinuousClock.Instant?
    ) throws(SocketFailure) -> Data {
        var read = Data()
        while read.count < count {
            if let end, ContinuousClock.now > end { throw SocketFailure("it is too slow") }
            let some = try socket.receive(atMost: min(part, count - read.count))
            guard !some.isEmpty else { throw SocketFailure("it hung up") }
            read += some
        }
        return read
    }
}
