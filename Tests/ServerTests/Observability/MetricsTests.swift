import Corpus
import Foundation
import HTTPTypes
import TestSupport
import Testing
import TextIndex
import VectorIndex

@testable import Server

/// A fixture's application whose metrics are looked at.
private struct Observed {
    let fixture: ServerFixture
    let application: Application

    init(_ fixture: ServerFixture, _ metrics: ServedMetrics = ServedMetrics()) throws {
        self.fixture = fixture
        application = Application(
            qa: try fixture.qa(), corpus: fixture.corpus,
            indexCount: { [index = fixture.index] in index.count },
            flows: fixture.flows, configuration: fixture.configuration, logger: fixture.log.logger,
            version: "1.2.3", metrics: metrics)
    }

    init() async throws {
        let fixture = try await ServerFixture()
        try self.init(fixture, ServedMetrics(wordCount: { [words = fixture.words] in words.count }))
    }

    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: String, json: String? = nil, headers: HTTPFields = [:],
        host: String = "localhost", peer: String? = "127.0.0.1"
    ) async throws -> APIResponse {
        var headers = headers
        if json != nil { headers[.contentType] = "application/json" }
        let response = await application.respond(
            to: APIRequest(
                method: method, path: path, host: host, headers: headers, body: Data((json ?? "").utf8),
                peer: peer, id: "test-1"))
        if let match = try? application.router.match(method: method, path: path) {
            try ContractCheck.check(response, of: match.operation)
        }
        return response
    }

    func metrics() async throws -> Exposition {
        let response = try await send(.get, "/metrics")
        #expect(response.status == .ok)
        return try Exposition(String(decoding: response.data ?? Data(), as: UTF8.self))
    }
}

private let requests = "millrace_http_requests_total"

