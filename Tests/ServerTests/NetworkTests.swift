import Foundation
import Testing
import VectorIndex

@testable import Server

/// Runs a server on a free port while `body` talks to it, then ends it.
@discardableResult
private func withServer<Value: Sendable>(
    _ fixture: ServerFixture, _ body: @escaping @Sendable (_ port: Int) async throws -> Value
) async throws -> Value {
    var configuration = fixture.configuration
    configuration.port = 0
    let server = try MillraceServer(
        qa: fixture.qa(), corpus: fixture.corpus, indexCount: { fixture.index.count },
        flows: fixture.flows, configuration: configuration,
        logger: fixture.log.logger, version: "1.2.3")
    return try await serving({ try await server.run(onReady: $0) }, body)
}

@Suite(.serialized, .timeLimit(.minutes(3))) struct `A running server` {
    @Test func `serves the page, the status and an answer on a port of its own choosing`() async throws {
        try await withServer(try await ServerFixture()) { port in
            #expect(port > 0)
            let page = try await RawConnection.exchange(port: port, "GET /")
            #expect(page.status == 200)
            #expect(page.text.lowercased().contains("content-type: text/html; charset=utf-8"))
            let answer = try await RawConnection.exchange(
                port: port, "POST /v1/ask", body: #"{"question": "when do deploys happen"}"#)
            #expect(answer.status == 200)
            #expect(answer.text.contains("Deploys happen on Tuesdays."))
            #expect(answer.text.lowercased().contains("x-request-id: "))
        }
    }

    @Test func `sends each event as it comes, stages first and done last`() async throws {
        let text = try await withServer(try await ServerFixture()) { port in
            try await RawConnection.exchange(
                port: port, "POST /v1/ask", body: #"{"question": "when do deploys happen", "stream": true}"#)
        }.text
        let names = text.components(separatedBy: "event: ").dropFirst().map {
            String($0.prefix { $0 != "\n" })
        }
        #expect(names.first == "stage")
        #expect(names.suffix(2) == ["answer", "done"])
        #expect(names.contains("token"))
    }

    @Test func `does not hold events back until the answer is complete`() async throws {
        let generator = EndlessGenerator()
        try await withServer(try await ServerFixture(generator: generator)) { port in
            let connection = try RawConnection(port: port)
            await connection.send(Self.streamedQuestion)
            let text = await connection.receive { $0.components(separatedBy: "event: token").count > 3 }
            #expect(text.components(separatedBy: "event: token").count > 3)
            #expect(generator.endedCount == 0)
        }
    }

    @Test func `gives a run up as soon as its client hangs up`() async throws {
        let generator = EndlessGenerator()
        let fixture = try await ServerFixture(generator: generator)
        try await withServer(fixture) { port in
            let connection = try RawConnection(port: port)
            await connection.send(Self.streamedQuestion)
            let told = await connection.receive { $0.contains("event: token") }
            // The connection ends with the stream, and a client must know.
            #expect(told.lowercased().contains("connection: close"))
            #expect(generator.endedCount == 0)
            connection.hangUp()
            #expect(await eventually { generator.endedCount == 1 })
            #expect(
                await eventually {
                    fixture.log.lines.contains { $0.metadata["millrace.stream"] == "cancelled" }
                })
        }
    }

    @Test func `answers fifty questions at once, all of them`() async throws {
        let statuses = try await withServer(try await ServerFixture()) { port in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        try await RawConnection.exchange(
                            port: port, "POST /v1/ask", body: #"{"question": "deploys \#(number)"}"#
                        ).status
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
        }
        #expect(statuses == Array(repeating: 200, count: 50))
    }

    @Test func `refuses a body over the limit with 413, and names the limit`() async throws {
        let answer = try await withServer(try await ServerFixture()) { port in
            try await RawConnection.exchange(
                port: port, "POST /v1/ask",
                body: "{\"question\": \"\(String(repeating: "a", count: 1_200_000))\"}")
        }
        #expect(answer.status == 413)
        #expect(answer.text.contains("1048576"))
    }

    @Test func `refuses a chunked body over the limit, whose size nobody declared`() async throws {
        let text = try await withServer(try await ServerFixture()) { port in
            let connection = try RawConnection(port: port)
            await connection.send(
                "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = String(repeating: "a", count: 65_536)
            for _ in 0..<20 { await connection.send("10000\r\n\(piece)\r\n") }
            await connection.send("0\r\n\r\n")
            return await connection.receive()
        }
        #expect(text.hasPrefix("HTTP/1.1 413"))
    }

    @Test func `cuts off a sender that declares far more than the limit`() async throws {
        let text = try await withServer(try await ServerFixture()) { port in
            let connection = try RawConnection(port: port)
            await connection.send(
                "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 99999999999\r\n\r\n{")
            return await connection.receive()
        }
        #expect(text.hasPrefix("HTTP/1.1 413"))
        #expect(text.lowercased().contains("connection: close"))
    }

    @Test func `refuses a question of a million bytes, and JSON that is not JSON`() async throws {
        try await withServer(try await ServerFixture()) { port in
            let long = try await RawConnection.exchange(
                port: port, "POST /v1/ask",
                body: "{\"question\": \"\(String(repeating: "a", count: 1_000_000))\"}")
            #expect(long.status == 422)
            #expect(long.text.contains("4096"))
            let broken = try await RawConnection.exchange(port: port, "POST /v1/ask", body: "{nope")
            #expect(broken.status == 400)
        }
    }

    @Test func `gives up on a body that drips`() async throws {
        var fixture = try await ServerFixture()
        fixture.configuration.bodyTimeout = .milliseconds(400)
        let text = try await withServer(fixture) { port in
            let connection = try RawConnection(port: port)
            await connection.send(
                "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 100\r\n\r\n{")
            for _ in 0..<3 {
                try await Task.sleep(for: .milliseconds(100))
                await connection.send(" ")
            }
            return await connection.receive()
        }
        #expect(text.hasPrefix("HTTP/1.1 408"))
    }

    @Test func `closes a connection on which a request never gets whole`() async throws {
        var fixture = try await ServerFixture()
        fixture.configuration.idleTimeout = .milliseconds(500)
        try await withServer(fixture) { port in
            let connection = try RawConnection(port: port)
            await connection.send("GET /healthz HTTP/1.1\r\nHost: loc")
            #expect(await connection.receive().isEmpty)
        }
    }

    @Test func `answers what is no HTTP with 400 and goes on serving`() async throws {
        try await withServer(try await ServerFixture()) { port in
            let connection = try RawConnection(port: port)
            await connection.send("\u{1}\u{2} nonsense\r\n\r\n")
            #expect(await connection.receive().hasPrefix("HTTP/1.1 400"))
            #expect(try await RawConnection.exchange(port: port, "GET /healthz").status == 200)
        }
    }

    @Test func `keeps a connection for the next request`() async throws {
        let text = try await withServer(try await ServerFixture()) { port in
            let connection = try RawConnection(port: port)
            await connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            _ = await connection.receive { $0.contains("\"ok\"") }
            let body = #"{"question": "deploys"}"#
            await connection.send(
                "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            _ = await connection.receive { $0.contains("trace") }
            await connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return await connection.receive()
        }
        #expect(text.hasPrefix("HTTP/1.1 200"))
    }

    @Test func `takes principals from this machine, but not under another name`() async throws {
        try await withServer(try await ServerFixture()) { port in
            let hr = try await RawConnection.exchange(
                port: port, "GET /v1/status", headers: "X-Millrace-Principals: group:hr\r\n")
            #expect(hr.text.contains("\"documents\":3"))
            let connection = try RawConnection(port: port)
            await connection.send(
                "GET /v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
            #expect(await connection.receive().hasPrefix("HTTP/1.1 421"))
        }
    }

    @Test func `ends when it is told to, with a stream under way, within its grace`() async throws {
        var fixture = try await ServerFixture(generator: EndlessGenerator())
        fixture.configuration.shutdownGrace = .milliseconds(200)
        let connection = try await withServer(fixture) { port in
            let connection = try RawConnection(port: port)
            await connection.send(Self.streamedQuestion)
            _ = await connection.receive { $0.contains("event: token") }
            return connection
        }
        // The stream has ended: reading comes to its end at once, not when the connection's patience does.
        let wait = await ContinuousClock().measure { _ = await connection.receive() }
        #expect(wait < .seconds(10))
    }

    private static var streamedQuestion: String {
        let body = #"{"question": "when do deploys happen", "stream": true}"#
        return "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

@Suite(.timeLimit(.minutes(3))) struct `A server that cannot start` {
    private func start(host: String, port: Int) async throws {
        let fixture = try await ServerFixture()
        let server = try MillraceServer(
            qa: fixture.qa(), corpus: fixture.corpus, indexCount: { 0 }, flows: fixture.flows,
            configuration: ServerConfiguration(host: host, port: port),
            logger: fixture.log.logger, version: "1")
        try await server.run { _ in Issue.record("it started") }
    }

    @Test func `says that the port is in use`() async throws {
        try await withServer(try await ServerFixture()) { port in
            await #expect(throws: ServerError.portInUse(host: "127.0.0.1", port: port)) {
                try await start(host: "127.0.0.1", port: port)
            }
        }
    }

    @Test func `says that the address is another machine's`() async {
        await #expect(throws: ServerError.addressNotLocal(host: "192.0.2.1")) {
            try await start(host: "192.0.2.1", port: 0)
        }
    }

    @Test func `says that the host has no address`() async {
        await #expect(throws: ServerError.unknownHost(host: "no-such-host.invalid")) {
            try await start(host: "no-such-host.invalid", port: 0)
        }
    }

    @Test func `says it all in one line that tells what to do`() {
        let errors: [ServerError] = [
            .portInUse(host: "127.0.0.1", port: 8080), .portForbidden(host: "127.0.0.1", port: 80),
            .addressNotLocal(host: "192.0.2.1"), .unknownHost(host: "x"),
        ]
        for error in errors {
            #expect(!error.description.contains("\n"))
            #expect(error.description.contains("Choose") || error.description.contains("choose"))
        }
    }
}
