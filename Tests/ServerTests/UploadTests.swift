import Concurrency
import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import Server

/// An operation that takes a body as it comes.
private final class Upload: Sendable {
    struct Count: ResponseDocument {
        var bytes: Int
        var ordered: Bool
        static var schema: JSONSchema { .object(required: ["bytes": .integer, "ordered": .flag]) }
    }

    enum Mode: String, CaseIterable, Sendable { case count, ignore, waiting }

    let gate = Gate()
    let failure = Mutex<(any Error)?>(nil)
    let received = Mutex(0)
    let limitBytes: Int

    init(limitBytes: Int = 4_194_304) { self.limitBytes = limitBytes }

    /// Byte `n` of what the tests send is `n` modulo 251.
    var operation: Server.Operation {
        .scoped(
            .search, "upload", .post, "/upload", summary: "counts what it is sent",
            inputs: Inputs<Mode>.query("mode", .choice, standard: .count, "what is done with it").and(
                .stream(limitBytes: limitBytes, "any bytes")),
            responses: [.json(Count.self, "how many they were")]
        ) { [self] input, _ in
            let (mode, pieces) = input
            var count = Count(bytes: 0, ordered: true)
            if mode == .ignore { return try .json(count) }
            do {
                for try await piece in pieces {
                    count.ordered =
                        count.ordered && zip(piece, count.bytes...).allSatisfy { Int($0) == $1 % 251 }
                    count.bytes += piece.count
                    received.withLock { $0 += piece.count }
                    if mode == .waiting { try await gate.wait() }
                }
            } catch {
                failure.withLock { $0 = error }
                throw error
            }
            return try .json(count)
        }
    }