@Suite(.timeLimit(.minutes(2))) struct `What the server counts` {
    @Test func `is each request, by its operation and its status's class`() async throws {
        let server = try await Observed()
        for _ in 0..<3 { try await server.send(.get, "/healthz") }
        try await server.send(.post, "/v1/ask", json: #"{"question": "when do deploys happen"}"#)
        try await server.send(.post, "/v1/ask", json: "{")
        try await server.send(.get, "/no/such/address")
        try await server.send(.head, "/v1/status")
        let counted = try await server.metrics()
        #expect(counted.value(requests, ["operation": "healthz", "status": "2xx"]) == 3)
        #expect(counted.value(requests, ["operation": "ask", "status": "2xx"]) == 1)
        #expect(counted.value(requests, ["operation": "ask", "status": "4xx"]) == 1)
        #expect(counted.value(requests, ["operation": "ask", "status": "5xx"]) == 0)
        #expect(counted.value(requests, ["operation": "none", "status": "4xx"]) == 1)
        #expect(counted.value(requests, ["operation": "status", "status": "2xx"]) == 1)
        #expect(counted.value(requests, ["operation": "metrics", "status": "2xx"]) == 0)
        let times = "millrace_http_request_duration_seconds_count"
        #expect(counted.value(times, ["operation": "healthz"]) == 3)
        #expect(counted.value(times, ["operation": "ask"]) == 2)
        #expect(counted.value(times, ["operation": "search"]) == nil)
        // The one that asks for it.
        #expect(counted.value("millrace_http_requests_in_flight") == 1)
        let again = try await server.metrics()
        #expect(again.value(requests, ["operation": "metrics", "status": "2xx"]) == 1)
    }

    @Test func `tells every operation apart`() async throws {
        let server = try await Observed()
        let counted = try await server.metrics()
        for operation in server.application.router.operations {
            #expect(
                counted.value(requests, ["operation": operation.countedAs, "status": "2xx"]) != nil,
                "\(operation.id)")
        }
    }

    @Test func `has a stream in flight until it is over, and its failure after its status`() async throws {
        let server = try await Observed()
        let ask = #"{"question": "when do deploys happen", "stream": true}"#
        let response = try await server.send(.post, "/v1/ask", json: ask)
        var counted = try await server.metrics()
        #expect(counted.value("millrace_http_requests_in_flight") == 2)
        #expect(counted.value("millrace_turns", ["state": "running"]) == 1)
        #expect(counted.value(requests, ["operation": "ask", "status": "2xx"]) == 0)
        _ = try await response.events()
        counted = try await server.metrics()
        #expect(counted.value("millrace_http_requests_in_flight") == 1)
        #expect(counted.value(requests, ["operation": "ask", "status": "2xx"]) == 1)

        let failing = try Observed(try await ServerFixture(generator: FailingGenerator()))
        let broken = try await failing.send(.post, "/v1/ask", json: ask)
        #expect(broken.status == .ok)
        _ = try await broken.events()
        counted = try await failing.metrics()
        #expect(counted.value(requests, ["operation": "ask", "status": "5xx"]) == 1)
    }

    @Test func `is not kept waiting by a stream that nobody begins to read`() async throws {
        let server = try await Observed()
        try await server.send(.post, "/v1/ask", json: #"{"question": "deploys", "stream": true}"#)
        let counted = try await server.metrics()
        #expect(counted.value("millrace_http_requests_in_flight") == 1)
        #expect(counted.value(requests, ["operation": "ask", "status": "4xx"]) == 1)
    }

    @Test func `is told with what is stored, indexed, kept and queued`() async throws {
        let server = try await Observed()
        let search = #"{"query": "deploys", "mode": "vector"}"#
        try await server.send(.post, "/v1/search", json: search)
        try await server.send(.post, "/v1/search", json: search)
        let counted = try await server.metrics()
        #expect(counted.value("millrace_build_info", ["version": "1.2.3"]) == 1)
        #expect(counted.value("millrace_passages") == 3)
        #expect(counted.value("millrace_index_entries", ["index": "vectors"]) == 3)
        #expect(counted.value("millrace_index_entries", ["index": "words"]) == 3)
        let synced = try Date("2026-11-20T08:00:00Z", strategy: .iso8601).timeIntervalSince1970
        #expect(counted.value("millrace_last_sync_timestamp_seconds") == synced)
        #expect(counted.value("millrace_cache_misses_total", ["cache": "embeddings"]) == 1)
        #expect(counted.value("millrace_cache_hits_total", ["cache": "embeddings"]) ?? 0 >= 1)
        #expect(counted.value("millrace_cache_entries", ["cache": "embeddings"]) == 1)
        #expect(counted.value("millrace_runs", ["state": "queued"]) == 0)
        #expect(counted.value("millrace_turns", ["state": "waiting"]) == 0)
        let limit = Double(ServerConfiguration().maxConcurrentRuns)
        #expect(counted.value("millrace_turns_limit", ["state": "running"]) == limit)
        for collector in ["caches", "runs", "turns", "indexes", "corpus", "process"] {
            #expect(counted.value("millrace_collector_success", ["collector": collector]) == 1)
        }
        #if os(Linux)
            #expect(counted.value("process_resident_memory_bytes") ?? 0 > 1_000_000)
            #expect(counted.value("process_open_fds") ?? 0 >= 3)
            #expect(counted.value("process_cpu_seconds_total") ?? 0 > 0)
        #endif
        #expect(counted.value("millrace_uptime_seconds") ?? -1 >= 0)
    }

    @Test func `is told without what could not be read`() async throws {
        struct Refusal: Error {}
        let metrics = ServerMetrics(
            of: [], ServedMetrics(), version: "1",
            sources: [
                MetricsSource("broken") { throw Refusal() },
                MetricsSource("whole") { [.single(.gauge, "millrace_x", 7, "h")] },
            ])
        let counted = try Exposition(MetricsText.text(await metrics.families()))
        #expect(counted.value("millrace_collector_success", ["collector": "broken"]) == 0)
        #expect(counted.value("millrace_collector_success", ["collector": "whole"]) == 1)
        #expect(counted.value("millrace_x") == 7)
    }

    @Test func `says nothing of who asked, what was asked and what was found`() async throws {
        let server = try await Observed()
        let hr = HTTPFields.principals("user:hana, group:hr")
        for path in ["/v1/ask", "/v1/search"] {
            let json =
                #"{"\#(path == "/v1/ask" ? "question" : "query")": "which elephants get compensation"}"#
            try await server.send(.post, path, json: json, headers: hr)
        }
        try await server.send(.get, "/v1/flows/elephants", headers: hr)
        try await server.send(.get, "/elephants", headers: hr)
        let response = try await server.send(.get, "/metrics")
        let text = String(decoding: response.data ?? Data(), as: UTF8.self)
        for word in ServerFixture.secrets + ["elephants", "hana", "group:", "ENG"] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func `has no label that a request can make up`() async throws {
        let server = try await Observed()
        let before = try await server.metrics()
        for number in 0..<50 {
            try await server.send(.get, "/v1/flows/flow-\(number)")
            try await server.send(
                .post, "/v1/flows/flow-\(number)/run", json: #"{"input": {"question": "a"}}"#)
            try await server.send(HTTPRequest.Method("M\(number)") ?? .get, "/v1/ask")
        }
        let after = try await server.metrics()
        #expect(after.values(of: "operation") == before.values(of: "operation"))
        #expect(after.values(of: "status").isSubset(of: ["1xx", "2xx", "3xx", "4xx", "5xx"]))
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Who may read the metrics` {
    private func server(isOpen: Bool) async throws -> Observed {
        var fixture = try await ServerFixture()
        // On loopback alone, a foreign Host would be refused before.
        fixture.configuration.host = "0.0.0.0"
        return try Observed(fixture, ServedMetrics(isOpenToOthers: isOpen))
    }

    @Test(arguments: ["10.0.0.5", "::ffff:10.0.0.5", "2001:db8::1", nil])
    func `another machine may not, unless they are opened`(peer: String?) async throws {
        let closed = try await server(isOpen: false)
        let refused = try await closed.send(.get, "/metrics", peer: peer)
        #expect(refused.status == .forbidden)
        let problem = try refused.json
        #expect(problem["type"] == .text("urn:millrace:problem:this-machine-only"))
        #expect(problem["detail"]?.text?.contains("millrace_") == false)
        let opened = try await server(isOpen: true)
        #expect(try await opened.send(.get, "/metrics", peer: peer).status == .ok)
    }

    @Test(arguments: ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"])
    func `who comes through a proxy on this machine may not`(name: String) async throws {
        let field = try #require(HTTPField.Name(name))
        let closed = try await server(isOpen: false)
        let headers: HTTPFields = [field: "for=10.0.0.5"]
        #expect(try await closed.send(.get, "/metrics", headers: headers).status == .forbidden)
    }

    @Test func `a page that has a name of its own lead here may not`() async throws {
        let closed = try await server(isOpen: false)
        #expect(try await closed.send(.get, "/metrics", host: "evil.example").status == .forbidden)
    }

    @Test(arguments: ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
    func `this machine may`(peer: String) async throws {
        let closed = try await server(isOpen: false)
        let response = try await closed.send(.get, "/metrics", peer: peer)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    }
}
