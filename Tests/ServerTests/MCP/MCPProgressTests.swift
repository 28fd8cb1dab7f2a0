import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `MCP's progress` {
    private func call(
        _ tool: String, _ arguments: String, token: String, fixture: ServerFixture,
        _ headers: HTTPFields = .mcp("2025-11-25")
    ) async throws -> APIResponse {
        try await fixture.post(
            mcp: #"""
                {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "\#(tool)",
                 "arguments": \#(arguments), "_meta": {"progressToken": \#(token)}}}
                """#, headers)
    }

    private static let question = #"{"question": "When do deploys happen?"}"#

    @Test(arguments: [#""t-1""#, "9"])
    func `is told of an answer's stages, with the client's token, before the answer`(token: String)
        async throws
    {
        let fixture = try await ServerFixture()
        let response = try await call("ask", Self.question, token: token, fixture: fixture)
        #expect(response.headers[.contentType] == "text/event-stream")
        let events = try await response.events()
        let operation = try fixture.mcp().router.match(method: .post, path: "/mcp").operation
        for (name, data) in events { try ContractCheck.check(event: name, data, of: operation) }
        let notices = events.dropLast().map(\.data)
        #expect(notices.count > 2)
        #expect(notices.allSatisfy { $0["method"] == .text("notifications/progress") })
        let steps = notices.compactMap { $0["params"]?["progress"]?.number }
        #expect(steps == (1...notices.count).map { Double($0) })
        #expect(notices.allSatisfy { $0["params"]?["message"]?.text?.isEmpty == false })
        let sent: JSONValue = try .parsed(Data(token.utf8))
        #expect(notices.allSatisfy { $0["params"]?["progressToken"] == sent })
        let last = try #require(events.last?.data)
        #expect(last["id"] == .number(3))
        let whole = try await fixture.call("ask", Self.question)
        #expect(last["result"] == whole)
    }

    @Test func `is not told to a client that takes no events, or of tools without stages`() async throws {
        let fixture = try await ServerFixture()
        var headers = HTTPFields.mcp("2025-11-25")
        headers[.accept] = "application/json"
        for response in [
            try await call("ask", Self.question, token: "1", fixture: fixture, headers),
            try await call("search", #"{"query": "deploys"}"#, token: "1", fixture: fixture),
            try await call("ask", Self.question, token: "null", fixture: fixture),
            try await call("ask", Self.question, token: "{}", fixture: fixture),
        ] {
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/json")
            #expect(try response.json["result"]?["isError"] == .flag(false))
        }
    }

    @Test func `ends with the failure of a run that fails`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator())
        let events = try await call("ask", Self.question, token: "1", fixture: fixture).events()
        let last = try #require(events.last?.data["result"])
        #expect(last["isError"] == .flag(true))
        #expect(fixture.log.lines.contains { $0.message == "request failed" })
    }

    @Test func `ends when a run takes too long`() async throws {
        var fixture = try await ServerFixture(generator: EndlessGenerator())
        fixture.configuration.requestTimeout = .milliseconds(50)
        let events = try await call("ask", Self.question, token: "1", fixture: fixture).events()
        #expect(events.last?.data["result"]?.contentText?.contains("not finished within") == true)
    }
}
