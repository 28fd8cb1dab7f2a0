import Foundation
import HTTPTypes
import Logging
import Synchronization
import Testing

@testable import Server

/// How many responses begin in what a server said.
private func responseCount(_ text: String) -> Int {
    text.components(separatedBy: "HTTP/1.1 ").dropFirst().count { $0.first?.isNumber == true }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct `What is no request` {
    private static let host = "Host: localhost\r\n"
    private static let post = "POST /length HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var status = 400
        var kind = "malformed-request"
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "garbage", text: "\u{1}\u{2} nonsense\r\n\r\n"),
        Case(
            name: "two thousand fields",
            text: "GET /hit HTTP/1.1\r\n" + host + (0..<2_000).map { "X-\($0): 1\r\n" }.joined() + "\r\n",
            status: 431, kind: "headers-too-large"),
        Case(
            name: "a field of 100,000 bytes",
            text: "GET /hit HTTP/1.1\r\n" + host + "X: \(String(repeating: "a", count: 100_000))\r\n\r\n",
            status: 431, kind: "headers-too-large"),
        Case(name: "two lengths", text: post + "Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"),
        Case(
            name: "a length and chunks",
            text: post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case(
            name: "chunks and a length",
            text: post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
        Case(name: "a length below zero", text: post + "Content-Length: -3\r\n\r\nabc"),
        Case(
            name: "a size of a chunk that is no number",
            text: post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Case(
            name: "a chunk longer than its size",
            text: post + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"),
        Case(
            name: "another coding", text: post + "Transfer-Encoding: gzip\r\n\r\nabc", status: 501,
            kind: "unsupported-coding"),
        Case(
            name: "a coding besides chunked",
            text: post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            status: 501, kind: "unsupported-coding"),
        Case(
            name: "chunks in HTTP/1.0",
            text: "POST /length HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case(
            name: "HTTP/2.0", text: "GET /hit HTTP/2.0\r\n" + host + "\r\n", status: 505,
            kind: "unsupported-version"),
        Case(
            name: "HTTP/9.9", text: "GET /hit HTTP/9.9\r\n" + host + "\r\n", status: 505,
            kind: "unsupported-version"),
        Case(name: "a space in a name", text: "GET /hit HTTP/1.1\r\n" + host + "X Y: 1\r\n\r\n"),
        Case(name: "a space behind a name", text: "GET /hit HTTP/1.1\r\n" + host + "X-Y : 1\r\n\r\n"),
        Case(name: "a NUL in a name", text: "GET /hit HTTP/1.1\r\n" + host + "X\u{0}Y: 1\r\n\r\n"),
        Case(name: "a NUL in a value", text: "GET /hit HTTP/1.1\r\n" + host + "X: a\u{0}b\r\n\r\n"),
        Case(
            name: "lines that end with LF", text: "GET /hit HTTP/1.1\nHost: localhost\n\n", status: 505,
            kind: "unsupported-version"),
        Case(name: "a field that ends with CR", text: "GET /hit HTTP/1.1\r\n" + host + "X: a\rY: b\r\n\r\n"),
        Case(name: "a field on two lines", text: "GET /hit HTTP/1.1\r\n" + host + "X: 1\r\n  2\r\n\r\n"),
    ]

    @Test(arguments: cases)
    func `is told so by a problem, and nothing after it is run`(_ refused: Case) async throws {
        let operations = SocketOperations()
        let text = try await operations.exchange(
            Data((refused.text + "GET /hit HTTP/1.1\r\nHost: localhost\r\n\r\n").utf8))
        #expect(text.hasPrefix("HTTP/1.1 \(refused.status) "), "\(text.prefix(100))")
        #expect(responseCount(text) == 1)
        let header = text.components(separatedBy: "\r\n\r\n")[0].lowercased()
        #expect(header.contains("content-type: application/problem+json"))
        #expect(header.contains("connection: close"))
        #expect(header.contains("x-request-id: fresh"))
        #expect(header.contains("x-content-type-options: nosniff"))
        #expect(text.contains(#""type":"urn:millrace:problem:\#(refused.kind)""#))
        #expect(operations.hits.withLock { $0 } == 0)
    }

    static let hosts: [Case] = [
        Case(name: "two", text: "GET /hit HTTP/1.1\r\n" + host + "Host: evil.example\r\n\r\n"),
        Case(name: "two alike", text: "GET /hit HTTP/1.1\r\n" + host + host + "\r\n"),
        Case(name: "none", text: "GET /hit HTTP/1.1\r\n\r\n"),
        Case(name: "empty", text: "GET /hit HTTP/1.1\r\nHost: \r\n\r\n"),
        Case(name: "a user", text: "GET /hit HTTP/1.1\r\nHost: me@localhost\r\n\r\n"),
        Case(name: "characters of none", text: "GET /hit HTTP/1.1\r\nHost: local<host>\r\n\r\n"),
        Case(name: "a path", text: "GET /hit HTTP/1.1\r\nHost: localhost/hit\r\n\r\n"),
        Case(name: "another one", text: "GET http://evil.example/hit HTTP/1.1\r\n" + host + "\r\n"),
    ]

    @Test(arguments: hosts)
    func `has no clear host`(_ refused: Case) async throws {
        let operations = SocketOperations()
        let text = try await operations.exchange(Data(refused.text.utf8))
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        #expect(text.contains("urn:millrace:problem:malformed-host"))
        #expect(operations.hits.withLock { $0 } == 0)
    }

    @Test(arguments: [
        ("localhost", true), ("localhost:8080", true), ("127.0.0.1:80", true), ("[::1]:8080", true),
        ("[fe80::1]", true), ("my_service.internal", true), ("", false), (":80", false), ("a b", false),
        ("a:80:80", false), ("a:http", false), ("[::1", false), ("[gg]", false), ("ex\u{e4}mple", false),
        ("localhost:999999", false),
    ])
    func `names a host or not`(text: String, isHost: Bool) {
        #expect(HostSyntax.isHost(text) == isHost)
    }

    @Test func `waits for the responses that are due before it`() async throws {
        let operations = SocketOperations()
        try await operations.server().run { port in
            let client = try WireClient(port: port)
            await client.connection.send(
                "GET /wait HTTP/1.1\r\n\(Self.host)\r\nnonsense \u{1}\r\n\r\nGET /hit HTTP/1.1\r\n\(Self.host)\r\n"
            )
            #expect(await eventually { operations.hits.withLock { $0 } == 1 })
            operations.gate.open()
            #expect(try await client.response().status == .ok)
            #expect(try await client.response().status == .badRequest)
            #expect(await client.isAtEnd())
            #expect(operations.hits.withLock { $0 } == 1)
        }
    }

    @Test func `is counted and logged like any other request, without a word of what it said`() async throws {
        let server = SocketOperations().server()
        try await server.run { port in
            let connection = try RawConnection(port: port)
            await connection.send("SECRET nonsense\r\n\r\n")
            _ = await connection.receive()
        }
        let line = try #require(server.log.lines.first { $0.metadata["millrace.status"] == "400" })
        #expect(line.metadata["millrace.request_id"] == "fresh")
        #expect(!server.log.lines.contains { "\($0)".contains("SECRET") })
        #expect(!server.log.lines.contains { $0.level == .error })
    }

    @Test func `in the middle of a body is a fault of the client's, not of the server's`() async throws {
        for (path, type) in [("/length", "application/json"), ("/upload", "application/octet-stream")] {
            let server = SocketOperations().server()
            let text = try await server.run { port in
                let connection = try RawConnection(port: port)
                await connection.send(
                    "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
                await connection.send("nonsense\r\n")
                return await connection.receive()
            }
            #expect(text.hasPrefix("HTTP/1.1 400 "))
            #expect(text.contains("urn:millrace:problem:malformed-request"))
            #expect(!server.log.lines.contains { $0.level == .error })
        }
    }

    @Test func `behind a request without interest in its body ends the connection after the response`()
        async throws
    {
        let text = try await SocketOperations().exchange(
            Data("GET /hit HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n".utf8))
        #expect(responseCount(text) == 1)
    }
}

@Suite(.serialized, .timeLimit(.minutes(2))) struct `A client that waits before it sends a body` {
    private static func head(_ path: String, length: Int, expectation: String = "100-continue") -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            + (path == "/upload" ? "application/octet-stream" : "application/json")
            + "\r\nContent-Length: \(length)\r\nExpect: \(expectation)\r\n\r\n"
    }

    @Test(arguments: ["/length", "/upload"])
    func `is asked for it`(path: String) async throws {
        let body = #"{"text": "ab"}"#
        try await SocketOperations().server().run { port in
            let client = try WireClient(port: port)
            await client.connection.send(Self.head(path, length: body.utf8.count))
            #expect(try await client.response().status.code == 100)
            await client.connection.send(body)
            #expect(try await client.response().status == .ok)
            // The connection goes on.
            await client.send("GET /hit")
            #expect(try await client.response().status == .ok)
        }
    }

    @Test(arguments: [
        ("/nowhere", 14, "100-continue", 404), ("/hit", 14, "100-continue", 405),
        ("/length", 2_000_000, "100-continue", 413), ("/upload", 5_000_000, "100-continue", 413),
        ("/length", 14, "coffee", 417),
    ])
    func `is told at once that it is not wanted`(
        path: String, length: Int, expectation: String, status: Int
    ) async throws {
        let text = try await SocketOperations().exchange(
            Data(Self.head(path, length: length, expectation: expectation).utf8))
        #expect(text.hasPrefix("HTTP/1.1 \(status) "))
        #expect(text.lowercased().contains("connection: close"))
        #expect(responseCount(text) == 1)
    }
}
