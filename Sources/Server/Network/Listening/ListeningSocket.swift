import Foundation
import NIOCore

/// A TCP socket that connections wait at: made here, or handed over by another process.
///
/// The connections that wait belong to the socket, not to the process: whoever has it next takes them.
public struct ListeningSocket: Sendable, Hashable {
    /// Whoever accepts its connections closes it.
    let descriptor: Int32

    /// Connections that wait until they are accepted: as many as may come while one process hands over to the next. The
    /// system's own limit (`net.core.somaxconn`) may be lower.
    static let backlog: Int32 = 4_096

    /// Where `systemd` puts the first socket that it hands over (`sd_listen_fds(3)`).
    private static let firstInherited: Int32 = 3

    /// Listens at an address of this machine.
    ///
    /// - Parameter port: 0 for any free one.
    /// - Throws: `IOError` and `SocketAddressError`.
    init(host: String, port: Int) throws {
        let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
        #if canImport(Darwin)
            let kind = SOCK_STREAM
        #else
            let kind = Int32(SOCK_STREAM.rawValue)
        #endif
        descriptor = socket(address.protocol.rawValue, kind, 0)
        guard descriptor >= 0 else { throw IOError(errnoCode: errno, reason: "socket") }
        do {
            try prepare()
            var isOn: Int32 = 1
            guard
                setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
                    == 0
            else { throw IOError(errnoCode: errno, reason: "setsockopt") }
            let bound = address.withSockAddr { bind(descriptor, $0, socklen_t($1)) }
            guard bound == 0 else { throw IOError(errnoCode: errno, reason: "bind") }
            guard listen(descriptor, Self.backlog) == 0 else {
                throw IOError(errnoCode: errno, reason: "listen")
            }
        } catch {
            close()
            throw error
        }
    }

    /// A socket that another process made.
    ///
    /// - Throws: ``ServerError/notListening`` when nobody can connect to it; it is closed then.
    init(handedOver descriptor: Int32) throws(ServerError) {
        self.descriptor = descriptor
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0,
            port != nil, (try? prepare()) != nil
        else {
            close()
            throw .notListening
        }
    }

    /// The socket that `systemd`, or whoever speaks as it does, has opened before this process began: `LISTEN_PID` is
    /// this process, and `LISTEN_FDS` says that there is one (`sd_listen_fds(3)`).
    ///
    /// - Returns: `nil` when none was handed over.
    /// - Throws: ``ServerError/notListening``; ``ServerError/invalidSetting(name:value:allowed:)`` when there are several.
    public static func inherited(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ServerError) -> ListeningSocket? {
        guard let process = environment["LISTEN_PID"], process == String(getpid()),
            let count = environment["LISTEN_FDS"]
        else { return nil }
        guard count == "1" else {
            throw .invalidSetting(
                name: "LISTEN_FDS", value: count, allowed: "1: one socket, for the one address that is served"
            )
        }
        return try ListeningSocket(handedOver: firstInherited)
    }

    /// The port that it is bound to; `nil` for what is no internet socket.
    var port: Int? { bound?.port }

    /// The address that it is bound to, as numbers: `127.0.0.1`, `::`. `nil` for what is no internet socket.
    public var address: String? { bound?.ipAddress }

    /// Whether only this machine can connect to it.
    var isLoopback: Bool { address.map { HostName($0).isLoopback } ?? false }

    /// Where it is, by the system's word (`getsockname(2)`).
    private var bound: SocketAddress? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getsockname(descriptor, address, &size) == 0 else { return nil }
                switch Int32(address.pointee.sa_family) {
                case AF_INET:
                    return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        SocketAddress($0.pointee)
                    }
                case AF_INET6:
                    return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                        SocketAddress($0.pointee)
                    }
                default: return nil
                }
            }
        }
    }

    /// Whoever is never given to what accepts.
    func close() {
        #if canImport(Darwin)
            _ = Darwin.close(descriptor)
        #else
            _ = Glibc.close(descriptor)
        #endif
    }

    /// Not for programs that this one begins, and never waited on.
    private func prepare() throws {
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw IOError(errnoCode: errno, reason: "fcntl") }
    }
}
