import Foundation
import TestSupport
import Testing
import Transport

/// Servers that share a PostgreSQL and a Redis, with the built program.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Servers that share a database` {
    private let folder: TemporaryDirectory
    private let server: PostgresServer
    private let redis: RedisServer
    private let schema = PostgresServer.freshSchema()
    private let client: CurlHTTPClient

    init() throws {
        folder = try TemporaryDirectory()
        server = try PostgresServer.shared(.v18)
        redis = try RedisServer()
        var direct = HTTPClientConfiguration()
        direct.proxy = .none
        client = try CurlHTTPClient(configuration: direct)
    }

    private func settings(_ more: [String]) -> [String] {
        ([
            "database.provider=postgres", "database.host=\(server.host)", "database.port=\(server.port)",
            "database.name=\(server.database)", "database.user=\(server.user)", "database.schema=\(schema)",
            "database.tls=disable", "cache.redis=redis://127.0.0.1:\(redis.port)",
            "auth.anonymous_scopes=search, ask, flows, admin",
        ] + more).flatMap { ["--set", $0] }
    }

    private var environment: [String: String] {
        [
            "MILLRACE_DATABASE_PASSWORD": server.password, "MILLRACE_CACHE_REDIS_PASSWORD": redis.password,
            "MILLRACE_DATABASE_SEAL_KEYS": "k1 \(Data(repeating: 7, count: 32).base64EncodedString())",
        ]
    }

    private func data(_ name: String) -> URL { folder.url.appendingPathComponent(name) }

    private func serve(_ name: String, _ more: [String] = []) async throws -> (RunningProgram, Int) {
        try await RunningProgram.server(data: data(name), settings(more), environment: environment)
    }

    private func body(_ port: Int, _ path: String, _ json: String? = nil) async throws -> String {
        var request = HTTPRequest(url: "http://127.0.0.1:\(port)\(path)")
        if let json {
            request = HTTPRequest(
                method: "POST", url: "http://127.0.0.1:\(port)\(path)",
                headers: [("Content-Type", "application/json")], body: Data(json.utf8))
        }
        return String(decoding: try await client.send(request).body, as: UTF8.self)
    }

    @Test func `answer from what another has answered, and go on without the memory`() async throws {
        let ingest = try CommandLineRun(
            ["ingest", "--export", Fixtures.url("space").path] + settings([]), data: data("one"),
            environment: environment)
        #expect(ingest.status == 0, "\(ingest.errors)")
        let (one, onePort) = try await serve("one")
        let (other, otherPort) = try await serve("other")
        let question = #"{"question": "How long do we keep access logs?"}"#
        // Until both are known to be level with the database, each answers by itself.
        var number = 0
        let none = "millrace_shared_results_total{outcome=\"found\"} 0"
        while try await body(otherPort, "/metrics").contains(none) {
            number += 1
            let asked = question.replacing("?", with: String(repeating: "?", count: number))
            let first = try await body(onePort, "/v1/ask", asked)
            let second = try await body(otherPort, "/v1/ask", asked)
            #expect(first.contains("\"answer\"") && second.contains("\"answer\""), "\(first) \(second)")
        }
        #expect(try await body(otherPort, "/metrics").contains("millrace_shared_results_total"))
        #expect(number > 0)
        redis.kill()
        #expect(try await body(otherPort, "/v1/ask", question).contains("\"answer\""))
        for program in [one, other] {
            program.send(SIGTERM)
            #expect(try await program.end(withinSeconds: 20) == 0, "\(program.errors)")
        }
    }

    @Test func `count what a run used for whoever asked, whichever of them carries it out`() async throws {
        let ingest = try CommandLineRun(
            ["ingest", "--export", Fixtures.url("space").path] + settings([]), data: data("one"),
            environment: environment)
        #expect(ingest.status == 0, "\(ingest.errors)")
        let (one, onePort) = try await serve("one", ["flows.workers=0"])
        let asked = try await body(
            onePort, "/v1/runs",
            #"{"flow": "question-answering", "input": "How long do we keep access logs?", "async": true}"#)
        func object(_ text: String) throws -> [String: Any]? {
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        }
        let id = try #require(try object(asked)?["id"] as? String, "\(asked)")
        func tokens() async throws -> Int {
            let usage = try object(try await body(onePort, "/v1/usage?by=model"))
            return (usage?["total"] as? [String: Any])?["input_tokens"] as? Int ?? -1
        }
        #expect(try await tokens() == 0, "it waits for a worker")
        let (other, _) = try await serve("other")
        var state = ""
        while state != "finished" {
            state = try object(try await body(onePort, "/v1/runs/\(id)"))?["state"] as? String ?? ""
            try #require(["queued", "running", "finished"].contains(state), "\(state)")
            try await Task.sleep(for: .milliseconds(50))
        }
        other.send(SIGTERM)
        #expect(try await other.end(withinSeconds: 20) == 0, "\(other.errors)")
        // The question's vector at the least, as the model of that process counted it.
        let used = try await tokens()
        #expect(used > 0)
        #expect(try await tokens() == used, "once")
        one.send(SIGTERM)
        #expect(try await one.end(withinSeconds: 20) == 0, "\(one.errors)")
    }

    private func put(_ port: Int, _ path: String, _ json: String) async throws -> Int {
        try await client.send(
            HTTPRequest(
                method: "PUT", url: "http://127.0.0.1:\(port)\(path)",
                headers: [("Content-Type", "application/json")], body: Data(json.utf8))
        ).head.status
    }

    @Test func `have the same collections, and what was in a folder of before`() async throws {
        let scopes = ["auth.anonymous_scopes=search, ask, flows, admin, ingest"]
        // Alone at first, with the database in its folder.
        let (alone, alonePort) = try await RunningProgram.server(
            data: data("one"), scopes.flatMap { ["--set", $0] })
        #expect(try await put(alonePort, "/v1/collections/old", #"{"dimension": 2}"#) == 201)
        _ = try await body(
            alonePort, "/v1/collections/old/points", #"{"points": [{"id": 7, "vector": [1, 2]}]}"#)
        alone.send(SIGTERM)
        #expect(try await alone.end(withinSeconds: 20) == 0, "\(alone.errors)")
        let (one, onePort) = try await serve("one", scopes)
        let (other, otherPort) = try await serve("other", scopes)
        #expect(try await body(otherPort, "/v1/collections/old/count", "{}") == #"{"count":1}"#)
        #expect(try await put(onePort, "/v1/collections/things", #"{"dimension": 2}"#) == 201)
        #expect(try await put(otherPort, "/v1/collections/things", #"{"dimension": 2}"#) == 200)
        _ = try await body(
            otherPort, "/v1/collections/things/points", #"{"points": [{"id": "a", "vector": [1, 2]}]}"#)
        // Acknowledged by the other, and found here as soon as this one has followed.
        let query = #"{"vector": [1, 2], "k": 3}"#
        while try await !body(onePort, "/v1/collections/things/query", query).contains(#""id":"a""#) {
            try await Task.sleep(for: .milliseconds(50))
        }
        for program in [one, other] {
            program.send(SIGTERM)
            #expect(try await program.end(withinSeconds: 20) == 0, "\(program.errors)")
        }
        let back = data("back")
        let moved = try CommandLineRun(
            ["migrate", "--from", "postgres:", "--to", "sqlite:\(back.path)"] + settings([]),
            data: data("one"), environment: environment)
        #expect(moved.status == 0 && moved.output.contains("“things” was moved, points: 1"), "\(moved)")
        let (again, port) = try await RunningProgram.server(
            data: back, scopes.flatMap { ["--set", $0] })
        #expect(try await body(port, "/v1/collections/things/query", query).contains(#""id":"a""#))
        #expect(try await body(port, "/v1/collections/old/count", "{}") == #"{"count":1}"#)
        again.send(SIGTERM)
        #expect(try await again.end(withinSeconds: 20) == 0, "\(again.errors)")
    }

    @Test func `tell each other's settings by name, once, and the doctor as well`() async throws {
        let (one, onePort) = try await serve("one", ["search.ef_search=64"])
        let (other, otherPort) = try await serve("other", ["search.ef_search=200"])
        let differing = "millrace_nodes_differing{group=\"search\"} 1"
        for port in [onePort, otherPort] {
            while try await !body(port, "/metrics").contains(differing) {
                try await Task.sleep(for: .milliseconds(100))
            }
            let nodes = try await body(port, "/v1/nodes")
            #expect(nodes.contains("search.ef_search") && !nodes.contains("\"200\""), "\(nodes)")
        }
        let doctor = try CommandLineRun(
            ["doctor"] + settings([]), data: data("third"), environment: environment)
        let line = doctor.output.split(separator: "\n").first { $0.contains("other processes") } ?? ""
        #expect(line.contains("FAIL") && line.contains("search.ef_search"), "\(doctor.output)")
        for program in [one, other] {
            program.send(SIGTERM)
            #expect(try await program.end(withinSeconds: 20) == 0, "\(program.errors)")
            let lines = program.errors.split(separator: "\n").filter {
                $0.contains("another process of this database differs")
            }
            #expect(
                lines.count == 1 && lines.first?.contains("search.ef_search") == true, "\(program.errors)")
            #expect(!program.errors.contains(server.password))
        }
    }
}
