import Corpus
import Foundation
import HTTPTypes
import TestSupport
import Testing
import VectorIndex

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Addresses and methods` {
    @Test(arguments: [
        "/nothing", "/v1", "/v1/ask/", "//", "/v1/flows//run", "/../etc/passwd", "/v1/chunks/%/context",
    ])
    func `an unknown address is a 404 in problem JSON`(path: String) async throws {
        let response = try await ServerFixture().respond(.get, path)
        #expect(response.status == .notFound)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(try response.json["request_id"] == .text("test-1"))
    }

    @Test(arguments: [
        ("/v1/ask", "OPTIONS, POST"), ("/v1/search", "OPTIONS, POST"), ("/v1/status", "GET, HEAD, OPTIONS"),
        ("/", "GET, HEAD, OPTIONS"),
    ])
    func `a method that an address does not know is a 405 that lists those it knows`(
        path: String, allow: String
    ) async throws {
        let response = try await ServerFixture().respond(.delete, path)
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == allow)
    }

    @Test(arguments: ["/", "/v1/status", "/healthz", "/v1/flows"])
    func `HEAD answers as GET does, without the body`(path: String) async throws {
        let fixture = try await ServerFixture()
        let head = try await fixture.respond(.head, path)
        let get = try await fixture.respond(.get, path)
        #expect(head.status == get.status)
        #expect(head.headers == get.headers)
        #expect(head.data?.isEmpty == true)
        #expect(get.headers[.contentLength] == String(get.data?.count ?? -1))
    }

    @Test func `a browser's question whether a foreign page may post is not agreed to`() async throws {
        let response = try await ServerFixture().respond(
            .options, "/v1/ask",
            headers: [.origin: "https://evil.example", .accessControlRequestMethod: "POST"])
        #expect(response.status == .noContent)
        #expect(response.headers[.allow] == "OPTIONS, POST")
        #expect(response.headers[.accessControlAllowOrigin] == nil)
        #expect(response.headers[.accessControlAllowMethods] == nil)
    }

    @Test func `every response tells browsers not to guess, frame or leak`() async throws {
        let fixture = try await ServerFixture()
        for path in ["/", "/v1/status", "/nothing"] {
            let headers = try await fixture.respond(.get, path).headers
            #expect(headers[.contentTypeOptions] == "nosniff")
            #expect(headers[.frameOptions] == "DENY")
            #expect(headers[.referrerPolicy] == "no-referrer")
            #expect(headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            #expect(headers[.contentSecurityPolicy]?.contains("unsafe") == false)
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Flows over HTTP` {
    @Test func `the list holds the built-in flow first, with components and edges as they are written`()
        async throws
    {
        let flows = try await ServerFixture().respond(.get, "/v1/flows").json["flows"]?.list ?? []
        let first = try #require(flows.first)
        #expect(first["name"] == .text("question-answering"))
        #expect(first["components"]?.list.contains { $0["type"] == .text("VectorSearch") } == true)
        #expect(first["edges"]?.list.first?.keys == ["from", "to"])
        #expect(first["edges"]?.list.first?["from"]?.text?.contains(".") == true)
    }

    @Test func `a run answers as a question does`() async throws {
        let fixture = try await ServerFixture()
        let run = try await fixture.respond(
            .post, "/v1/flows/question-answering/run",
            json: #"{"input": {"question": "when do deploys happen"}, "stream": false}"#
        ).json
        let ask = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen"}"#
        ).json
        #expect(run["answer"] == ask["answer"])
        #expect(run["citations"] == ask["citations"])
        #expect(run["abstained"] == .flag(false))
    }

    @Test(arguments: [true, false])
    func `an unknown flow is a 404 that lists the known ones, streamed or not`(stream: Bool) async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/flows/none/run", json: #"{"input": {"question": "a"}, "stream": \#(stream)}"#)
        #expect(response.status == .notFound)
        #expect(try response.json["detail"]?.text?.contains("question-answering") == true)
    }

    @Test func `a run without an input is a 422`() async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/flows/question-answering/run", json: #"{"stream": true}"#)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["field"] == .text("input"))
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Health and status` {
    @Test func `healthz is 200`() async throws {
        #expect(try await ServerFixture().respond(.get, "/healthz").status == .ok)
    }

    @Test func `readyz is 200 while the index holds every passage, and 503 with the reason when it does not`()
        async throws
    {
        let fixture = try await ServerFixture()
        #expect(try await fixture.respond(.get, "/readyz").status == .ok)
        try fixture.index.remove([1])
        let response = try await fixture.respond(.get, "/readyz")
        #expect(response.status == .serviceUnavailable)
        #expect(response.headers[.retryAfter] != nil)
        #expect(try response.json["faults"]?.list.count == 1)
    }

    @Test func `status names model, generator, version and last sync`() async throws {
        let status = try await ServerFixture().respond(.get, "/v1/status").json
        #expect(status["name"] == .text("Millrace"))
        #expect(status["version"] == .text("1.2.3"))
        #expect(status["model"] == .text("hashing"))
        #expect(status["generator"] == .text("quoting"))
        #expect(status["synced_at"] == .text("2026-11-20T08:00:00Z"))
        #expect(status["examples"]?.list == [])
    }

    @Test func `status of a corpus that was never synced says null`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.corpus.setState("synced_at", nil)
        #expect(try await fixture.respond(.get, "/v1/status").json["synced_at"] == .null)
    }

    @Test func `a passage's context is its page's text around it`() async throws {
        let fixture = try await ServerFixture()
        let context = try await fixture.respond(.get, "/v1/chunks/1/context").json
        #expect(context["title"] == .text("Deploy guide"))
        #expect(context["before"] == .text(""))
        #expect(context["ancestors"]?.list.first?["title"] == .text("Runbooks"))
        #expect(context["updated_at"] == .text("2025-10-09T08:53:20Z"))
        for id in ["x", "-1", "99999999999999999999", "1%2F2"] {
            #expect(try await fixture.respond(.get, "/v1/chunks/\(id)/context").status == .notFound)
        }
    }
}
