import Foundation

/// A stream socket at a path, between processes of one machine and one user (unix(7)).
///
/// Its calls wait: they are for threads that may.
struct UnixSocket: Sendable {
    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// A socket at which others come, for this user alone: whoever connects must have the right to write it. Whatever was
    /// at the path is gone.
    ///
    /// - Throws: ``SocketFailure``.
    static func listening(at path: String, backlog: Int32 = 4) throws(SocketFailure) -> UnixSocket {
        let made = UnixSocket(descriptor: try make())
        unlink(path)
        let bound = try made.withAddress(path) { bind(made.descriptor, $0, $1) }
        // Nobody connects before it listens, so its rights are there in time.
        guard bound == 0, chmod(path, 0o600) == 0, listen(made.descriptor, backlog) == 0,
            fcntl(made.descriptor, F_SETFL, O_NONBLOCK) == 0
        else {
            let reason = errno
            made.close()
            throw SocketFailure("\(path) cannot be listened at", reason)
        }
        return made
    }

    /// A connection to whoever listens at a path.
    ///
    /// - Parameter limit: how long to wait for a place where many wait to be let in; `nil` for as long as it takes. A task
    ///   that is cancelled waits no longer.
    /// - Returns: `nil` when nobody does.
    /// - Throws: ``SocketFailure``.
    static func connected(to path: String, within limit: Duration? = nil) throws(SocketFailure) -> UnixSocket?
    {
        let made = UnixSocket(descriptor: try make())
        let end = limit.map { ContinuousClock.now + $0 }
        if end != nil { _ = fcntl(made.descriptor, F_SETFL, O_NONBLOCK) }
        while true {
            if try made.withAddress(path, { connect(made.descriptor, $0, $1) }) == 0 { break }
            let reason = errno
            if let end, reason == EAGAIN, ContinuousClock.now < end, !Task.isCancelled {
                usleep(pauseBetweenTries)
                continue
            }
            made.close()
            if reason == ENOENT || reason == ECONNREFUSED { return nil }
            throw SocketFailure("it cannot be reached", reason)
        }
        if end != nil { _ = fcntl(made.descriptor, F_SETFL, 0) }
        made.ignoreSignals()
        return made
    }

    /// In microseconds.
    private static let pauseBetweenTries: UInt32 = 20_000

    /// The next one that has come; `nil` when nobody has.
    func accepted() -> UnixSocket? {
        var isFull = false
        return accepted(isFull: &isFull)
    }

    /// The same; `nil` also, and `isFull` is set, when this process may open no more.
    func accepted(isFull: inout Bool) -> UnixSocket? {
        let other = accept(descriptor, nil, nil)
        guard other >= 0 else {
            isFull = [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno)
            return nil
        }
        _ = fcntl(other, F_SETFD, FD_CLOEXEC)
        _ = fcntl(other, F_SETFL, 0)
        let socket = UnixSocket(descriptor: other)
        socket.ignoreSignals()
        return socket
    }

    func close() { _ = Foundation.close(descriptor) }

    /// Has whoever waits at it, here and on the other side, read its end.
    func hangUp() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Limits each wait of a call, to read and to write.
    func limitWaits(seconds: Int) { limitWaits(to: .seconds(seconds)) }

    /// The same; to a microsecond at least.
    func limitWaits(to limit: Duration) {
        let parts = limit.components
        // None at all would be no limit (socket(7)).
        let microseconds = max(parts.attoseconds / 1_000_000_000_000, parts.seconds > 0 ? 0 : 1)
        var time = timeval(tv_sec: .init(parts.seconds), tv_usec: .init(microseconds))
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        _ = setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }

    /// Sends a byte if there is room for it now.
    func sendNow(_ byte: UInt8) {
        var byte = byte
        _ = Foundation.send(descriptor, &byte, 1, Self.noSignal | Int32(MSG_DONTWAIT))
    }

    /// Sends all of `bytes`.
    ///
    /// - Throws: ``SocketFailure``.
    func send(_ bytes: [UInt8]) throws(SocketFailure) {
        var sent = 0
        while sent < bytes.count {
            // Written, it would end the process if the other side has hung up (SIGPIPE).
            let count = bytes.withUnsafeBytes { buffer in
                Foundation.send(
                    descriptor, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, Self.noSignal)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SocketFailure("nothing could be said", errno) }
            sent += count
        }
    }

    /// At least one of the next bytes, and `limit` at most; none at the end.
    ///
    /// - Throws: ``SocketFailure``, also when nothing comes within the limit of its waits.
    func receive(atMost limit: Int) throws(SocketFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        while true {
            let count = read(descriptor, &bytes, limit)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SocketFailure("nothing was said", errno) }
            return Array(bytes.prefix(count))
        }
    }

    /// Whether the other side has hung up, as far as it is known now; nothing is read.
    var hasHungUp: Bool {
        var byte: UInt8 = 0
        let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
    }

    private static func make() throws(SocketFailure) -> Int32 {
        #if canImport(Darwin)
            let kind = SOCK_STREAM
        #else
            let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        let made = socket(AF_UNIX, kind, 0)
        guard made >= 0 else { throw SocketFailure("there is no socket to be had", errno) }
        _ = fcntl(made, F_SETFD, FD_CLOEXEC)
        return made
    }

    private func ignoreSignals() {
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
    ) throws(SocketFailure) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room, !path.utf8.contains(0) else {
            close()
            throw SocketFailure(
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

/// Why two processes of this machine do not understand each other.
struct SocketFailure: Error, Hashable, CustomStringConvertible {
    let description: String
    /// Whether the other side was waited for in vain.
    let isTimeout: Bool

    init(_ what: String, _ code: Int32? = nil) {
        description = code.map { "\(what): \(String(cString: strerror($0)))" } ?? what
        isTimeout = code == EAGAIN || code == EWOULDBLOCK
    }
}
