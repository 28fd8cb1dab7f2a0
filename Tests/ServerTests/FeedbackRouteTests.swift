import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Feedback over HTTP` {
    private static let people: Set<Scope> = [.search, .ask]

    private func give(
        _ fixture: JobFixture, _ more: String = "", headers: HTTPFields = .ada
    ) async throws -> APIResponse {
        try await fixture.respond(
            .post, "/v1/feedback",
            json: #"{"request_id": "r-1", "question": "When do we deploy?", "rating": "down"\#(more)}"#,
            headers: headers, scopes: Self.people)
    }

    private func list(
        _ fixture: JobFixture, _ query: String = "", headers: HTTPFields,
        scopes: Set<Scope> = Self.people
    ) async throws -> [String] {
        let response = try await fixture.respond(
            .get, "/v1/feedback\(query)", headers: headers, scopes: scopes)
        return try response.json["feedback"]?.list.compactMap { $0["id"]?.text } ?? []
    }

    @Test func `is kept for its owner, and told back newest first`() async throws {
        let fixture = try await JobFixture()
        let first = try await give(fixture, #", "reason": "outdated", "comment": "It is Wednesdays now.""#)
        #expect(first.status == .created)
        let json = try first.json
        #expect(json["rating"] == .text("down"))
        #expect(json["reason"] == .text("outdated"))
        #expect(json["request_id"] == .text("r-1"))
        #expect(json["answer_id"] == .null)
        let id = try #require(json["id"]?.text)
        #expect(first.headers[.location] == "/v1/feedback/\(id)")
        let second = try #require(try await give(fixture, #", "answer_id": "a-1""#).json["id"]?.text)
        #expect(try await list(fixture, headers: .ada) == [second, id])
        let page = try await fixture.respond(
            .get, "/v1/feedback?limit=1", headers: .ada, scopes: Self.people
        ).json
        let cursor = try #require(page["next"]?.text)
        #expect(try await list(fixture, "?limit=1&cursor=\(cursor)", headers: .ada) == [id])
        #expect(try await list(fixture, "?rating=up", headers: .ada).isEmpty)
        let odd = try await fixture.respond(.get, "/v1/feedback?rating=odd", headers: .ada)
        #expect(try odd.problem == "invalid-parameter")
    }

    @Test func `is nobody else's, but for administrators`() async throws {
        let fixture = try await JobFixture()
        let ada = try #require(try await give(fixture).json["id"]?.text)
        let bob = try #require(try await give(fixture, headers: .bob).json["id"]?.text)
        #expect(try await list(fixture, headers: .ada) == [ada])
        #expect(try await list(fixture, headers: .bob) == [bob])
        #expect(try await list(fixture, headers: .bob, scopes: [.ask, .admin]) == [bob, ada])
        let foreign = try await fixture.respond(
            .delete, "/v1/feedback/\(ada)", headers: .bob, scopes: Self.people)
        let absent = try await fixture.respond(
            .delete, "/v1/feedback/none", headers: .bob, scopes: Self.people)
        #expect(foreign.status == .notFound)
        #expect(foreign.said == absent.said.replacing("none", with: ada))
        let cursor = PageCursor(id: ada).written
        let page = try await fixture.respond(
            .get, "/v1/feedback?cursor=\(cursor)", headers: .bob, scopes: Self.people)
        #expect(page.status == .notFound)
    }

    @Test func `is removed by its owner, and by administrators`() async throws {
        let fixture = try await JobFixture()
        let ids = [
            try #require(try await give(fixture).json["id"]?.text),
            try #require(try await give(fixture).json["id"]?.text),
        ]
        let own = try await fixture.respond(
            .delete, "/v1/feedback/\(ids[0])", headers: .ada, scopes: Self.people)
        #expect(own.status == .noContent)
        let admin = try await fixture.respond(
            .delete, "/v1/feedback/\(ids[1])", headers: .bob, scopes: [.ask, .admin])
        #expect(admin.status == .noContent)
        #expect(try await list(fixture, headers: .ada).isEmpty)
    }

    @Test(arguments: [
        (#"{"question": "q", "rating": "up"}"#, "answer_id"),
        (#"{"request_id": "", "question": "q", "rating": "up"}"#, "answer_id"),
        (#"{"request_id": "r", "rating": "up"}"#, "question"),
        (#"{"request_id": "r", "question": "", "rating": "up"}"#, "question"),
        (#"{"request_id": "r", "question": "q"}"#, "rating"),
        (#"{"request_id": "r", "question": "q", "rating": "meh"}"#, "rating"),
        (#"{"request_id": "r", "question": "q", "rating": "up", "reason": "bored"}"#, "reason"),
        (#"{"request_id": "r", "question": "q", "rating": "up", "stars": 5}"#, "stars"),
    ])
    func `is refused where it says too little or too much`(body: String, field: String) async throws {
        let fixture = try await JobFixture()
        let response = try await fixture.respond(.post, "/v1/feedback", json: body, headers: .ada)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["field"] == .text(field))
        #expect(try await list(fixture, headers: .ada).isEmpty)
    }

    @Test(arguments: [(2_000, 201), (2_001, 422)])
    func `has a comment of so many characters`(count: Int, status: Int) async throws {
        let fixture = try await JobFixture()
        let comment = String(repeating: "é", count: count)
        let response = try await give(fixture, #", "comment": "\#(comment)""#)
        #expect(response.status.code == status)
    }
}
