import Foundation
import Glibc

/// A TCP connection to a port of this machine, on which a test says exactly what it wants.
///
/// Its calls block, so they run on a thread of their own and never hold up the tasks of the server under test.
final class RawConnection: Sendable {
    struct Failure: Error {
        var code: Int32
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "raw connection")

    /// - Parameters:
    ///   - timeoutSeconds: how long a read waits before it counts as the end.
    ///   - buffers: how many bytes the kernel keeps of what is sent and of what is not read. It holds only if it
    ///     is said before connecting: a window once offered grows with what the kernel learns.
    init(port: Int, timeoutSeconds: Int = 20, buffers: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var bytes = buffers {
            let size = socklen_t(MemoryLayout<Int32>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, size)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, size)
        }
        var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            _ = Glibc.close(descriptor)
            throw Failure(code: code)
        }
    }

    deinit { _ = Glibc.close(descriptor) }

    func send(_ text: String) async { await send(Data(text.utf8)) }

    func send(_ data: Data) async {
        await onQueue { [descriptor] in
            let bytes = Array(data)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { piece in
                    Glibc.send(descriptor, piece.baseAddress, piece.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    /// Sends zeros, `limit` at most, until for half a second the other end has taken none; gives how many.
    func sendUntilStuck(limit: Int) async -> Int {
        await onQueue { [descriptor] in
            let bytes = [UInt8](repeating: 0, count: 65_536)
            var sent = 0
            var idle = 0
            while sent < limit, idle < 50 {
                let count = Glibc.send(
                    descriptor, bytes, min(bytes.count, limit - sent),
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
                if count > 0 {
                    sent += count
                    idle = 0
                } else {
                    guard errno == EAGAIN else { return sent }
                    idle += 1
                    usleep(10_000)
                }
            }
            return sent
        }
    }

    /// What has arrived, or the next to do so; empty at the end of the connection or the timeout.
    func receiveSome() async -> Data {
        await onQueue { [descriptor] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            return Data(buffer[..<max(0, count)])
        }
    }

    /// What arrives until `isEnough`, the end of the connection or the timeout.
    func receive(until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }) async -> String {
        await onQueue { [descriptor] in
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while !isEnough(String(decoding: received, as: UTF8.self)) {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                received += buffer[..<count]
            }
            return String(decoding: received, as: UTF8.self)
        }
    }

    /// Hangs up, as a closed browser tab does.
    func hangUp() {
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    private func onQueue<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}

extension RawConnection {
    /// One request whose connection is closed after the response; gives the response, head and body as they came.
    static func exchange(
        port: Int, _ head: String, body: String = "", headers: String = "Content-Type: application/json\r\n"
    ) async throws -> (status: Int, text: String) {
        let connection = try RawConnection(port: port)
        await connection.send(
            "\(head) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(headers)"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        let text = await connection.receive()
        let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, text)
    }
}
