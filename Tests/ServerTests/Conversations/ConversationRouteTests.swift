import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `The routes of conversations` {
    private func say(
        _ fixture: ServerFixture, _ text: String, _ flow: String, in session: String = "s",
        headers: HTTPFields = .ada
    ) async throws {
        let response = try await fixture.respond(
            .post, "/v1/runs",
            json: #"{"flow": "\#(flow)", "input": "\#(text)", "session": "\#(session)"}"#, headers: headers)
        #expect(response.status == .ok)
    }

    @Test func `list them with their beginning and their counts, the latest first`() async throws {
        let fixture = try await ServerFixture()
        let (echo, saying) = (
            try await fixture.keep(FlowText.echo), try await fixture.keep(FlowText.saying("one"))
        )
        try await say(fixture, "first", echo, in: "a")
        try await say(fixture, "second", echo, in: "b")
        try await say(fixture, "third", saying, in: "a")
        let list =
            try await fixture.respond(.get, "/v1/conversations", headers: .ada)
            .json["conversations"]?.list ?? []
        #expect(list.compactMap { $0["opening"]?.text } == ["third", "second", "first"])
        #expect(list.allSatisfy { $0["message_count"] == .number(2) })
        #expect(list.allSatisfy { $0["title"] == .null })
        let ofEcho =
            try await fixture.respond(.get, "/v1/conversations?flow=\(echo)&limit=1", headers: .ada)
            .json["conversations"]?.list ?? []
        #expect(ofEcho.compactMap { $0["session"]?.text } == ["b"])
    }

    @Test func `show what was said, page by page from the end`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        for text in ["one", "two", "three"] { try await say(fixture, text, flow, in: "a b/ü") }
        let path = "/v1/conversations/\(flow)/a%20b%2F%C3%BC"
        var said: [String] = []
        var before: String? = ""
        while let place = before {
            let page = try await fixture.respond(
                .get, "\(path)?limit=4" + (place.isEmpty ? "" : "&before=\(place)"), headers: .ada
            ).json
            let messages = page["messages"]?.list ?? []
            said = messages.compactMap { "\($0["role"]?.text ?? ""): \($0["text"]?.text ?? "")" } + said
            before = page["previous"]?.text
        }
        #expect(
            said == [
                "user: one", "assistant: one", "user: two", "assistant: two", "user: three",
                "assistant: three",
            ])
    }

    @Test func `name a conversation and take its name away`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        try await say(fixture, "hello", flow)
        let path = "/v1/conversations/\(flow)/s"
        for (body, title) in [
            (#"{"title": "Greetings"}"#, JSONValue.text("Greetings")), (#"{"title": null}"#, .null),
        ] {
            let renamed = try await fixture.respond(.patch, path, json: body, headers: .ada)
            #expect(try renamed.json["title"] == title)
        }
        for (body, kind) in [
            (#"{}"#, "invalid-field"), (#"{"title": 1}"#, "invalid-field"),
            (#"{"title": "\#(String(repeating: "x", count: 201))"}"#, "invalid-field"),
            (#"{"name": "x"}"#, "unknown-field"),
        ] {
            #expect(try await fixture.respond(.patch, path, json: body, headers: .ada).problem == kind)
        }
    }

    @Test func `delete a conversation, which then begins anew`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        try await say(fixture, "hello", flow)
        let path = "/v1/conversations/\(flow)/s"
        #expect(try await fixture.respond(.delete, path, headers: .ada).status == .noContent)
        #expect(try await fixture.respond(.get, path, headers: .ada).problem == "no-such-conversation")
        #expect(try await fixture.respond(.delete, path, headers: .ada).problem == "no-such-conversation")
        try await say(fixture, "again", flow)
        let messages = try await fixture.respond(.get, path, headers: .ada).json["messages"]?.list ?? []
        #expect(messages.count == 2)
    }

    @Test func `never show another caller's, whatever its name`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo, #""shared": true"#)
        try await say(fixture, "of ada", flow, in: "their-session")
        let tries: [(HTTPRequest.Method, String?)] = [
            (.get, nil), (.patch, #"{"title": "mine"}"#), (.delete, nil),
        ]
        for (method, body) in tries {
            try await fixture.expectSameRefusal(
                method, { "/v1/conversations/\(flow)/\($0)" }, of: "their-session", absent: "no-session",
                json: body)
        }
        try await say(fixture, "of bob", flow, in: "their-session", headers: .bob)
        for (headers, opening) in [(HTTPFields.ada, "of ada"), (.bob, "of bob")] {
            let response = try await fixture.respond(
                .get, "/v1/conversations/\(flow)/their-session", headers: headers)
            let texts = try response.json["messages"]?.list.compactMap { $0["text"]?.text }
            #expect(texts == [opening, opening])
        }
    }

    @Test func `refuse a page that begins nowhere`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo)
        try await say(fixture, "hello", flow)
        let path = "/v1/conversations/\(flow)/s"
        let odd = try await fixture.respond(.get, "\(path)?before=no-such-message", headers: .ada)
        #expect(odd.status == .notFound)
        let none = try await fixture.respond(.get, "\(path)?limit=0", headers: .ada)
        #expect(try none.problem == "invalid-parameter")
    }
}
