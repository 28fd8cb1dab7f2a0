import Foundation
import Synchronization
import Testing

/// A server of HTTP/1.1 that answers each request with bytes that a test has written down, and keeps the requests.
final class ClientScriptedServer: Sendable {
    /// What one connection is sent.
    struct Reply: Sendable {
        var bytes: String
        /// Whether the connection stays open until the client closes it.
        var staysOpen = false

        static func response(
            _ status: Int, _ body: String, _ headers: [String] = ["Content-Type: application/json"]
        ) -> Reply {
            let lines =
                ["HTTP/1.1 \(status) Reason", "Content-Length: \(body.utf8.count)", "Connection: close"]
                + headers
            return Reply(bytes: lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        }

        static func problem(
            _ status: Int, _ name: String, _ headers: [String] = [], more: String = ""
        ) -> Reply {
            .response(
                status,
                """
                {"type":"urn:millrace:problem:\(name)","title":"T","detail":"D","status":\(status),\
                "retryable":false,"request_id":"r-1"\(more)}
                """,
                ["Content-Type: application/problem+json", "X-Request-Id: r-1"] + headers)
        }

        /// Events to the end of the connection.
        static func events(_ events: String, staysOpen: Bool = false) -> Reply {
            Reply(
                bytes: "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
                    + events, staysOpen: staysOpen)
        }

        /// The connection ends without an answer.
        static let none = Reply(bytes: "")
    }

    private struct State {
        var replies: [Reply]
        var requests: [String] = []
    }

    private let descriptor: Int32
    private let state: Mutex<State>
    private let (arrivals, arrival) = AsyncStream<Void>.makeStream()
    private let (closings, closing) = AsyncStream<Void>.makeStream()
    let url: URL

    /// - Parameter replies: one for each connection, in order; those beyond get none.
    init(_ replies: Reply...) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                return bind(descriptor, address, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        try #require(isListening)
        self.descriptor = descriptor
        url = try #require(URL(string: "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"))
        state = Mutex(State(replies: replies))
        let closing = closing
        Thread.detachNewThread { [weak self] in
            // Ends when the descriptor is shut down, with the last reference to the server.
            while case let connection = accept(descriptor, nil, nil), connection >= 0 {
                Thread.detachNewThread { [weak self] in
                    self?.serve(connection)
                    close(connection)
                    closing.yield()
                }
            }
            close(descriptor)
        }
    }

    deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Each with its head and body, in the order of their arrival.
    var requests: [String] { state.withLock { $0.requests } }

    /// The first lines of the requests, such as `GET /v1/status`.
    var lines: [String] {
        requests.map { $0.components(separatedBy: " HTTP/1.1")[0] }
    }

    /// Waits until a further request has come.
    func requestArrived() async {
        for await _ in arrivals { return }
    }

    /// Waits until a further connection has ended.
    func connectionEnded() async {
        for await _ in closings { return }
    }

    private func serve(_ connection: Int32) {
        guard let request = read(connection) else { return }
        let reply = state.withLock { state in
            state.requests.append(request)
            return state.replies.isEmpty ? .none : state.replies.removeFirst()
        }
        arrival.yield()
        var rest = Array(reply.bytes.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
        guard reply.staysOpen else { return }
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }

    private func read(_ connection: Int32) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let head = text.range(of: "\r\n\r\n") else { continue }
            let length = text.lowercased().firstMatch(of: /content-length: (\d+)/).flatMap { Int($0.1) } ?? 0
            if text[head.upperBound...].utf8.count >= length { return text }
        }
    }
}
