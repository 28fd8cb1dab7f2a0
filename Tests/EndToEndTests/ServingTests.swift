import Foundation
import TestSupport
import Testing
import Transport

/// A Confluence that takes connections and never answers, on a port of its own choosing.
private final class SilentServer: Sendable {
    private let descriptor: Int32
    let port: Int

    init() throws {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
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
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
        try #require(isListening)
    }

    deinit { close(descriptor) }

    /// Whether somebody has connected since the last time; the connection stays open, and silent.
    func wasCalled() -> Bool { accept(descriptor, nil, nil) >= 0 }
}

/// What `serve` keeps running, and how it ends.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `What serve keeps running` {
    private let folder: TemporaryDirectory
    private let data: URL

    init() throws {
        folder = try TemporaryDirectory()
        data = folder.url.appendingPathComponent("data")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `ends at once and well when it is told to`(signal: Int32) async throws {
        let (server, _) = try await RunningProgram.server(data: data)
        server.send(signal)
        #expect(try await server.end(withinSeconds: 10) == 0, "\(server.errors)")
        #expect(!server.errors.contains("error"), "\(server.errors)")
    }

    @Test func `says of a folder that holds nothing that it holds nothing`() async throws {
        let (server, _) = try await RunningProgram.server(data: data)
        try await server.wait(for: "what it says") { $0.errors.contains("holds no documents yet") }
        #expect(server.errors.contains(data.path), "\(server.errors)")
        server.send(SIGINT)
        #expect(try await server.end(withinSeconds: 10) == 0)
    }

    private static let secret = ["MILLRACE_CONFLUENCE_WEBHOOK_SECRET": "secret"]

    private func follow(_ confluence: SilentServer) async throws -> (program: RunningProgram, port: Int) {
        try await RunningProgram.server(
            data: data, ["--set", "confluence.url=http://127.0.0.1:\(confluence.port)/wiki"],
            environment: Self.secret)
    }

    @Test func `ends at once while it reads from Confluence, and goes on when it starts again`() async throws
    {
        let confluence = try SilentServer()
        let (server, port) = try await follow(confluence)
        // HMAC-SHA256 of the body with the key “secret”.
        let signature = "sha256=aaac453cf79be16f9ab16c5b610532d7bf9850b98293458f04bf5a8a5b84a6ea"
        let body = #"{"timestamp":1700000000000,"event":"page_updated","page":{"id":41}}"#
        let delivery = HTTPRequest(
            method: "POST", url: "http://127.0.0.1:\(port)/v1/webhooks/confluence",
            headers: [("Content-Type", "application/json"), ("X-Hub-Signature", signature)],
            body: Data(body.utf8))
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        #expect(try await CurlHTTPClient(configuration: direct).send(delivery).head.status == 202)
        try await server.wait(for: "a request to Confluence") { _ in confluence.wasCalled() }
        server.send(SIGINT)
        #expect(try await server.end(withinSeconds: 15) == 0, "\(server.errors)")

        // What was accepted and not read is read by the next one, without being told again.
        let (next, _) = try await follow(confluence)
        try await next.wait(for: "the request that was left") { _ in confluence.wasCalled() }
        next.send(SIGTERM)
        #expect(try await next.end(withinSeconds: 15) == 0, "\(next.errors)")
    }

    @Test func `ends with the error of the part that fails, its other parts with it`() async throws {
        let (server, port) = try await RunningProgram.server(data: data)
        let other = folder.url.appendingPathComponent("other")
        let second = try RunningProgram(
            ["serve", "--port", "\(port)", "--set", "confluence.url=http://127.0.0.1:1/wiki"], data: other,
            environment: Self.secret)
        #expect(try await second.end(withinSeconds: 30) == 1)
        #expect(second.errors.contains("Port \(port) of 127.0.0.1 is in use"), "\(second.errors)")
        server.send(SIGTERM)
        #expect(try await server.end(withinSeconds: 10) == 0)
    }
}

/// Ctrl-C in the middle of an ingest.
@Suite(.timeLimit(.minutes(5))) struct `An interrupted ingest` {
    @Test func `ends soon, keeps what is stored, and is taken up by the same command`() async throws {
        let folder = try TemporaryDirectory()
        let pages = folder.url.appendingPathComponent("pages")
        for number in 1...160 {
            let text = (1...40).map { "Pump \(number) turns wheel \($0) of the mill." }
            try folder.write(
                "# Page \(number)\n\n" + text.joined(separator: "\n\n"), to: "pages/page-\(number).md")
        }
        let data = folder.url.appendingPathComponent("data")
        let arguments = ["ingest", "--export", pages.path]
        let ingest = try RunningProgram(arguments, data: data)
        try await ingest.wait(for: "its progress") { $0.errors.contains(" chunks") }
        ingest.send(SIGINT)
        #expect(try await ingest.end(withinSeconds: 30) == 130, "\(ingest.output) \(ingest.errors)")

        let again = try CommandLineRun(arguments, data: data)
        #expect(again.status == 0, "\(again.errors)")
        let found = try CommandLineRun(
            ["search", "pump 160 wheel 40", "--mode", "keyword", "--json"], data: data)
        #expect(found.output.contains("Page 160"), "\(found.output.prefix(400))")
    }
}
