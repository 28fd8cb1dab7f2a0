import CorpusSQLite
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Server

/// Runs a server while `body` talks to it, then ends it.
@discardableResult
func serving<Value: Sendable>(
    _ run: @escaping @Sendable (_ onReady: @escaping @Sendable (Int) -> Void) async throws -> Void,
    _ body: @escaping @Sendable (_ port: Int) async throws -> Value
) async throws -> Value {
    let (ports, told) = AsyncStream<Int>.makeStream()
    let running = Task {
        defer { told.finish() }
        try await run { told.yield($0) }
    }
    defer { running.cancel() }
    for await port in ports {
        let value = try await body(port)
        running.cancel()
        try await running.value
        return value
    }
    try await running.value
    throw ServerError.failed(reason: "it ended before it was ready")
}

/// A server of operations that only tests have.
struct OperationServer: Sendable {
    let operations: [Server.Operation]
    var configuration = ServerConfiguration(port: 0)
    let log = CapturedLog()

    init(_ operations: Server.Operation...) {
        self.operations = ContractOperation.adding(to: operations)
    }

    func run<Value: Sendable>(
        _ body: @escaping @Sendable (_ port: Int) async throws -> Value
    ) async throws -> Value {
        let adapter = HTTPAdapter(
            application: Application(
                operations: operations, scopes: try SQLiteCorpus.inMemory(), configuration: configuration,
                logger: log.logger), logger: log.logger, freshID: { "fresh" })
        return try await serving({ try await adapter.run(onReady: $0) }, body)
    }

    /// One response over a connection, which must be what the operation `id` declares.
    func response(
        to client: WireClient, _ id: String, isHead: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> APIResponse {
        let response = try await client.response(isHead: isHead)
        let operation = try #require(operations.first { $0.id == id }, sourceLocation: sourceLocation)
        try ContractCheck.check(response, of: operation, sourceLocation: sourceLocation)
        return response
    }
}

/// Waits for `condition`, ten seconds at most.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<1_000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}

/// A frame of a WebSocket as it is on the wire: opcode with flags, and payload.
struct WireFrame: Hashable {
    var opcode: UInt8
    var payload: Data

    init(_ opcode: UInt8, _ payload: Data) {
        self.opcode = opcode
        self.payload = payload
    }
}

/// Reads responses and frames off a connection, one after the other.
final class WireClient: Sendable {
    struct Ended: Error {}

    let connection: RawConnection
    private let unread = Mutex(Data())

    /// - Parameter buffers: see ``RawConnection``.
    init(port: Int, buffers: Int32? = nil) throws {
        connection = try RawConnection(port: port, buffers: buffers)
    }

    func send(_ head: String, _ headers: String = "", body: String = "") async {
        await connection.send("\(head) HTTP/1.1\r\nHost: localhost\r\n\(headers)\r\n\(body)")
    }

    /// - Parameter isHead: of a `HEAD` request, so that no body follows.
    func response(isHead: Bool = false) async throws -> APIResponse {
        let lines = String(decoding: try await take(through: "\r\n\r\n"), as: UTF8.self)
            .components(separatedBy: "\r\n")
        let code = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers = HTTPFields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])) else { continue }
            headers.append(HTTPField(name: name, value: parts[1].trimmingCharacters(in: .whitespaces)))
        }
        var body = Data()
        if isHead || code == 304 || code == 101 {
        } else if let length = headers[.contentLength].flatMap({ Int($0) }) {
            body = try await take(length)
        } else if headers[.transferEncoding] == "chunked" {
            while true {
                let size = String(decoding: try await take(through: "\r\n"), as: UTF8.self)
                let count = Int(size.trimmingCharacters(in: .whitespacesAndNewlines), radix: 16) ?? 0
                body += try await take(count)
                _ = try await take(2)
                if count == 0 { break }
            }
        }
        return APIResponse(status: .init(code: code), headers: headers, body: .data(body))
    }

    /// The next frame of a WebSocket.
    func frame() async throws -> WireFrame {
        let head = try await take(2)
        var length = Int(head[1] & 0x7F)
        if length == 126 { length = try await take(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = try await take(8).reduce(0) { $0 << 8 | Int($1) } }
        return WireFrame(head[0], try await take(length))
    }

    /// Whether the other end has closed, with nothing left to read.
    func isAtEnd() async -> Bool {
        guard unread.withLock(\.isEmpty) else { return false }
        return await connection.receiveSome().isEmpty
    }

    private func take(_ count: Int) async throws -> Data {
        try await take { $0.count >= count ? count : nil }
    }

    private func take(through mark: String) async throws -> Data {
        try await take { $0.firstRange(of: Data(mark.utf8))?.upperBound }
    }

    private func take(_ end: (Data) -> Int?) async throws -> Data {
        while true {
            let taken = unread.withLock { unread -> Data? in
                guard let end = end(unread) else { return nil }
                defer { unread = Data(unread.dropFirst(end)) }
                return Data(unread.prefix(end))
            }
            if let taken { return taken }
            let more = await connection.receiveSome()
            guard !more.isEmpty else { throw Ended() }
            unread.withLock { $0 += more }
        }
    }
}

/// A door that a handler waits at until a test opens it.
final class Gate: Sendable {
    private let isOpen = Mutex(false)

    func open() { isOpen.withLock { $0 = true } }

    /// - Throws: `CancellationError`.
    func wait() async throws {
        while !isOpen.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
    }
}
