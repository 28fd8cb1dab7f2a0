import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `MCP's address` {
    private static let ping = #"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#

    @Test(arguments: [HTTPRequest.Method.get, .delete, .put])
    func `takes POST alone`(method: HTTPRequest.Method) async throws {
        let response = try await ServerFixture().mcp().respond(
            to: APIRequest(method: method, path: "/mcp", id: "test-1"))
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers[.allow] == "OPTIONS, POST")
    }

    @Test(arguments: [
        ("application/json", true), ("*/*", true), ("application/*;q=0.5, text/html", true),
        ("text/event-stream", false), ("application/json;q=0, text/event-stream", false),
    ])
    func `answers as the client takes it`(accept: String, json: Bool) async throws {
        let response = try await ServerFixture().post(mcp: Self.ping, [.accept: accept])
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == (json ? "application/json" : "text/event-stream"))
        guard !json else { return }
        let events = try await response.events()
        #expect(events.map(\.name) == ["message"])
        #expect(events.first?.data["result"] == .object([:]))
    }

    @Test(arguments: ["text/html", "application/json;q=0", "image/*"])
    func `refuses a client that takes neither`(accept: String) async throws {
        let response = try await ServerFixture().post(mcp: Self.ping, [.accept: accept])
        #expect(response.status == .notAcceptable)
        #expect(try response.json.errorCode == -32_600)
    }

    @Test func `answers a client that does not say what it takes with JSON`() async throws {
        let response = try await ServerFixture().post(mcp: Self.ping, [:])
        #expect(response.headers[.contentType] == "application/json")
    }

    @Test(arguments: ["https://evil.example", "null", "http://localhost.evil.example"])
    func `refuses pages of other origins, whatever type they send`(origin: String) async throws {
        for type in ["application/json", "text/plain"] {
            let response = try await ServerFixture().post(
                mcp: Self.ping, [.origin: origin, .contentType: type])
            #expect(response.status == .forbidden)
        }
    }

    @Test func `takes its own origin`() async throws {
        let response = try await ServerFixture().post(mcp: Self.ping, [.origin: "http://localhost"])
        #expect(response.status == .ok)
    }

    @Test(arguments: [
        (#"{"jsonrpc": "2.0", "id": 1, "method": "ping", "method": "tools/list"}"#, "application/json"),
        (ping, "application/json; charset=utf-16"), (ping, "application/json; charset=latin1"),
    ])
    func `refuses a body that two readers would read differently`(
        body: String, type: String
    ) async throws {
        let response = try await ServerFixture().post(mcp: body, [.contentType: type])
        #expect(response.status == .badRequest)
        #expect(try response.json.errorCode == -32_700)
    }

    @Test func `refuses another type than JSON`() async throws {
        let response = try await ServerFixture().post(mcp: Self.ping, [.contentType: "text/plain"])
        #expect(response.status == .unsupportedMediaType)
    }

    @Test(arguments: [
        "", "{", "nothing", #"{"jsonrpc": "2.0", "id": 1, "method": "ping""#,
        String(repeating: "[", count: 100_000),
        #"{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": "# + String(repeating: "[", count: 2_000),
    ])
    func `tells where a body stops being JSON`(body: String) async throws {
        let response = try await ServerFixture().post(mcp: body)
        #expect(response.status == .badRequest)
        let reply = try response.json
        #expect(reply.errorCode == -32_700)
        #expect(reply["id"] == .null)
    }

    @Test func `tells the same of bytes that are no UTF-8`() async throws {
        let response = try await ServerFixture().mcp().respond(
            to: APIRequest(
                method: .post, path: "/mcp", headers: [.contentType: "application/json"],
                body: Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]), id: "test-1"))
        #expect(response.status == .badRequest)
        #expect(try response.json.errorCode == -32_700)
    }

    @Test(arguments: [
        "1", "null", #""text""#, "{}", #"{"id": 1, "method": "ping"}"#,
        #"{"jsonrpc": "1.0", "id": 1, "method": "ping"}"#, #"{"jsonrpc": 2.0, "id": 1, "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": 1}"#, #"{"jsonrpc": "2.0", "id": 1, "method": 5}"#,
        #"{"jsonrpc": "2.0", "id": 1, "method": null}"#, #"{"jsonrpc": "2.0", "id": null, "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": 1e400, "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": 99999999999999999999, "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": true, "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": [], "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": {}, "method": "ping"}"#,
        #"{"jsonrpc": "2.0", "id": ""# + String(repeating: "a", count: 1_025) + #"", "method": "ping"}"#,
    ])
    func `refuses what is no message, without repeating it`(body: String) async throws {
        let response = try await ServerFixture().post(mcp: body)
        #expect(response.status == .badRequest)
        let reply = try response.json
        // A number that no double holds is no JSON to the decoder.
        #expect(reply.errorCode == (body.contains("1e400") ? -32_700 : -32_600), "\(reply)")
        #expect(reply["id"] == .null)
        #expect((response.data?.count ?? 0) < 400)
    }

    @Test(arguments: [#""""#, #""é-1""#, "0", "-5", "9007199254740993"])
    func `gives ids back as they came`(id: String) async throws {
        let response = try await ServerFixture().post(
            mcp: #"{"jsonrpc": "2.0", "id": \#(id), "method": "ping"}"#)
        #expect(response.status == .ok)
        let text = String(decoding: response.data ?? Data(), as: UTF8.self)
        #expect(text.contains(#""id":\#(id)"#))
    }

    @Test func `takes parameters as an object alone`() async throws {
        for params in ["[]", "1", "null", #""a""#] {
            let response = try await ServerFixture().post(
                mcp: #"{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": \#(params)}"#)
            #expect(try response.json.errorCode == -32_602)
        }
    }

    @Test func `does not repeat a long method or tool`() async throws {
        let long = String(repeating: "x", count: 100_000)
        let fixture = try await ServerFixture()
        for reply in [
            try await fixture.ask(long), try await fixture.ask("tools/call", #"{"name": "\#(long)"}"#),
        ] {
            #expect((reply["error"]?["message"]?.text?.count ?? .max) < 200)
        }
    }
}
