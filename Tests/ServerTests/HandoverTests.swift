import CorpusSQLite
import Foundation
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `A socket that is handed over` {
    private let folder: TemporaryDirectory
    private let operations = SocketOperations()

    init() throws {
        folder = try TemporaryDirectory()
    }

    private var path: String { folder.path("s") }

    private func adapter() throws -> HTTPAdapter {
        let server = operations.server()
        return HTTPAdapter(
            application: Application(
                operations: server.operations, scopes: try SQLiteCorpus.inMemory(),
                configuration: server.configuration, logger: server.log.logger), logger: server.log.logger,
            freshID: { "fresh" })
    }

    /// A server that runs, with the port that it listens at.
    private func begin(
        _ adapter: HTTPAdapter, on socket: ListeningSocket? = nil
    ) async throws -> (port: Int, task: Task<Void, any Error>) {
        let (ports, told) = AsyncStream<Int>.makeStream()
        let task = Task {
            defer { told.finish() }
            try await adapter.run(on: socket) { told.yield($0) }
        }
        for await port in ports { return (port, task) }
        try await task.value
        throw ServerError.failed(reason: "it ended before it was ready")
    }

    private func point(
        of adapter: HTTPAdapter, _ stop: @escaping @Sendable () -> Void
    ) -> Task<Void, Never> {
        let point = HandoverPoint(path: path, point: adapter.listening, logger: adapter.logger, stop: stop)
        return Task { await point.run() }
    }

    private func isThere() -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func `keeps who connects while nobody accepts, and has the next process answer them`() async throws
    {
        let first = try adapter()
        let (port, serving) = try await begin(first)
        let (stops, stopped) = AsyncStream<Void>.makeStream()
        let point = point(of: first) { stopped.finish() }
        #expect(await eventually { isThere() })
        let socket = try #require(try await Handover.take(from: path, host: "127.0.0.1", port: port))
        for await _ in stops {}
        serving.cancel()
        try? await serving.value
        #expect(await eventually { !isThere() })
        point.cancel()
        await point.value
        // Nobody accepts now: the system takes the connection, and what is sent over it.
        let waiting = try RawConnection(port: port)
        await waiting.send("GET /hit HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let (same, next) = try await begin(try adapter(), on: socket)
        #expect(same == port)
        #expect(await waiting.receive().hasPrefix("HTTP/1.1 200"))
        next.cancel()
        try? await next.value
    }

    @Test func `stays with its server when another port is wanted`() async throws {
        let first = try adapter()
        let (port, serving) = try await begin(first)
        let point = point(of: first) { Issue.record("it was stopped") }
        #expect(await eventually { isThere() })
        await #expect(throws: ServerError.handoverElsewhere(port: port, wanted: port % 60_000 + 1)) {
            try await Handover.take(from: path, host: "127.0.0.1", port: port % 60_000 + 1)
        }
        let asked = try RawConnection(port: port)
        await asked.send("GET /hit HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(await asked.receive().hasPrefix("HTTP/1.1 200"))
        point.cancel()
        serving.cancel()
        try? await serving.value
        await point.value
    }

    @Test func `stays with its server when other machines can reach only one of the two`() async throws {
        let first = try adapter()
        let (port, serving) = try await begin(first)
        let point = point(of: first) { Issue.record("it was stopped") }
        #expect(await eventually { isThere() })
        let refusal = ServerError.handoverOpenness(address: "127.0.0.1", wanted: "0.0.0.0")
        await #expect(throws: refusal) {
            try await Handover.take(from: path, host: "0.0.0.0", port: port)
        }
        point.cancel()
        serving.cancel()
        try? await serving.value
        await point.value
    }

    @Test func `asks for credentials where other machines can reach it, whatever the settings say`()
        async throws
    {
        let open = try ListeningSocket(host: "0.0.0.0", port: 0)
        #expect(open.address == "0.0.0.0")
        var configuration = ServerConfiguration(port: 0)
        configuration.serve(on: open)
        #expect(configuration.requiresCredentials && configuration.host == "0.0.0.0")
        // Nor is it served by a server that was made for this machine alone.
        await #expect(throws: ServerError.handoverOpenness(address: "0.0.0.0", wanted: "127.0.0.1")) {
            try await adapter().run(on: open) { _ in Issue.record("it serves") }
        }
        let own = try ListeningSocket(host: "127.0.0.1", port: 0)
        defer { own.close() }
        var unchanged = ServerConfiguration(host: "localhost", port: 0)
        unchanged.serve(on: own)
        #expect(unchanged.host == "localhost" && !unchanged.requiresCredentials)
    }

    @Test func `is asked for by one that is slow or hangs up, which ends nothing but its own turn`() throws {
        let point = try HandoverSocket.listening(at: path)
        defer { point.close() }
        let slow = try #require(try HandoverSocket.connected(to: path))
        let accepted = try #require(point.accepted())
        defer { accepted.close() }
        let failure = #expect(throws: SocketFailure.self) {
            try accepted.line(within: .milliseconds(20))
        }
        #expect(failure?.description == "it is too slow")
        try slow.send(HandoverSocket.greeting)
        #expect(try accepted.line() == HandoverSocket.greeting)
        slow.close()
        // Were it written, the process would end here.
        #expect(throws: SocketFailure.self) { try accepted.send(HandoverSocket.taken) }
    }

    @Test func `is none where nobody serves`() async throws {
        #expect(try await Handover.take(from: path, host: "127.0.0.1", port: 0) == nil)
        try folder.write("", to: "s")
        #expect(try await Handover.take(from: path, host: "127.0.0.1", port: 0) == nil)
        let long = folder.path(String(repeating: "long", count: 40))
        await #expect(throws: ServerError.self) {
            try await Handover.take(from: long, host: "127.0.0.1", port: 0)
        }
    }

    @Test func `comes from systemd for this process alone, and only one`() throws {
        #expect(try ListeningSocket.inherited([:]) == nil)
        #expect(try ListeningSocket.inherited(["LISTEN_PID": "1", "LISTEN_FDS": "1"]) == nil)
        #expect(throws: ServerError.self) {
            try ListeningSocket.inherited(["LISTEN_PID": String(getpid()), "LISTEN_FDS": "2"])
        }
        let plain = open("/dev/null", O_RDONLY)
        #expect(throws: ServerError.notListening) { try ListeningSocket(handedOver: plain) }
    }
}
