import Concurrency
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Server

extension WireClient {
    /// Asks for a WebSocket with the key of RFC 6455's example.
    fileprivate func open(_ path: String, _ headers: String = "") async {
        await send(
            "GET \(path)",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(headers)")
    }

    /// A frame as a client sends it: masked. `head` is opcode and flags; `0x80` ends a message.
    fileprivate func send(frame head: UInt8, _ payload: Data, mask: [UInt8] = [1, 2, 3, 4]) async {
        var frame = Data([head])
        let flag: UInt8 = mask.isEmpty ? 0 : 0x80
        if payload.count < 126 {
            frame.append(flag | UInt8(payload.count))
        } else {
            frame.append(flag | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                frame.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        frame += mask
        frame += mask.isEmpty ? payload : Data(payload.enumerated().map { $1 ^ mask[$0 % 4] })
        await connection.send(frame)
    }

    fileprivate func expect(_ expected: WireFrame, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let next = try await frame()
        #expect(next == expected, sourceLocation: sourceLocation)
    }

    fileprivate func expectClose(_ code: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        let next = try await closeCode()
        #expect(next == code, sourceLocation: sourceLocation)
    }

    /// The code of the close frame that comes next.
    fileprivate func closeCode() async throws -> Int? {
        let frame = try await frame()
        let payload = frame.payload
        guard frame.opcode == 0x88, payload.count >= 2 else { return nil }
        return Int(payload[0]) << 8 | Int(payload[1])
    }
}

private final class Sockets: Sendable {
    let received = Mutex<[WebSocketMessage]>([])
    let sent = Mutex(0)
    let isCancelled = Mutex(false)
    let gate = Gate()

    static let declaration = SocketDeclaration(
        receives: "any message", sends: "the same message", messageLimitBytes: 200_000)

    private func operation(
        _ id: String, _ handle: @escaping @Sendable (Caller, WebSocket) async throws -> Void
    ) -> Server.Operation {
        .webSocket(
            .ask, id, "/\(id)", summary: "a socket", inputs: .none, socket: Self.declaration
        ) { _, caller, socket in try await handle(caller, socket) }
    }

    var server: OperationServer {
        OperationServer(
            operation("echo") { _, socket in
                for try await message in socket.messages { try await socket.send(message) }
            },
            operation("caller") { caller, socket in try await socket.send(.text(caller.requestID)) },
            operation("failing") { _, _ in throw RequestFault.notReady(reasons: ["secret"]) },
            operation("waiting") { [self] _, _ in
                do { try await gate.wait() } catch {
                    isCancelled.withLock { $0 = true }
                    throw error
                }
            },
            operation("flood") { [self] _, socket in
                while true {
                    try await socket.send(.binary(Data(count: 65_536)))
                    sent.withLock { $0 += 65_536 }
                }
            },
            .open(
                "plain", .post, "/plain", summary: "a body",
                inputs: .signed(contentType: "text/plain", "text"),
                responses: [.bytes("text/plain", "the same")]
            ) { body in APIResponse(headers: [.contentType: "text/plain"], body: .data(body.data)) })
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct `A WebSocket` {
    private let sockets = Sockets()

    private func withSocket<Value: Sendable>(
        _ id: String, buffers: Int32? = nil, configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (WireClient, OperationServer) async throws -> Value
    ) async throws -> Value {
        var server = sockets.server
        configure(&server.configuration)
        return try await server.run { [server] port in
            let client = try WireClient(port: port, buffers: buffers)
            await client.open("/\(id)")
            let response = try await server.response(to: client, id)
            #expect(response.status == .switchingProtocols)
            #expect(response.headers[.secWebSocketAccept] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
            return try await body(client, server)
        }
    }

    @Test func `carries texts and bytes in both directions, whole and in fragments`() async throws {
        try await withSocket("echo") { client, _ in
            await client.send(frame: 0x81, Data("Grüße".utf8))
            try await client.expect(WireFrame(0x81, Data("Grüße".utf8)))
            await client.send(frame: 0x82, Data(count: 150_000))
            try await client.expect(WireFrame(0x82, Data(count: 150_000)))
            await client.send(frame: 0x81, Data())
            try await client.expect(WireFrame(0x81, Data()))
            await client.send(frame: 0x01, Data("one ".utf8))
            await client.send(frame: 0x89, Data("still there".utf8))
            await client.send(frame: 0x80, Data("message".utf8))
            try await client.expect(WireFrame(0x8A, Data("still there".utf8)))
            try await client.expect(WireFrame(0x81, Data("one message".utf8)))
        }
    }

    @Test func `is closed when the client closes, with the client's code`() async throws {
        let server = try await withSocket("echo") { client, server in
            await client.send(frame: 0x88, Data([0x0F, 0xA0]))
            try await client.expectClose(4_000)
            #expect(await client.isAtEnd())
            return server
        }
        let line = try #require(server.log.lines.first { $0.metadata["millrace.route"] == "/echo" })
        #expect(line.metadata["millrace.status"] == "101")
    }

    @Test func `is closed when its handler is through, which knows its caller`() async throws {
        try await withSocket("caller") { client, _ in
            try await client.expect(WireFrame(0x81, Data("fresh".utf8)))
            try await client.expectClose(1_000)
            await client.send(frame: 0x88, Data([0x03, 0xE8]))
            #expect(await client.isAtEnd())
        }
    }

    @Test func `of a handler that fails is closed with the kind of problem and no more`() async throws {
        try await withSocket("failing") { client, _ in
            let frame = try await client.frame()
            #expect(frame.opcode == 0x88)
            #expect(frame.payload == Data([0x03, 0xF3]) + Data("urn:millrace:problem:not-ready".utf8))
        }
    }

    @Test(arguments: [
        (0x82 as UInt8, Data(count: 200_001), [1, 2, 3, 4] as [UInt8], 1_009),
        (0x81, Data("a".utf8), [], 1_002),
        (0x81, Data([0xFF]), [9, 9, 9, 9], 1_007), (0xC1, Data("a".utf8), [1, 2, 3, 4], 1_002),
        (0x80, Data("a".utf8), [1, 2, 3, 4], 1_002), (0x83, Data(), [1, 2, 3, 4], 1_002),
        // A code that may not be sent: 1005 says that there was none.
        (0x88, Data([0x03, 0xED]), [1, 2, 3, 4], 1_002),
    ])
    func `whose client breaks the rules is closed with the rule's code`(
        head: UInt8, payload: Data, mask: [UInt8], code: Int
    ) async throws {
        try await withSocket("echo") { client, _ in
            await client.send(frame: head, payload, mask: mask)
            try await client.expectClose(code)
            #expect(await client.isAtEnd())
        }
    }

    @Test func `holds a message of many fragments to the limit`() async throws {
        try await withSocket("echo") { client, _ in
            await client.send(frame: 0x02, Data(count: 150_000))
            await client.send(frame: 0x80, Data(count: 150_000))
            try await client.expectClose(1_009)
        }
    }

    @Test func `whose client vanishes cancels its handler`() async throws {
        let server = try await withSocket("waiting") { client, server in
            client.connection.hangUp()
            #expect(await eventually { sockets.isCancelled.withLock { $0 } })
            return server
        }
        #expect(
            server.log.lines.contains {
                $0.metadata["millrace.stream"] == "cancelled" && $0.metadata["millrace.route"] == "/waiting"
            })
    }

    @Test func `does not receive what its handler does not ask for`() async throws {
        try await withSocket("waiting", buffers: 65_536) { [sockets] client, _ in
            // One message of 150000 bytes, again and again; their mask is zero.
            let frame = Data([0x82, 0xFF, 0, 0, 0, 0, 0, 2, 0x49, 0xF0, 0, 0, 0, 0]) + Data(count: 150_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<400 {
                        await client.connection.send(frame)
                        sockets.sent.withLock { $0 += 1 }
                    }
                }
                var last = -1
                while last != sockets.sent.withLock({ $0 }) {
                    last = sockets.sent.withLock { $0 }
                    try await Task.sleep(for: .milliseconds(500))
                }
                // A dozen in the server, some more in the kernel.
                #expect(last < 120)
                client.connection.hangUp()
                try await group.waitForAll()
            }
        }
    }

    @Test func `makes its handler wait for a client that takes nothing`() async throws {
        try await withSocket("flood", buffers: 65_536) { client, _ in
            var last = -1
            while last != sockets.sent.withLock({ $0 }) {
                last = sockets.sent.withLock { $0 }
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect((1...16_777_216).contains(last))
        }
    }

    @Test func `of a silent client is kept by the answers to pings, and closed without them`() async throws {
        try await withSocket("waiting") {
            $0.heartbeat = .milliseconds(100)
            $0.idleTimeout = .milliseconds(500)
        } _: { client, _ in
            for _ in 0..<12 {
                try await client.expect(WireFrame(0x89, Data()))
                await client.send(frame: 0x8A, Data())
            }
            #expect(!sockets.isCancelled.withLock { $0 })
            #expect(await eventually { sockets.isCancelled.withLock { $0 } })
        }
    }

    @Test func `ends with a server that shuts down`() async throws {
        let client = try await withSocket("waiting") { client, _ in client }
        let wait = await ContinuousClock().measure { _ = try? await client.closeCode() }
        #expect(wait < .seconds(5))
        #expect(sockets.isCancelled.withLock { $0 })
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct `A request for a WebSocket` {
    private let sockets = Sockets()

    private func answer(_ headers: String, host: String = "localhost") async throws -> APIResponse {
        let server = sockets.server
        return try await server.run { port in
            let client = try WireClient(port: port)
            await client.connection.send("GET /echo HTTP/1.1\r\nHost: \(host)\r\n\(headers)\r\n")
            return try await server.response(to: client, "echo")
        }
    }

    private static let handshake = """
        Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
        """

    @Test(arguments: [
        "", handshake.replacing("13", with: "8"),
        handshake.replacing("Upgrade: websocket", with: "Upgrade: h2c"),
        handshake.replacing("dGhl", with: ""), handshake.replacing("keep-alive, Upgrade", with: "keep-alive"),
        // What came as its body would be taken for frames.
        handshake + "Content-Length: 3\r\n",
    ])
    func `that is none is refused, saying what to ask for`(headers: String) async throws {
        let response = try await answer(headers)
        #expect(response.status == .upgradeRequired)
        #expect(response.headers[.upgrade] == "websocket")
        #expect(response.headers[.secWebSocketVersion] == "13")
        #expect(response.headers[.contentType] == "application/problem+json")
    }

    @Test(arguments: [
        ("http://localhost", "localhost", 101), ("http://localhost:80", "LOCALHOST", 101),
        ("https://localhost", "localhost:443", 101), ("http://127.0.0.1:8080", "127.0.0.1:8080", 101),
        ("https://evil.example", "localhost", 403), ("http://localhost:3000", "localhost", 403),
        ("null", "localhost", 403), ("http://127.0.0.1", "localhost", 403),
        ("http://evil.example", "evil.example", 421),
    ])
    func `of a page is answered for pages of this server only`(
        origin: String, host: String, status: Int
    ) async throws {
        let response = try await answer(Self.handshake + "Origin: \(origin)\r\n", host: host)
        #expect(response.status.code == status)
    }

    @Test func `passes the same door as any other`() async throws {
        let response = try await answer(Self.handshake + "X-Millrace-Principals: user:root\r\n")
        #expect(response.status == .forbidden)
    }

    @Test func `may come after other requests on its connection`() async throws {
        let server = sockets.server
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send("GET /openapi.json")
            #expect(try await server.response(to: client, "openAPI").status == .ok)
            await client.open("/caller")
            #expect(try await server.response(to: client, "caller").status == .switchingProtocols)
            #expect(try await client.frame().payload == Data("fresh".utf8))
        }
    }

    @Test func `for another protocol is answered as if it asked for none, and ends the connection`()
        async throws
    {
        let server = sockets.server
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send(
                "POST /plain", "Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 5\r\n", body: "hello")
            let response = try await server.response(to: client, "plain")
            #expect(response.data == Data("hello".utf8))
            #expect(response.headers[.connection] == "close")
            #expect(await client.isAtEnd())
        }
    }

    @Test func `is documented with its scope, its 101 and what is sent`() throws {
        let operation = try #require(sockets.server.operations.first { $0.id == "echo" })
        let document: JSONValue = try .parsed(OpenAPIDocument([operation]).bytes)
        let entry = document["paths"]?["/echo"]?["get"]
        #expect(entry?["x-millrace-scope"] == .text("ask"))
        let socket = entry?["responses"]?["101"]?["x-websocket"]
        #expect(socket?["receives"] == .text("any message"))
        #expect(socket?["messageLimitBytes"] == .number(200_000))
        #expect(entry?["responses"]?.keys.isSuperset(of: ["403", "426"]) == true)
        #expect(OperationsTable([operation]).markdown.contains("| `GET /echo` | `ask` | a socket |"))
    }
}
