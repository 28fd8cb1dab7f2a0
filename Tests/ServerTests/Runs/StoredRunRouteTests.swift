import FlowService
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Stored runs over HTTP` {
    private func submit(
        _ fixture: ServerFixture, _ flow: String, _ more: String = "", headers: HTTPFields = .ada
    ) async throws -> APIResponse {
        try await fixture.respond(
            .post, "/v1/runs", json: #"{"flow": "\#(flow)", "input": "hello", "async": true\#(more)}"#,
            headers: headers)
    }

    @Test func `are accepted, looked at, and have their result once they are carried out`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        let accepted = try await submit(fixture, flow, #", "session": "s", "priority": 3"#)
        #expect(accepted.status == .accepted)
        let id = try #require(try accepted.json["id"]?.text)
        #expect(accepted.headers[.location] == "/v1/runs/\(id)")
        #expect(try accepted.json["state"] == .text("queued"))
        #expect(try accepted.json["priority"] == .number(3))
        #expect(try accepted.json["result"] == .null)
        await fixture.carryOutRuns()
        let ended = try await fixture.respond(.get, "/v1/runs/\(id)", headers: .ada).json
        #expect(ended["state"] == .text("finished"))
        #expect(ended["attempts"] == .number(1))
        #expect(ended["result"]?["outputs"]?.list.first?["message"]?["text"] == .text("hello"))
        #expect(ended["failure"] == .null)
    }

    @Test func `are asked for by the header Prefer as well`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        for (prefer, status) in [
            ("respond-async", 202), ("wait=10, Respond-Async; x=y", 202), ("return=minimal", 200),
        ] {
            var headers = HTTPFields.ada
            headers[.prefer] = prefer
            let response = try await fixture.respond(
                .post, "/v1/runs", json: #"{"flow": "\#(flow)", "input": "hello"}"#, headers: headers)
            #expect(response.status.code == status, "\(prefer)")
        }
    }

    @Test func `tell their events from any position on`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let flow = try await fixture.keep(FlowText.model)
        let id = try #require(try await submit(fixture, flow).json["id"]?.text)
        await fixture.carryOutRuns()
        let all = try await fixture.respond(.get, "/v1/runs/\(id)/events", headers: .ada).events()
        #expect(all.map { $0.data["position"] } == (0..<all.count).map { .number(Double($0)) })
        #expect(all.last?.name == "finished")
        let rest = try await fixture.respond(.get, "/v1/runs/\(id)/events?from=2", headers: .ada).events()
        #expect(rest.map(\.data) == all.dropFirst(2).map(\.data))
        var headers = HTTPFields.ada
        headers[.lastEventID] = "2"
        let resumed = try await fixture.respond(
            .get, "/v1/runs/\(id)/events?from=0", headers: headers
        ).events()
        #expect(resumed.map(\.data) == all.dropFirst(3).map(\.data))
        let bad = try await fixture.respond(.get, "/v1/runs/\(id)/events?from=-1", headers: .ada)
        #expect(try bad.problem == "invalid-parameter")
    }

    @Test func `are one for a key that comes again, and refuse it for another request`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        var headers = HTTPFields.ada
        headers[.idempotencyKey] = "key"
        let first = try await submit(fixture, flow, headers: headers).json["id"]
        #expect(try await submit(fixture, flow, headers: headers).json["id"] == first)
        let other = try await submit(fixture, flow, #", "session": "other""#, headers: headers)
        #expect(other.status == .unprocessableContent)
        #expect(try other.problem == "key-reused")
    }

    @Test func `wait only so many at a time, and another one is told when to come again`() async throws {
        var configuration = FlowServiceConfiguration()
        configuration.waitingRuns = 2
        let fixture = try await ServerFixture(flowConfiguration: configuration)
        let flow = try await fixture.keep(FlowText.echo)
        for _ in 0..<2 { #expect(try await submit(fixture, flow).status == .accepted) }
        let refused = try await submit(fixture, flow)
        #expect(refused.status == .tooManyRequests)
        #expect(try refused.problem == "rate-limited")
        #expect(try refused.json["limit"] == .number(2))
        #expect(refused.headers[.retryAfter] != nil)
        let other = try await fixture.keep(FlowText.echo, headers: .bob)
        #expect(try await submit(fixture, other, headers: .bob).status == .accepted)
        await fixture.carryOutRuns()
        #expect(try await submit(fixture, flow).status == .accepted)
    }

    @Test func `are cancelled before they begin, and queued again only when they failed`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator(isRetryable: false))
        let flow = try await fixture.keep(FlowText.model)
        let id = try #require(try await submit(fixture, flow).json["id"]?.text)
        let early = try await fixture.respond(.post, "/v1/runs/\(id)/retry", headers: .ada)
        #expect(early.status == .conflict)
        #expect(try early.problem == "wrong-state")
        let cancelled = try await fixture.respond(.post, "/v1/runs/\(id)/cancel", headers: .ada)
        #expect(cancelled.status == .ok)
        #expect(try cancelled.json["state"] == .text("cancelled"))
        let failing = try #require(try await submit(fixture, flow).json["id"]?.text)
        await fixture.carryOutRuns()
        let failed = try await fixture.respond(.get, "/v1/runs/\(failing)", headers: .ada).json
        #expect(failed["state"] == .text("failed"))
        #expect(failed["failure"]?["component"] == .text("model"))
        let again = try await fixture.respond(.post, "/v1/runs/\(failing)/retry", headers: .ada)
        #expect(again.status == .accepted)
        #expect(try again.json["state"] == .text("queued"))
    }

    @Test func `are listed newest first, by page, flow and state`() async throws {
        let fixture = try await ServerFixture()
        let echo = try await fixture.keep(FlowText.echo)
        let saying = try await fixture.keep(FlowText.saying("one"))
        var ids: Set<String> = []
        for flow in [echo, echo, echo, saying] {
            ids.insert(try #require(try await submit(fixture, flow).json["id"]?.text))
        }
        func page(_ query: String) async throws -> JSONValue {
            try await fixture.respond(.get, "/v1/runs\(query)", headers: .ada).json
        }
        func listed(_ page: JSONValue) -> [String] {
            page["runs"]?.list.compactMap { $0["id"]?.text } ?? []
        }
        #expect(Set(listed(try await page(""))) == ids)
        #expect(listed(try await page("?flow=\(saying)")).count == 1)
        #expect(listed(try await page("?state=finished")).isEmpty)
        var seen: [String] = []
        var next: String? = ""
        while let after = next {
            let one = try await page("?limit=3" + (after.isEmpty ? "" : "&after=\(after)"))
            seen += listed(one)
            next = one["next"]?.text
        }
        #expect(seen.count == 4)
        #expect(Set(seen) == ids)
        for (query, kind) in [
            ("?state=odd", "invalid-parameter"), ("?limit=0", "invalid-parameter"),
            ("?after=no-such-run", "no-such-run"),
        ] {
            #expect(
                try await fixture.respond(.get, "/v1/runs\(query)", headers: .ada).problem == kind)
        }
    }

    @Test func `are not there for another caller`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo, #""shared": true"#)
        let id = try #require(try await submit(fixture, flow).json["id"]?.text)
        let absent = "00000000-0000-4000-8000-000000000000"
        for (method, path) in [
            (HTTPRequest.Method.get, ""), (.get, "/events"), (.post, "/cancel"), (.post, "/retry"),
        ] {
            try await fixture.expectSameRefusal(
                method, { "/v1/runs/\($0)\(path)" }, of: id, absent: absent)
        }
        #expect(try await fixture.respond(.get, "/v1/runs", headers: .bob).json["runs"]?.list == [])
        let after = try await fixture.respond(.get, "/v1/runs?after=\(id)", headers: .bob)
        #expect(try after.problem == "no-such-run")
        await fixture.carryOutRuns()
        let ended = try await fixture.respond(.get, "/v1/runs/\(id)", headers: .ada).json
        #expect(ended["state"] == .text("finished"))
    }
}
