import Foundation
import HTTPTypes
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `GET /v1/traces` {
    private let fixture: ServerFixture

    init() async throws {
        var fixture = try await ServerFixture()
        fixture.tracer = RequestTracer(TraceSettings(slow: .zero))
        self.fixture = fixture
    }

    private func ask(_ headers: HTTPFields = [:]) async throws -> APIResponse {
        try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "When do deploys happen?"}"#, headers: headers)
    }

    private func traces(_ query: String = "") async throws -> [JSONValue] {
        try await fixture.respond(.get, "/v1/traces\(query)").json["traces"]?.list ?? []
    }

    @Test func `tells what was asked, where its time went, and nothing of what was said`() async throws {
        _ = try await ask()
        let summary = try #require(try await traces("?operation=ask").first)
        #expect(summary["name"] == .text("POST /v1/ask"))
        #expect(summary["status"] == .number(200))
        #expect(summary["request_id"] == .text("test-1"))
        let id = try #require(summary["id"]?.text)
        let response = try await fixture.respond(.get, "/v1/traces/\(id)")
        let trace = try response.json
        let names = (trace["spans"]?.list ?? []).compactMap { $0["name"]?.text }
        for name in ["POST /v1/ask", "VectorSearch", "search vectors", "search words"] {
            #expect(names.contains(name), "\(names)")
        }
        #expect(trace["spans"]?.list.first?["depth"] == .number(0))
        // Everything is slow here, and has a profile.
        #expect((trace["profile"]?["stages"]?.list.count ?? 0) > 3)
        let text = String(decoding: response.data ?? Data(), as: UTF8.self)
        for said in ["deploys happen", "Tuesdays", "release train"] {
            #expect(!text.localizedCaseInsensitiveContains(said))
        }
    }

    @Test func `goes on in the trace that a caller names`() async throws {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        let name = try #require(HTTPField.Name("traceparent"))
        _ = try await ask([name: "00-\(trace)-00f067aa0ba902b7-01"])
        let document = try await fixture.respond(.get, "/v1/traces/\(trace)").json
        #expect(document["parent"] == .text("00f067aa0ba902b7"))
        _ = try await ask([.traceID: "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8"])
        let other = try await fixture.respond(.get, "/v1/traces/5759e988bd862e3fe1be46a994272793")
        #expect(try other.json["parent"] == .text("53995c3f42cd8ad8"))
    }

    @Test func `has the steps of an answer that is streamed, and ends with it`() async throws {
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "When do deploys happen?", "stream": true}"#)
        #expect(try await traces("?operation=ask").isEmpty)
        #expect(try await response.events().count > 2)
        let summary = try #require(try await traces("?operation=ask").first)
        #expect((summary["span_count"]?.number ?? 0) > 5)
    }

    @Test func `is filtered, and given by pages`() async throws {
        for _ in 0..<3 { _ = try await ask() }
        _ = try await fixture.respond(.post, "/v1/search", json: #"{"query": "deploys"}"#)
        #expect(try await traces("?operation=ask").count == 3)
        #expect(try await traces("?errors=true").isEmpty)
        let first = try await fixture.respond(.get, "/v1/traces?operation=ask&limit=2").json
        let next = try #require(first["next"]?.text)
        let second = try await fixture.respond(.get, "/v1/traces?operation=ask&limit=2&before=\(next)").json
        #expect(second["traces"]?.list.count == 1)
        #expect(second["next"] == .null)
        let ids = [first, second].flatMap { $0["traces"]?.list ?? [] }.compactMap { $0["id"]?.text }
        #expect(Set(ids).count == 3)
    }

    @Test(arguments: [
        "nothing", "4bf92f3577b34da6a3ce929d0e0e4736", "%00", String(repeating: "f", count: 99),
    ])
    func `has no trace that is not kept`(id: String) async throws {
        let response = try await fixture.respond(.get, "/v1/traces/\(id)")
        #expect(response.status == .notFound)
    }

    @Test func `has stored runs as those of whoever asked for them`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        let accepted = try await fixture.respond(
            .post, "/v1/runs", json: #"{"flow": "\#(flow)", "input": "x", "async": true}"#, headers: .ada)
        #expect(accepted.status == .accepted)
        await fixture.carryOutRuns()
        let recording = try #require(fixture.tracer.core.store.traces(of: TraceOperation.run).first)
        #expect(recording.reading.tenant == Owner.defaultTenant)
        #expect(recording.reading.caller?.isEmpty == false)
        let reading = try #require(TraceReading(recording, slow: .max))
        #expect(reading.isVisible(to: Owner.defaultTenant))
        #expect(!reading.isVisible(to: "another"))
    }

    @Test func `tells of no health checks and no files of the page`() async throws {
        _ = try await fixture.respond(.get, "/healthz")
        _ = try await fixture.respond(.get, "/")
        #expect(try await traces().isEmpty)
    }
}
