import Foundation
import HTTPTypes
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(4))) struct `A server with a certificate, over HTTP/2` {
    private let folder: TemporaryDirectory
    private let operations = SocketOperations()

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func server(_ pair: CertificatePair) -> OperationServer {
        operations.server {
            $0.tls = pair.files
            $0.headerTimeout = .seconds(2)
            $0.shutdownGrace = .seconds(1)
        }
    }

    @Test func `answers a client that chooses it, and one that does not`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        try await server(pair).run { port in
            let (status, text) = try await pair.ask(port, as: "localhost", "--http2")
            #expect(status == 0, "\(text)")
            #expect(text.hasPrefix("http/2 200"))
            #expect(text.contains("\"count\":1"))
            let (_, old) = try await pair.ask(port, as: "localhost", "--http1.1")
            #expect(old.hasPrefix("http/1.1 200"))
        }
    }

    @Test func `does not speak it where that is not wanted`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        var server = server(pair)
        server.configuration.http2 = false
        try await server.run { port in
            let (_, text) = try await pair.ask(port, as: "localhost", "--http2")
            #expect(text.hasPrefix("http/1.1 200"))
        }
    }

    @Test func `takes a body, also from a client that waits to be asked for it`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        try folder.write(String(repeating: "x", count: 3_000_000), to: "body")
        let body = folder.path("body")
        try await server(pair).run { port in
            for expectation in ["Expect:", "Expect: 100-continue"] {
                let (status, text) = try await pair.ask(
                    port, as: "localhost", "--http2", "--data-binary", "@\(body)", "--header",
                    "Content-Type: application/octet-stream", "--header", expectation,
                    "--expect100-timeout", "60", at: "/upload")
                #expect(status == 0, "\(text)")
                #expect(text.contains("\"count\":3000000"), "\(text)")
            }
        }
    }

    @Test func `tells problems as it does otherwise`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        try folder.write(String(repeating: "x", count: 5_000_000), to: "body")
        let body = folder.path("body")
        try await server(pair).run { port in
            let (_, host) = try await pair.ask(port, as: "localhost", "--http2", "--header", "Host: a@b")
            #expect(host.hasPrefix("http/2 400"))
            #expect(host.contains("urn:millrace:problem:malformed-host"))
            #expect(!host.contains("connection: close"))
            let (_, large) = try await pair.ask(
                port, as: "localhost", "--http2", "--data-binary", "@\(body)", "--header",
                "Content-Type: application/octet-stream", at: "/upload")
            #expect(large.contains("urn:millrace:problem:body-too-large"))
            let (_, unknown) = try await pair.ask(port, as: "localhost", "--http2", at: "/unknown")
            #expect(unknown.hasPrefix("http/2 404"))
        }
    }

    @Test func `answers many requests of one connection side by side`() async throws {
        let pair = try await CertificatePair("first", in: folder)
        try await server(pair).run { [operations] port in
            async let answered = output(
                of: [
                    "curl", "--silent", "--show-error", "--noproxy", "*", "--max-time", "60", "--cacert",
                    pair.certificate, "--http2", "--parallel", "--parallel-max", "40", "--write-out",
                    "%{http_version} %{response_code}\\n",
                ] + (0..<40).flatMap { _ in ["--output", "/dev/null", "https://localhost:\(port)/wait"] })
            #expect(await eventually { operations.hits.withLock { $0 } == 40 })
            operations.gate.open()
            // Beside them some versions of curl tell of their progress, silent or not.
            let lines = try await answered.text.split(separator: "\n")
            #expect(lines.count { $0 == "2 200" } == 40, "\(lines)")
        }
    }

    /// What the server did to a client that breaks the protocol, and to the next one.
    private func end(of way: String) async throws -> JSONValue {
        let pair = try await CertificatePair("first", in: folder)
        let script = Fixtures.checkout.appendingPathComponent("Tests/TestSupport/http2_client.py").path
        var server = server(pair)
        server.configuration.bodyTimeout = .seconds(2)
        server.configuration.writeTimeout = .seconds(2)
        return try await server.run { port in
            let told = try await output(of: ["python3", script, String(port), way])
            let (status, text) = try await pair.ask(port, as: "localhost", "--http2")
            #expect(status == 0 && text.hasPrefix("http/2 200"), "\(text)")
            return try JSONDecoder().decode(JSONValue.self, from: Data(told.text.utf8))
        }
    }

    @Test(arguments: ["silence", "preface"])
    func `ends a connection on which no request comes`(way: String) async throws {
        #expect(try await end(of: way)["closed"] == .flag(true))
    }

    @Test(arguments: ["resets", "pings", "settings"])
    func `ends a connection that floods it, and says so`(way: String) async throws {
        let end = try await end(of: way)
        #expect(end["closed"] == .flag(true))
        // ENHANCE_YOUR_CALM, where it still arrives: the client was sending all the time.
        #expect([.number(11), .null].contains(end["goaway"]))
    }

    @Test func `ends a connection whose header has no end`() async throws {
        #expect(try await end(of: "header")["closed"] == .flag(true))
    }

    @Test(arguments: ["trickle", "dribble"])
    func `ends a connection whose header comes byte by byte, although another request is under way`(
        way: String
    ) async throws {
        let end = try await end(of: way)
        #expect(end["closed"] == .flag(true))
        #expect([.number(11), .null].contains(end["goaway"]))
    }

    @Test func `tells a client that its body does not come`() async throws {
        let end = try await end(of: "half")
        #expect(end["statuses"] == .number(1))
        #expect(end["closed"] == .flag(true) || end["resets"] == .number(1))
    }

    @Test func `ends a stream that is at fault, and answers those beside it`() async throws {
        let end = try await end(of: "faulty")
        #expect(end["closed"] == .flag(false))
        #expect(end["goaway"] == .null)
        #expect(end["resets"] == .number(1))
        #expect(end["statuses"] == .number(2))
    }

    @Test func `ends a connection of too many streams that are at fault, and says so`() async throws {
        let end = try await end(of: "faults")
        #expect(end["closed"] == .flag(true))
        #expect([.number(11), .null].contains(end["goaway"]))
    }

    @Test func `tells all of a problem to a client that ends its body because of it`() async throws {
        let end = try await end(of: "stopped")
        #expect(end["codes"] == .list([]))
        #expect(end["ends"] == .number(1))
        #expect(end["body"]?.text?.contains("urn:millrace:problem:body-too-large") == true, "\(end)")
    }

    @Test func `tells all of a problem before it ends a stream whose body it does not want`() async throws {
        let end = try await end(of: "overdone")
        // NO_ERROR (RFC 9113, section 8.1).
        #expect(end["codes"] == .list([.number(0)]))
        #expect(end["ends"] == .number(1))
        #expect(end["body"]?.text?.contains("urn:millrace:problem:body-too-large") == true, "\(end)")
    }

    @Test(arguments: ["short", "surplus", "lengths", "sign", "bare", "trailer"])
    func `resets a stream whose body is not as long as it says`(way: String) async throws {
        let end = try await end(of: way)
        // PROTOCOL_ERROR, and nothing else.
        #expect(end["codes"] == .list([.number(1)]))
        #expect(end["statuses"] == .number(0))
        #expect(end["goaway"] == .null)
    }

    @Test func `ends a connection of too many bodies that are not as long as they say, and says so`()
        async throws
    {
        let end = try await end(of: "shortfalls")
        #expect(end["closed"] == .flag(true))
        #expect([.number(11), .null].contains(end["goaway"]))
    }

    @Test func `ends a stream whose window stays closed`() async throws {
        let end = try await end(of: "stall")
        #expect(end["statuses"] == .number(1))
        #expect(end["resets"] == .number(1))
    }
}