    static func bytes(_ count: Int) -> Data { Data((0..<count).map { UInt8($0 % 251) }) }
    static let type = "Content-Type: application/octet-stream\r\n"
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct `A streamed request body` {
    private let upload = Upload()

    private func send(
        _ path: String = "/upload", headers: String, body: Data = Data(),
        configure: (inout ServerConfiguration) -> Void = { _ in }
    ) async throws -> APIResponse {
        var server = OperationServer(upload.operation)
        configure(&server.configuration)
        return try await server.run { [server] port in
            let client = try WireClient(port: port)
            await client.send("POST \(path)", headers)
            await client.connection.send(body)
            return try await server.response(to: client, "upload")
        }
    }

    @Test(arguments: [0, 1, 3_000_000])
    func `arrives whole and in order`(count: Int) async throws {
        let response = try await send(
            headers: Upload.type + "Content-Length: \(count)\r\n", body: Upload.bytes(count))
        #expect(try response.json["bytes"] == .number(Double(count)))
        #expect(try response.json["ordered"] == .flag(true))
    }

    @Test(arguments: [0, 200_000])
    func `may be chunked`(count: Int) async throws {
        let bytes = Upload.bytes(count)
        var body = Data()
        for start in stride(from: 0, to: count, by: 60_000) {
            let chunk = bytes[start..<min(start + 60_000, count)]
            body += Data("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Data("\r\n".utf8)
        }
        let response = try await send(
            headers: Upload.type + "Transfer-Encoding: chunked\r\n", body: body + Data("0\r\n\r\n".utf8))
        #expect(try response.json["bytes"] == .number(Double(count)))
        #expect(try response.json["ordered"] == .flag(true))
    }

    @Test func `that declares more than the limit is refused before it is received`() async throws {
        let response = try await send(headers: Upload.type + "Content-Length: 4194305\r\n")
        #expect(response.status == .contentTooLarge)
        #expect(try response.json["limit"] == .number(4_194_304))
        #expect(upload.received.withLock { $0 } == 0)
    }

    @Test func `that grows over the limit is refused where it does, naming the limit`() async throws {
        let chunk = Data("100000\r\n".utf8) + Data(count: 0x100000) + Data("\r\n".utf8)
        let response = try await send(
            headers: Upload.type + "Transfer-Encoding: chunked\r\n",
            body: (0..<5).reduce(into: Data()) { body, _ in body += chunk } + Data("0\r\n\r\n".utf8))
        #expect(response.status == .contentTooLarge)
        #expect(try response.json["limit"] == .number(4_194_304))
        #expect(upload.received.withLock { $0 } <= 4_194_304)
    }

    @Test func `whose next piece does not come in time is refused`() async throws {
        let response = try await send(
            headers: Upload.type + "Content-Length: 10\r\n", body: Data("abc".utf8)
        ) { $0.bodyTimeout = .milliseconds(300) }
        #expect(response.status == .requestTimeout)
        #expect(response.headers[.connection] == "close")
        #expect(upload.received.withLock { $0 } == 3)
    }

    @Test func `may take longer than the limit between its pieces`() async throws {
        var server = OperationServer(upload.operation)
        server.configuration.bodyTimeout = .milliseconds(600)
        let response = try await server.run { [server] port in
            let client = try WireClient(port: port)
            await client.send("POST /upload", Upload.type + "Content-Length: 6\r\n")
            for byte in 0..<6 {
                await client.connection.send(Data([UInt8(byte)]))
                try await Task.sleep(for: .milliseconds(200))
            }
            return try await server.response(to: client, "upload")
        }
        #expect(try response.json["bytes"] == .number(6))
    }

    @Test(arguments: ["Content-Length: 1000\r\n", "Transfer-Encoding: chunked\r\n"])
    func `of a client that vanishes is never taken for complete`(framing: String) async throws {
        let server = OperationServer(upload.operation)
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send("POST /upload", Upload.type + framing, body: "3\r\nabc\r\n")
            _ = await eventually { upload.received.withLock { $0 } > 0 }
            client.connection.hangUp()
            #expect(await eventually { upload.failure.withLock { $0 } != nil })
        }
        #expect(upload.failure.withLock { $0 as? RequestFault } == .bodyCutOff)
        #expect(!server.log.lines.contains { $0.level == .error })
    }

    @Test func `is not received before it is asked for`() async throws {
        // More than the kernel keeps for a connection.
        let count = 67_108_864
        let upload = Upload(limitBytes: count)
        let server = OperationServer(upload.operation)
        try await server.run { port in
            let client = try WireClient(port: port, buffers: 65_536)
            await client.send("POST /upload?mode=waiting", Upload.type + "Content-Length: \(count)\r\n")
            let sent = await client.connection.sendUntilStuck(limit: count)
            #expect(sent < count / 2)
            #expect(upload.received.withLock { $0 } <= 1_048_576)
            upload.gate.open()
            await client.connection.send(Data(count: count - sent))
            #expect(try await server.response(to: client, "upload").json["bytes"] == .number(Double(count)))
        }
    }

    @Test func `that is not read is dropped, and the connection goes on`() async throws {
        let server = OperationServer(upload.operation)
        try await server.run { port in
            let client = try WireClient(port: port)
            await client.send("POST /upload?mode=ignore", Upload.type + "Content-Length: 500000\r\n")
            await client.connection.send(Data(count: 500_000))
            #expect(try await server.response(to: client, "upload").status == .ok)
            await client.send("POST /upload", Upload.type + "Content-Length: 2\r\n", body: "\u{0}\u{1}")
            #expect(try await server.response(to: client, "upload").json["bytes"] == .number(2))
        }
    }

    @Test func `that is not read and endless is cut off`() async throws {
        var server = OperationServer(upload.operation)
        server.configuration.bodyLimitBytes = 65_536
        try await server.run { [server] port in
            let client = try WireClient(port: port)
            await client.send("POST /upload?mode=ignore", Upload.type + "Transfer-Encoding: chunked\r\n")
            #expect(try await server.response(to: client, "upload").status == .ok)
            let chunk = Data("100000\r\n".utf8) + Data(count: 0x100000) + Data("\r\n".utf8)
            for _ in 0..<20 { await client.connection.send(chunk) }
            #expect(await client.isAtEnd())
        }
    }

    @Test(arguments: ["", "Content-Type: text/plain\r\n"])
    func `of another type, or of none, is refused, because pages elsewhere can send those`(
        type: String
    ) async throws {
        let response = try await send(headers: type + "Content-Length: 1\r\n", body: Data("a".utf8))
        #expect(response.status == .unsupportedMediaType)
        #expect(upload.received.withLock { $0 } == 0)
    }

    @Test func `is declared as bytes`() async throws {
        let document: JSONValue = try .parsed(OpenAPIDocument([upload.operation]).bytes)
        let body = document["paths"]?["/upload"]?["post"]?["requestBody"]
        let schema = body?["content"]?["application/octet-stream"]?["schema"]
        #expect(schema?["format"] == .text("binary"))
        #expect(
            document["paths"]?["/upload"]?["post"]?["responses"]?.keys.isSuperset(of: [
                "400", "408", "413", "415",
            ]) == true)
    }
}
