import Foundation

/// A Unix socket at a path, between a process that serves and the one that is to serve next.
///
/// Its calls wait, ``patience`` at most: they are for threads that may.
struct HandoverSocket: Sendable {
    /// What the two say to each other, in lines: the one that comes says which of these it speaks, is sent the socket
    /// with one byte, and says that it has it.
    static let greeting = "millrace-handover 1"
    static let taken = "taken"

    private static let patience = 30
    /// Time for a line from its first byte to its last. Whoever says it byte by byte holds up the end of the process for no
    /// longer.
    private static let linePatience = Duration.seconds(5)
    private static let lineLimit = 64

    private let socket: UnixSocket

    var descriptor: Int32 { socket.descriptor }

    /// A socket at which others come. Whatever was at the path is gone.
    ///
    /// - Throws: ``SocketFailure``.
    static func listening(at path: String) throws(SocketFailure) -> HandoverSocket {
        HandoverSocket(socket: try UnixSocket.listening(at: path))
    }

    /// A connection to the process that serves.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: ``SocketFailure``.
    static func connected(to path: String) throws(SocketFailure) -> HandoverSocket? {
        guard let socket = try UnixSocket.connected(to: path) else { return nil }
        socket.limitWaits(seconds: patience)
        return HandoverSocket(socket: socket)
    }

    /// The next one that has come; `nil` when nobody has.
    func accepted() -> HandoverSocket? {
        guard let other = socket.accepted() else { return nil }
        other.limitWaits(seconds: Self.patience)
        return HandoverSocket(socket: other)
    }

    func close() { socket.close() }

    /// - Throws: ``SocketFailure``.
    func send(_ line: String) throws(SocketFailure) {
        try socket.send(Array((line + "\n").utf8))
    }

    /// The next line.
    ///
    /// - Parameter limit: time for the whole of it.
    /// - Throws: ``SocketFailure``, also for one that is too long, or is not there in time.
    func line(within limit: Duration = Self.linePatience) throws(SocketFailure) -> String {
        let end = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        while bytes.count <= Self.lineLimit {
            try waitForBytes(until: end)
            // No more than the line: what follows it may be no text.
            guard let byte = try socket.receive(atMost: 1).first else { throw SocketFailure("it hung up") }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        throw SocketFailure("it speaks another language")
    }

    /// Returns once there is something to read, if only the end.
    private func waitForBytes(until end: ContinuousClock.Instant) throws(SocketFailure) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            guard left > 0 else { throw SocketFailure("it is too slow") }
            let found = poll(&waiting, 1, Int32(left.rounded(.up)))
            if found > 0 { return }
            guard found == 0 || errno == EINTR else { throw SocketFailure("nothing was said", errno) }
        }
    }
}
