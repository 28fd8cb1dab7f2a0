import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Bodies that are refused` {
    private func problem(
        _ body: String, path: String = "/v1/ask", headers: HTTPFields = [:]
    ) async throws -> (status: Int, problem: JSONValue) {
        let response = try await ServerFixture().respond(.post, path, json: body, headers: headers)
        #expect(response.headers[.contentType] == "application/problem+json")
        return (response.status.code, try response.json)
    }

    @Test func `JSON that is not JSON is a 400 that names line and column`() async throws {
        let (status, problem) = try await problem("{\"question\": \n  nope}")
        #expect(status == 400)
        #expect(problem["type"] == .text("urn:millrace:problem:malformed-json"))
        #expect(problem["detail"]?.text?.contains("line 2") == true, "\(problem)")
    }

    @Test(arguments: [
        ("{", "line 1, column 2"), ("{\"a\" 1}", "line 1, column 6"), ("[1,]", "line 1, column 4"),
        ("{\"a\": tru}", "line 1, column 7"), ("{'a': 1}", "line 1, column 2"),
        ("{\"a\": 01}", "line 1, column 7"),
        ("{}\n x", "line 2, column 2"), ("{\"a\": \"b", "line 1, column 9"),
        ("{\"a\": [1}", "line 1, column 9"),
    ])
    func `the place of a fault in JSON is found`(text: String, place: String) {
        #expect(
            JSONSyntax.fault(in: text.utf8)?.hasPrefix(place) == true,
            "\(JSONSyntax.fault(in: text.utf8) ?? "none")")
    }

    @Test(arguments: [
        "{}", "[]", "0", "-1.5e+3", "\"\\\"\"", "{\"a\": [1, {\"b\": null}], \"c\": true} \n",
        String(repeating: "[", count: 512) + String(repeating: "]", count: 512),
    ])
    func `sound JSON has no fault`(text: String) {
        #expect(JSONSyntax.fault(in: text.utf8) == nil)
    }

    @Test(arguments: ["", "null", "[]", "7", "\"text\"", "{", "{\"question\": \"\u{0}\"}"])
    func `what is no object is refused, not crashed on`(body: String) async throws {
        let (status, _) = try await problem(body)
        #expect([400, 422].contains(status))
    }

    @Test func `bytes that are not UTF-8 are a 400`() async throws {
        let application = try await ServerFixture().application()
        let response = await application.respond(
            to: APIRequest(
                method: .post, path: "/v1/ask", headers: [.contentType: "application/json"],
                body: Data([0x7B, 0x22, 0xC3, 0x28, 0x22, 0x7D]), id: "x"))
        #expect(response.status == .badRequest)
    }

    @Test func `arrays a hundred thousand deep are a 400 that names the limit`() async throws {
        let (status, problem) = try await problem(String(repeating: "[", count: 100_000))
        #expect(status == 400)
        #expect(problem["detail"]?.text?.contains("512") == true)
    }

    @Test(arguments: [
        (#"{"question": 5}"#, "question", "a text"),
        (#"{"question": null}"#, "question", "null"),
        (#"{}"#, "question", "missing"),
        (#"{"question": "a", "top_k": "8"}"#, "top_k", "a whole number"),
        (#"{"question": "a", "top_k": 1.5}"#, "top_k", "a whole number"),
        (#"{"question": "a", "top_k": 0}"#, "top_k", "1 and 50"),
        (#"{"question": "a", "stream": "yes"}"#, "stream", "true or false"),
        (#"{"question": "a", "filters": []}"#, "filters", "an object"),
        (#"{"question": "a", "filters": {"spaces": "ENG"}}"#, "filters.spaces", "a list"),
        (#"{"question": "a", "filters": {"spaces": [1]}}"#, "filters.spaces[0]", "a text"),
        (#"{"question": "a", "filters": {"kinds": ["book"]}}"#, "filters.kinds", "book"),
        (#"{"question": "a", "filters": {"spaces": []}}"#, "filters.spaces", "is empty"),
        (#"{"question": "a", "filters": {"kinds": []}}"#, "filters.kinds", "is empty"),
        (
            #"{"question": "a", "filters": {"updated_after": "yesterday"}}"#, "filters.updated_after",
            "2026-01-31"
        ),
        (
            #"{"question": "a", "filters": {"updated_after": "2026-02-31"}}"#, "filters.updated_after",
            "2026-01-31"
        ),
        (#"{"question": "a", "conversation": [{"question": "b"}]}"#, "conversation[0].answer", "missing"),
    ])
    func `a wrong field is a 422 that names it and says what it must be`(
        body: String, field: String, word: String
    ) async throws {
        let (status, problem) = try await problem(body)
        #expect(status == 422)
        #expect(problem["field"] == .text(field))
        #expect(problem["detail"]?.text?.contains(word) == true, "\(problem)")
    }

    @Test(arguments: [
        (#"{"question": "a", "topk": 3}"#, "/v1/ask", "topk"),
        (#"{"question": "a", "filters": {"space": ["ENG"]}}"#, "/v1/ask", "filters.space"),
        (#"{"query": "a", "page": 2}"#, "/v1/search", "page"),
        (
            #"{"input": {"question": "a", "stream": true}}"#, "/v1/flows/question-answering/run",
            "input.stream"
        ),
    ])
    func `an unknown field is refused by name, with the names there are`(
        body: String, path: String, field: String
    ) async throws {
        let (status, problem) = try await problem(body, path: path)
        #expect(status == 422)
        #expect(problem["field"] == .text(field))
        #expect(problem["detail"]?.text?.contains("Known fields:") == true)
    }

    @Test func `what is wrong is told in whole sentences, whoever wrote them`() {
        for reason in ["is no address", "is no address."] {
            #expect("\(RequestFault.invalidField(name: "url", reason: reason))" == "“url” is no address.")
        }
        let nothing = RequestFault.unknownField(name: "x", known: [])
        #expect("\(nothing)" == "There is no field “x” here. There are none.")
    }

    @Test(arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
    func `a body of another type than JSON is a 415, which keeps foreign forms out`(type: String) async throws
    {
        let (status, _) = try await problem(#"{"question": "a"}"#, headers: [.contentType: type])
        #expect(status == 415)
    }

    @Test func `a charset after the type is no obstacle`() async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/ask", json: #"{"question": "deploys"}"#,
            headers: [.contentType: "Application/JSON; charset=utf-8"])
        #expect(response.status == .ok)
    }

    @Test(arguments: ["", "   ", "?!…"])
    func `a question without a letter or digit is a 422`(text: String) async throws {
        let (status, problem) = try await problem("{\"question\": \"\(text)\"}")
        #expect(status == 422)
        #expect(problem["type"] == .text("urn:millrace:problem:empty-question"))
    }

    @Test(arguments: ["/v1/ask", "/v1/search"])
    func `a question of a million bytes is a 422 that names the limit`(path: String) async throws {
        let key = path == "/v1/ask" ? "question" : "query"
        let (status, problem) = try await problem(
            "{\"\(key)\": \"\(String(repeating: "a", count: 1_000_000))\"}", path: path)
        #expect(status == 422)
        #expect(problem["limit"] == .number(4_096))
        #expect(problem["detail"]?.text?.contains("1000000") == true)
    }

    @Test func `more than a hundred spaces are refused with the limit`() async throws {
        let spaces = (0...100).map { "\"S\($0)\"" }.joined(separator: ",")
        let (status, problem) = try await problem(
            "{\"question\": \"a\", \"filters\": {\"spaces\": [\(spaces)]}}")
        #expect(status == 422)
        #expect(problem["detail"]?.text?.contains("100") == true)
    }
}
