import Foundation
import HTTPTypes
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Webhooks over HTTP` {
    private static let url = "https://hooks.example/ada"

    private func make(
        _ fixture: ServerFixture, _ more: String = "", headers: HTTPFields = .ada
    ) async throws -> APIResponse {
        try await fixture.respond(
            .post, "/v1/webhooks", json: #"{"url": "\#(Self.url)"\#(more)}"#, headers: headers)
    }

    @Test func `tell their secret where it is made, and nowhere else`() async throws {
        let fixture = try await ServerFixture()
        let made = try await make(fixture)
        #expect(made.status == .created)
        let id = try #require(try made.json["id"]?.text)
        #expect(made.headers[.location] == "/v1/webhooks/\(id)")
        let secret = try #require(try made.json["secret"]?.text)
        #expect(WebhookSecret(secret)?.bytes.count == 32)
        #expect(try made.json["events"]?.list.count == WebhookEvent.ofRuns.count)
        #expect(try made.json["enabled"] == .flag(true))
        for path in ["", "/\(id)", "/\(id)/deliveries"] {
            let told = try await fixture.respond(.get, "/v1/webhooks\(path)", headers: .ada)
            #expect(told.status == .ok && !told.text.contains("whsec_"))
        }
        let rotated = try await fixture.respond(.post, "/v1/webhooks/\(id)/rotate", headers: .ada)
        #expect(try rotated.json["secret"]?.text?.hasPrefix("whsec_") == true)
        #expect(try rotated.json["secret"]?.text != secret)
        #expect(try rotated.json["previous_secret_until"] != .null)
    }

    @Test func `of ingest jobs are for those who may look at jobs`() async throws {
        var fixture = try await ServerFixture()
        let events = #", "events": ["run.dead", "sync.failed"]"#
        let made = try await make(fixture, events)
        #expect(made.status == .created)
        #expect(try made.json["events"] == .list([.text("run.dead"), .text("sync.failed")]))
        fixture.configuration.anonymousScopes = [.flows]
        let refused = try await make(fixture, events)
        #expect(try refused.problem == "insufficient-scope")
        let plain = try #require(try await make(fixture).json["id"]?.text)
        let changed = try await fixture.respond(
            .patch, "/v1/webhooks/\(plain)", json: #"{"events": ["ingest.finished"]}"#, headers: .ada)
        #expect(try changed.problem == "insufficient-scope")
        let listed = try await fixture.respond(.get, "/v1/webhooks", headers: .ada)
        #expect(try listed.json["webhooks"]?.list.count == 2)
    }

    @Test func `are changed, disabled, enabled and deleted`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo, #""endpoint": "echo""#)
        let id = try #require(try await make(fixture).json["id"]?.text)
        func change(_ json: String) async throws -> JSONValue {
            try await fixture.respond(.patch, "/v1/webhooks/\(id)", json: json, headers: .ada).json
        }
        let changed = try await change(
            """
            {"url": "https://hooks.example/else", "description": "d", "events": ["run.dead"], "flow": "echo",
             "include_result": true, "enabled": false}
            """)
        #expect(changed["url"] == .text("https://hooks.example/else"))
        #expect(changed["events"] == .list([.text("run.dead")]) && changed["flow"] == .text(flow))
        #expect(changed["include_result"] == .flag(true) && changed["enabled"] == .flag(false))
        #expect(changed["disabled_reason"] == .text("disabled by its owner"))
        let again = try await change(#"{"enabled": true, "flow": ""}"#)
        #expect(
            again["enabled"] == .flag(true) && again["flow"] == .null && again["description"] == .text("d"))
        let gone = try await fixture.respond(.delete, "/v1/webhooks/\(id)", headers: .ada)
        #expect(gone.status == .noContent)
        let after = try await fixture.respond(.get, "/v1/webhooks/\(id)", headers: .ada)
        #expect(try after.problem == "no-such-thing")
    }

    @Test(arguments: [
        (#"{"url": "http://hooks.example/"}"#, "invalid-field"),
        (#"{"url": "https://10.0.0.1/"}"#, "invalid-field"), (#"{}"#, "invalid-field"),
        (#"{"url": "https://hooks.example/", "events": ["run.began"]}"#, "invalid-field"),
        (#"{"url": "https://hooks.example/", "events": ["webhook.test"]}"#, "invalid-field"),
        (#"{"url": "https://hooks.example/", "flow": "no such flow"}"#, "unknown-flow"),
        (#"{"url": "https://hooks.example/", "secret": "mine"}"#, "unknown-field"),
    ])
    func `are refused with what is wrong of them`(json: String, problem: String) async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(.post, "/v1/webhooks", json: json, headers: .ada)
        #expect(try response.problem == problem)
        #expect((400..<500).contains(response.status.code))
    }

    @Test func `are told of runs that end, and of the one that names them`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        let all = try #require(try await make(fixture).json["id"]?.text)
        let silent = try #require(try await make(fixture, #", "events": []"#).json["id"]?.text)
        var runs: [String] = []
        for more in ["", #", "webhook": "\#(silent)""#, #", "webhook": "\#(Self.url)""#] {
            let run = try await fixture.respond(
                .post, "/v1/runs", json: #"{"flow": "\#(flow)", "input": "x", "async": true\#(more)}"#,
                headers: .ada)
            #expect(run.status == .accepted)
            runs.append(try #require(try run.json["id"]?.text))
        }
        await fixture.carryOutRuns()
        func told(_ id: String, _ query: String = "") async throws -> JSONValue {
            try await fixture.respond(.get, "/v1/webhooks/\(id)/deliveries\(query)", headers: .ada).json
        }
        let deliveries = try await told(all)["deliveries"]?.list ?? []
        #expect(Set(deliveries.compactMap { $0["run"]?.text }) == Set(runs))
        #expect(deliveries.allSatisfy { $0["event"] == .text("run.finished") })
        #expect(deliveries.allSatisfy { $0["state"] == .text("pending") && $0["next_attempt_at"] != .null })
        #expect(try await told(silent)["deliveries"]?.list.compactMap { $0["run"]?.text } == [runs[1]])
        let page = try await told(all, "?limit=2")
        let next = try #require(page["next"]?.text)
        #expect(try await told(all, "?limit=2&after=\(next)")["deliveries"]?.list.count == 1)
        #expect(try await told(all, "?state=failed")["deliveries"] == .list([]))
        for query in ["?state=odd", "?limit=0"] {
            let bad = try await fixture.respond(
                .get, "/v1/webhooks/\(all)/deliveries\(query)", headers: .ada)
            #expect(try bad.problem == "invalid-parameter")
        }
    }

    @Test func `are named by their owner's runs alone, and by asynchronous ones`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo, #""shared": true"#)
        let id = try #require(try await make(fixture).json["id"]?.text)
        for (name, more, headers) in [
            (id, #", "async": true"#, HTTPFields.bob), (Self.url, #", "async": true"#, .bob),
            ("https://hooks.example/unknown", #", "async": true"#, .ada), (id, "", .ada),
        ] {
            let response = try await fixture.respond(
                .post, "/v1/runs",
                json: #"{"flow": "\#(flow)", "input": "x", "webhook": "\#(name)"\#(more)}"#,
                headers: headers)
            #expect(try response.problem == "invalid-field", "\(name)")
        }
    }

    @Test func `are tested and sent once more`() async throws {
        let fixture = try await ServerFixture()
        let id = try #require(try await make(fixture).json["id"]?.text)
        let test = try await fixture.respond(.post, "/v1/webhooks/\(id)/test", headers: .ada)
        #expect(test.status == .accepted)
        #expect(try test.json["event"] == .text("webhook.test") && test.json["run"] == .null)
        let delivery = try #require(try test.json["id"]?.text)
        let replayed = try await fixture.respond(
            .post, "/v1/webhooks/\(id)/deliveries/\(delivery)/replay", headers: .ada)
        #expect(replayed.status == .accepted)
        #expect(try replayed.json["id"] == .text(delivery))
        let none = try await fixture.respond(
            .post, "/v1/webhooks/\(id)/replay", json: #"{"since": "2026-01-31T08:00:00Z"}"#, headers: .ada)
        #expect(try none.json["replayed"] == .number(0))
        let bad = try await fixture.respond(
            .post, "/v1/webhooks/\(id)/replay", json: #"{"since": "yesterday"}"#, headers: .ada)
        #expect(try bad.problem == "invalid-field")
    }

    @Test func `are not there for another caller`() async throws {
        let fixture = try await ServerFixture()
        let id = try #require(try await make(fixture).json["id"]?.text)
        let test = try await fixture.respond(.post, "/v1/webhooks/\(id)/test", headers: .ada)
        let delivery = try #require(try test.json["id"]?.text)
        let absent = "00000000-0000-4000-8000-000000000000"
        for (method, path, json) in [
            (HTTPRequest.Method.get, "", nil), (.delete, "", nil), (.patch, "", #"{"description": "x"}"#),
            (.patch, "", #"{"flow": "no such flow"}"#), (.post, "/rotate", nil), (.post, "/test", nil),
            (.get, "/deliveries", nil), (.post, "/deliveries/\(delivery)/replay", nil),
            (.post, "/replay", #"{"since": "2026-01-31T08:00:00Z"}"#),
        ] as [(HTTPRequest.Method, String, String?)] {
            try await fixture.expectSameRefusal(
                method, { "/v1/webhooks/\($0)\(path)" }, of: id, absent: absent, json: json)
        }
        let list = try await fixture.respond(.get, "/v1/webhooks", headers: .bob)
        #expect(try list.json["webhooks"]?.list == [])
        let kept = try await fixture.respond(.get, "/v1/webhooks/\(id)", headers: .ada)
        #expect(try kept.json["description"] == .text(""))
    }
}
