import Foundation
import TestSupport
import Testing
import Transport

/// Servers that share a Redis, and what becomes of them without it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Servers that share a memory` {
    private let folder: TemporaryDirectory
    private let redis: RedisServer
    private let client: CurlHTTPClient

    init() throws {
        folder = try TemporaryDirectory()
        redis = try RedisServer()
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        client = try CurlHTTPClient(configuration: direct)
    }

    private var settings: [String] {
        ["--set", "cache.redis=redis://127.0.0.1:\(redis.port)", "--set", "server.requests_per_minute=10"]
    }

    private var environment: [String: String] { ["MILLRACE_CACHE_REDIS_PASSWORD": redis.password] }

    private func server(_ name: String) async throws -> (program: RunningProgram, port: Int) {
        try await RunningProgram.server(
            data: folder.url.appendingPathComponent(name), settings, environment: environment)
    }

    private func search(_ port: Int) async throws -> Int {
        try await client.send(
            HTTPRequest(
                method: "POST", url: "http://127.0.0.1:\(port)/v1/search",
                headers: [("Content-Type", "application/json")],
                body: Data(#"{"query": "pumps"}"#.utf8))
        ).head.status
    }

    /// Whether the server says that it reaches the memory; asking is what has it look.
    private func reaches(_ port: Int) async throws -> Bool {
        _ = try await search(port)
        let response = try await client.send(HTTPRequest(url: "http://127.0.0.1:\(port)/metrics"))
        return String(decoding: response.body, as: UTF8.self).contains("millrace_shared_reachable 1\n")
    }

    @Test func `count a caller's requests together, and each for itself while it is gone`() async throws {
        let (one, onePort) = try await server("one")
        let (other, otherPort) = try await server("other")
        while try await search(onePort) != 429 {}
        // What one server let through, the other's own bucket knows nothing of: alone it would let all of these through.
        var statuses: [Int] = []
        for _ in 0..<5 { statuses.append(try await search(otherPort)) }
        #expect(statuses.contains(429), "\(statuses)")
        redis.kill()
        while try await reaches(otherPort) { try await Task.sleep(for: .milliseconds(20)) }
        redis.start()
        while try await !reaches(otherPort) { try await Task.sleep(for: .milliseconds(100)) }
        for program in [one, other] {
            program.send(SIGTERM)
            #expect(try await program.end(withinSeconds: 20) == 0, "\(program.errors)")
            #expect(!program.errors.contains(redis.password))
        }
        #expect(other.errors.contains("the shared memory is lost"), "\(other.errors)")
        #expect(other.errors.contains("the shared memory is there again"), "\(other.errors)")
    }

    @Test func `begin without it`() async throws {
        redis.kill()
        let (program, port) = try await server("one")
        #expect(try await search(port) == 200)
        program.send(SIGTERM)
        #expect(try await program.end(withinSeconds: 20) == 0, "\(program.errors)")
    }

    @Test func `have the doctor say what it is`() throws {
        func finding() throws -> String {
            let run = try CommandLineRun(
                ["doctor"] + settings, data: folder.url.appendingPathComponent("one"),
                environment: environment)
            let lines = run.output.split(separator: "\n").filter { $0.contains("shared memory: ") }
            return lines.map(String.init).joined()
        }
        let fine = try finding()
        #expect(fine.contains("ok") && fine.contains("allkeys-lru") && fine.contains("Redis "), "\(fine)")
        redis.command("REPLICAOF", "127.0.0.1", "1")
        #expect(try finding().contains("FAIL"))
        redis.kill()
        #expect(try finding().contains("cannot be reached"))
    }
}
