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

    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// A socket at which others come. Whatever was at the path is gone.
    ///
    /// - Throws: ``HandoverFailure``.
    static func listening(at path: String) throws(HandoverFailure) -> HandoverSocket {
        let made = HandoverSocket(descriptor: try make())
        unlink(path)
        let bound = try made.withAddress(path) { bind(made.descriptor, $0, $1) }
        guard bound == 0, chmod(path, 0o600) == 0, listen(made.descriptor, 4) == 0,
            fcntl(made.descriptor, F_SETFL, O_NONBLOCK) == 0
        else {
            let reason = errno
            made.close()
            throw HandoverFailure("\(path) cannot be listened at", reason)
        }
        return made
    }

    /// A connection to the process that serves.
    ///
    /// - Returns: `nil` when there is none.
    /// - Throws: ``HandoverFailure``.
    static func connected(to path: String) throws(HandoverFailure) -> HandoverSocket? {
        let made = HandoverSocket(descriptor: try make())
        let reached = try made.withAddress(path) { connect(made.descriptor, $0, $1) }
        guard reached == 0 else {
            let reason = errno
            made.close()
            if reason == ENOENT || reason == ECONNREFUSED { return nil }
            throw HandoverFailure("it cannot be reached", reason)
        }
        made.limitWaits()
        return made
    }

    /// The next one that has come; `nil` when nobody has.
    func accepted() -> HandoverSocket? {
        let other = accept(descriptor, nil, nil)
        guard other >= 0 else { return nil }
        _ = fcntl(other, F_SETFD, FD_CLOEXEC)
        _ = fcntl(other, F_SETFL, 0)
        let socket = HandoverSocket(descriptor: other)
        socket.limitWaits()
        return socket
    }

    func close() { _ = Foundation.close(descriptor) }

    /// - Throws: ``HandoverFailure``.
    func send(_ line: String) throws(HandoverFailure) {
        let bytes = Array((line + "\n").utf8)
        // Written, it would end the process if the other side has hung up (SIGPIPE).
        guard Foundation.send(descriptor, bytes, bytes.count, Self.noSignal) == bytes.count else {
            throw HandoverFailure("nothing could be said", errno)
        }
    }

    /// The next line.
    ///
    /// - Parameter limit: time for the whole of it.
    /// - Throws: ``HandoverFailure``, also for one that is too long, or is not there in time.
    func line(within limit: Duration = Self.linePatience) throws(HandoverFailure) -> String {
        let end = ContinuousClock.now + limit
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count <= Self.lineLimit {
            try waitForBytes(until: end)
            let count = read(descriptor, &byte, 1)
            guard count >= 0 else { throw HandoverFailure("nothing was said", errno) }
            guard count > 0 else { throw HandoverFailure("it hung up") }
            if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
            bytes.append(byte)
        }
        throw HandoverFailure("it speaks another language")
    }

    /// Returns once there is something to read, if only the end.
    private func waitForBytes(until end: ContinuousClock.Instant) throws(HandoverFailure) {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let left = ContinuousClock.now.duration(to: end) / .milliseconds(1)
            guard left > 0 else { throw HandoverFailure("it is too slow") }
            let found = poll(&waiting, 1, Int32(left.rounded(.up)))
            if found > 0 { return }
            guard found == 0 || errno == EINTR else { throw HandoverFailure("nothing was said", errno) }
        }
    }

    private static func make() throws(HandoverFailure) -> Int32 {
        #if canImport(Darwin)
            let kind = SOCK_STREAM
        #else
            let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        let made = socket(AF_UNIX, kind, 0)
        guard made >= 0 else { throw HandoverFailure("there is no socket to be had", errno) }
        _ = fcntl(made, F_SETFD, FD_CLOEXEC)
        return made
    }

    private func limitWaits() {
        var time = timeval(tv_sec: Self.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
        #if canImport(Darwin)
            var isOn: Int32 = 1
            _ = setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    #if canImport(Darwin)
        private static let noSignal: Int32 = 0
    #else
        private static let noSignal = Int32(MSG_NOSIGNAL)
    #endif

    private func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(HandoverFailure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room, !path.utf8.contains(0) else {
            close()
            throw HandoverFailure(
                "the path \(path) has \(path.utf8.count) bytes, of which a socket's may have \(room - 1)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
