import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `What Langflow's clients see of sessions` {
    private let path = "/api/v1/monitor/messages"

    private func say(
        _ fixture: ServerFixture, _ text: String, in session: String, headers: HTTPFields = .ada,
        flow: String
    ) async throws {
        let response = try await fixture.respond(
            .post, "/api/v1/run/\(flow)",
            json: #"{"input_value": "\#(text)", "session_id": "\#(session)"}"#, headers: headers)
        #expect(response.status == .ok)
    }

    private func messages(
        _ fixture: ServerFixture, _ query: String = "", headers: HTTPFields = .ada
    ) async throws -> [JSONValue] {
        try await fixture.respond(.get, path + query, headers: headers).json.list
    }

    @Test func `are messages by session, sender and order`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        try await say(fixture, "one", in: "s", flow: flow)
        try await say(fixture, "two", in: "t", flow: flow)
        let all = try await messages(fixture)
        #expect(all.compactMap { $0["text"]?.text } == ["one", "one", "two", "two"])
        #expect(all.first?["sender"] == .text("User"))
        #expect(all.first?["flow_id"] == .text(flow))
        #expect(all.first?["session_id"] == .text("s"))
        #expect(all.first?["data"] == nil)
        for (query, texts) in [
            ("?session_id=t", ["two", "two"]), ("?sender=Machine", ["one", "two"]),
            ("?order=DESC", ["two", "two", "one", "one"]), ("?sender_name=User&session_id=s", ["one"]),
            ("?limit=1", ["one"]), ("?flow_id=absent", []),
        ] {
            #expect(
                try await messages(fixture, query).compactMap { $0["text"]?.text } == texts, "\(query)")
        }
        let sessions = try await fixture.respond(.get, "\(path)/sessions", headers: .ada).json.list
        #expect(Set(sessions.compactMap(\.text)) == ["s", "t"])
        let odd = try await fixture.respond(.get, "\(path)?order=UP", headers: .ada)
        #expect(try odd.problem == "invalid-parameter")
    }

    @Test func `are changed, renamed and deleted`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        try await say(fixture, "one", in: "s", flow: flow)
        try await say(fixture, "two", in: "t", flow: flow)
        let id = try #require(try await messages(fixture, "?session_id=s").first?["id"]?.text)
        let changed = try await fixture.respond(
            .put, "\(path)/\(id)", json: #"{"text": "uno"}"#, headers: .ada)
        #expect(try changed.json["text"] == .text("uno"))
        let wrong = try await fixture.respond(
            .put, "\(path)/\(id)", json: #"{"text": 1}"#, headers: .ada)
        #expect(try wrong.problem == "invalid-field")
        let taken = try await fixture.respond(
            .patch, "\(path)/session/s?new_session_id=t", headers: .ada)
        #expect(try taken.problem == "name-taken")
        let renamed = try await fixture.respond(
            .patch, "\(path)/session/s?new_session_id=new", headers: .ada)
        #expect(try renamed.json.list.compactMap { $0["session_id"]?.text } == ["new", "new"])
        let unnamed = try await fixture.respond(.patch, "\(path)/session/new", headers: .ada)
        #expect(try unnamed.problem == "invalid-parameter")
        let gone = try await fixture.respond(.delete, path, json: #"["\#(id)"]"#, headers: .ada)
        #expect(gone.status == .noContent)
        #expect(try await messages(fixture, "?session_id=new").count == 1)
        let session = try await fixture.respond(.delete, "\(path)/session/new", headers: .ada)
        #expect(session.status == .noContent)
        #expect(try await messages(fixture, "?session_id=new").isEmpty)
        #expect(try await messages(fixture).count == 2)
    }

    @Test func `are never another caller's`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.keep(FlowText.echo, #""shared": true"#)
        try await say(fixture, "of ada", in: "their-session", flow: flow)
        let id = try #require(try await messages(fixture).first?["id"]?.text)
        #expect(try await messages(fixture, headers: .bob).isEmpty)
        #expect(
            try await fixture.respond(.get, "\(path)/sessions", headers: .bob).json.list.isEmpty)
        try await fixture.expectSameRefusal(
            .put, { "\(path)/\($0)" }, of: id, absent: "absent", json: #"{"text": "mine"}"#)
        try await fixture.expectSameRefusal(
            .patch, { "\(path)/session/\($0)?new_session_id=x" }, of: "their-session", absent: "no-session")
        // These say nothing of what was there.
        let deleted = try await fixture.respond(.delete, path, json: #"["\#(id)"]"#, headers: .bob)
        #expect(deleted.status == .noContent)
        let session = try await fixture.respond(.delete, "\(path)/session/their-session", headers: .bob)
        #expect(session.status == .noContent)
        #expect(try await messages(fixture).compactMap { $0["text"]?.text } == ["of ada", "of ada"])
    }

    @Test func `are the steps of stored runs, page by page`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        let begun = try await fixture.respond(
            .post, "/api/v1/webhook/\(flow)", json: "{}", headers: .ada)
        #expect(begun.status == .accepted)
        await fixture.carryOutRuns()
        func page(_ query: String, headers: HTTPFields = .ada) async throws -> JSONValue {
            try await fixture.respond(
                .get, "/api/v1/monitor/transactions?flow_id=\(flow)\(query)", headers: headers
            ).json
        }
        let all = try await page("")
        #expect(all["total"] == .number(2))
        #expect(
            all["items"]?.list.compactMap { $0["vertex_id"]?.text } == ["ChatInput-in", "ChatOutput-out"])
        #expect(all["items"]?.list.allSatisfy { $0["status"] == .text("success") } == true)
        let second = try await page("&page=2&size=1")
        #expect(second["items"]?.list.count == 1)
        #expect(second["pages"] == .number(2))
        #expect(try await page("", headers: .bob)["total"] == .number(0))
    }
}
