import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The routes of kept flows` {
    private func run(
        _ fixture: ServerFixture, _ flow: String, _ more: String = "", headers: HTTPFields = .ada
    ) async throws -> APIResponse {
        try await fixture.respond(
            .post, "/v1/runs", json: #"{"flow": "\#(flow)", "input": "hello"\#(more)}"#, headers: headers)
    }

    private func said(_ response: APIResponse) throws -> String? {
        try response.json["outputs"]?.list.first?["message"]?["text"]?.text
    }

    @Test func `keep a flow, show it, and run it by id and endpoint`() async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(
            .post, "/v1/flows",
            json: #"{"flow": \#(FlowText.echo), "endpoint": "echo", "tags": ["a", "b"], "note": "first"}"#,
            headers: .ada)
        #expect(response.status == .created)
        let id = try #require(try response.json["id"]?.text)
        #expect(response.headers[.location] == "/v1/flows/\(id)")
        let kept = try response.json
        #expect(kept["name"] == .text("Echo"))
        #expect(kept["latest"] == .number(1))
        #expect(kept["published"] == .null)
        #expect(kept["endpoint"] == .text("echo"))
        #expect(kept["tags"] == .list([.text("a"), .text("b")]))
        #expect(kept["faults"] == .list([]))
        let shown = try await fixture.respond(.get, "/v1/flows/echo", headers: .ada).json
        #expect(shown["id"] == .text(id))
        #expect(shown["components"] == kept["components"])
        for name in [id, "echo"] {
            let answer = try await run(fixture, name)
            #expect(answer.status == .ok)
            #expect(try said(answer) == "hello")
        }
        let list = try await fixture.respond(.get, "/v1/flows", headers: .ada).json["flows"]?.list ?? []
        #expect(list.compactMap { $0["name"]?.text } == ["question-answering", "Echo"])
    }

    @Test func `keep a flow that cannot run yet, and say why`() async throws {
        let fixture = try await ServerFixture()
        let flow =
            #"{"name": "Odd", "components": [{"id": "a", "type": "NoSuch"}], "edges": [], "output": "a.b"}"#
        let response = try await fixture.respond(
            .post, "/v1/flows", json: #"{"flow": \#(flow)}"#, headers: .ada)
        #expect(response.status == .created)
        let faults = try response.json["faults"]?.list.compactMap(\.text) ?? []
        #expect(faults.contains { $0.contains("NoSuch") })
        let id = try #require(try response.json["id"]?.text)
        let answer = try await run(fixture, id)
        #expect(answer.status == .unprocessableContent)
        #expect(try answer.problem == "invalid-flow")
        #expect(try answer.json["faults"]?.list.isEmpty == false)
        let published = try await fixture.respond(
            .post, "/v1/flows/\(id)/publish", json: #"{"version": 1}"#, headers: .ada)
        #expect(try published.problem == "invalid-flow")
    }

    @Test func `save versions, publish one under an endpoint, compare and restore them`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.saying("one"))
        let saved = try await fixture.respond(
            .put, "/v1/flows/\(id)",
            json: #"{"flow": \#(FlowText.saying("two")), "base_version": 1, "note": "better"}"#,
            headers: .ada)
        #expect(saved.status == .ok)
        #expect(try saved.json["version"] == .number(2))
        #expect(try said(try await run(fixture, id)) == "two")
        let published = try await fixture.respond(
            .post, "/v1/flows/\(id)/publish", json: #"{"version": 1, "endpoint": "said"}"#, headers: .ada)
        #expect(published.status == .ok)
        #expect(try published.json["published"] == .number(1))
        #expect(try said(try await run(fixture, "said")) == "one")
        #expect(try said(try await run(fixture, "said", #", "version": 2"#)) == "two")
        let versions = try await fixture.respond(.get, "/v1/flows/said/versions", headers: .ada).json
        #expect(versions["versions"]?.list.compactMap { $0["version"]?.number } == [2, 1])
        let page = try await fixture.respond(
            .get, "/v1/flows/said/versions?before=2&limit=1", headers: .ada
        ).json
        #expect(page["versions"]?.list.compactMap { $0["version"]?.number } == [1])
        let difference = try await fixture.respond(
            .get, "/v1/flows/said/diff?from=1&to=2", headers: .ada)
        #expect(difference.status == .ok)
        #expect(difference.text.contains("text"))
        let restored = try await fixture.respond(
            .post, "/v1/flows/said/restore", json: #"{"version": 1}"#, headers: .ada)
        #expect(try restored.json["version"] == .number(3))
        #expect(try said(try await run(fixture, "said", #", "version": 3"#)) == "one")
        let taken = try await fixture.respond(
            .post, "/v1/flows/said/publish", json: #"{"version": null}"#, headers: .ada)
        #expect(try taken.json["published"] == .null)
        let earlier = try await fixture.respond(.get, "/v1/flows/said?version=2", headers: .ada).json
        #expect(earlier["version"] == .number(2))
        #expect(earlier["latest"] == .number(3))
    }

    @Test func `delete a flow with what belongs to it`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo)
        _ = try await run(fixture, id, #", "session": "s""#)
        let gone = try await fixture.respond(.delete, "/v1/flows/\(id)", headers: .ada)
        #expect(gone.status == .noContent)
        #expect(try await run(fixture, id).problem == "unknown-flow")
        let again = try await fixture.respond(.delete, "/v1/flows/\(id)", headers: .ada)
        #expect(try again.problem == "unknown-flow")
        let conversation = try await fixture.respond(
            .get, "/v1/conversations/\(id)/s", headers: .ada)
        #expect(try conversation.problem == "no-such-conversation")
    }

    @Test func `refuse a change that began from an old version, and names that are taken`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.saying("one"), #""endpoint": "said""#)
        let late = #"{"flow": \#(FlowText.saying("two")), "base_version": 7}"#
        let conflict = try await fixture.respond(.put, "/v1/flows/\(id)", json: late, headers: .ada)
        #expect(conflict.status == .conflict)
        #expect(try conflict.problem == "version-conflict")
        let taken = try await fixture.respond(
            .post, "/v1/flows", json: #"{"flow": \#(FlowText.echo), "endpoint": "said"}"#, headers: .ada)
        #expect(taken.status == .conflict)
        #expect(try taken.problem == "name-taken")
        // Of a refused flow nothing is kept.
        let list = try await fixture.respond(.get, "/v1/flows", headers: .ada).json["flows"]?.list ?? []
        #expect(list.count == 2)
        let other = try await fixture.keep(FlowText.echo)
        let change = try await fixture.respond(
            .put, "/v1/flows/\(other)", json: #"{"flow": \#(FlowText.echo), "endpoint": "said"}"#,
            headers: .ada)
        #expect(try change.problem == "name-taken")
        for flow in [id, other] {
            let shown = try await fixture.respond(.get, "/v1/flows/\(flow)", headers: .ada).json
            #expect(shown["latest"] == .number(1))
        }
    }

    @Test(arguments: [
        (#"{}"#, "invalid-field"), (#"{"flow": {"name": "A"}}"#, "invalid-field"),
        (#"{"flow": {"name": "", "components": [], "edges": [], "output": "a.b"}}"#, "invalid-field"),
        (#"{"flow": {"name": "A", "components": [{}], "edges": [], "output": "a.b"}}"#, "invalid-field"),
        (
            #"{"flow": {"name": "A", "components": [], "edges": [{"from": "a", "to": "b.c"}], "output": "a.b"}}"#,
            "invalid-field"
        ),
        (
            #"{"flow": {"name": "A", "components": [], "edges": [], "output": "a.b"}, "owner": "bob"}"#,
            "unknown-field"
        ),
        (
            #"{"flow": {"name": "A", "components": [], "edges": [], "output": "a.b"}, "endpoint": "a/b"}"#,
            "invalid-field"
        ),
        (
            #"{"flow": {"name": "A", "components": [], "edges": [], "output": "a.b"}, "base_version": 1.5}"#,
            "invalid-field"
        ),
        (#"{"flow""#, "malformed-json"), ("", "malformed-json"),
    ])
    func `refuse what is no flow, and name the field`(body: String, kind: String) async throws {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(
            .post, "/v1/flows", json: body, headers: .ada)
        #expect(try response.problem == kind, "\(body): \(response.text)")
        let list = try await fixture.respond(.get, "/v1/flows", headers: .ada).json["flows"]?.list ?? []
        #expect(list.count == 1)
    }

    @Test func `refuse versions that are not there or are none`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo)
        let cases: [(HTTPRequest.Method, String, String?, String)] = [
            (.get, "?version=5", nil, "no-such-version"), (.get, "?version=-1", nil, "invalid-parameter"),
            (.get, "/diff?from=1&to=9", nil, "no-such-version"),
            (.get, "/versions?limit=0", nil, "invalid-parameter"),
            (.post, "/publish", #"{"version": 5}"#, "no-such-version"),
            (.post, "/publish", #"{"version": 0}"#, "invalid-field"),
            (.post, "/publish", #"{}"#, "invalid-field"),
            (.post, "/restore", #"{"version": 5}"#, "no-such-version"),
            (.post, "/restore", #"{"version": "1"}"#, "invalid-field"),
        ]
        for (method, path, body, kind) in cases {
            let response = try await fixture.respond(
                method, "/v1/flows/\(id)\(path)", json: body, headers: .ada)
            #expect(try response.problem == kind, "\(method) \(path)")
        }
    }

    @Test func `answer another caller as if the flow were not there`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo)
        let absent = "00000000-0000-4000-8000-000000000000"
        let body = #"{"flow": \#(FlowText.saying("mine"))}"#
        let tries: [(HTTPRequest.Method, String, String?)] = [
            (.get, "", nil), (.put, "", body), (.delete, "", nil), (.get, "/versions", nil),
            (.get, "/diff", nil), (.post, "/publish", #"{"version": 1}"#),
            (.post, "/restore", #"{"version": 1}"#),
        ]
        for (method, path, json) in tries {
            try await fixture.expectSameRefusal(
                method, { "/v1/flows/\($0)\(path)" }, of: id, absent: absent, json: json)
        }
        for name in [id, absent] {
            #expect(try await run(fixture, name, headers: .bob).problem == "unknown-flow")
        }
        let list = try await fixture.respond(.get, "/v1/flows", headers: .bob).json["flows"]?.list ?? []
        #expect(list.compactMap { $0["name"]?.text } == ["question-answering"])
        #expect(try said(try await run(fixture, id)) == "hello")
    }

    @Test func `let others run a shared flow, and change nothing of it`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo, #""shared": true"#)
        #expect(try said(try await run(fixture, id, headers: .bob)) == "hello")
        let tries: [(HTTPRequest.Method, String, String?)] = [
            (.put, "", #"{"flow": \#(FlowText.saying("mine"))}"#), (.delete, "", nil),
            (.post, "/publish", #"{"version": 1}"#), (.post, "/restore", #"{"version": 1}"#),
        ]
        for (method, path, json) in tries {
            let response = try await fixture.respond(
                method, "/v1/flows/\(id)\(path)", json: json, headers: .bob)
            #expect(response.status == .notFound, "\(method) \(path)")
        }
        #expect(try said(try await run(fixture, id)) == "hello")
        let versions = try await fixture.respond(.get, "/v1/flows/\(id)/versions", headers: .ada).json
        #expect(versions["versions"]?.list.count == 1)
    }

    @Test func `change no flow of the settings`() async throws {
        let fixture = try await ServerFixture()
        let path = "/v1/flows/question-answering"
        let shown = try await fixture.respond(.get, path, headers: .ada)
        #expect(shown.status == .ok)
        #expect(try shown.json["id"] == nil)
        for (method, body) in [
            (HTTPRequest.Method.put, #"{"flow": \#(FlowText.echo)}"# as String?), (.delete, nil),
        ] {
            let response = try await fixture.respond(method, path, json: body, headers: .ada)
            #expect(try response.problem == "unknown-flow")
        }
    }
}
