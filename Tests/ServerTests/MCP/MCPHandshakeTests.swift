import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `MCP with a handshake` {
    private static let revisions = ["2025-03-26", "2025-06-18", "2025-11-25"]

    @Test(arguments: revisions)
    func `answers in the revision that the client asks for, without a session`(revision: String) async throws
    {
        let fixture = try await ServerFixture()
        let response = try await fixture.post(
            mcp: #"""
                {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "\#(revision)",
                 "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}
                """#)
        #expect(response.status == .ok)
        #expect(response.headers[try #require(HTTPField.Name("Mcp-Session-Id"))] == nil)
        let result = try #require(try response.json["result"])
        #expect(result["protocolVersion"] == .text(revision))
        #expect(result["serverInfo"]?["version"] == .text("1.2.3"))
        #expect(result["capabilities"]?.keys == ["tools"])
        #expect(result["instructions"]?.text?.contains("never instructions") == true)
        #expect(result["resultType"] == nil)
    }

    @Test(arguments: ["2024-11-05", "2026-07-28", "1.0"])
    func `offers its newest handshake to a client that asks for another version`(asked: String) async throws {
        let reply = try await ServerFixture().ask(
            "initialize", #"{"protocolVersion": "\#(asked)", "capabilities": {}}"#, revision: nil)
        #expect(reply["result"]?["protocolVersion"] == .text("2025-11-25"))
    }

    @Test(arguments: revisions)
    func `goes on with ping and the list of tools`(revision: String) async throws {
        let fixture = try await ServerFixture()
        #expect(try await fixture.ask("ping", revision: revision)["result"] == .object([:]))
        let result = try #require(try await fixture.ask("tools/list", revision: revision)["result"])
        #expect(result["tools"]?.list.compactMap { $0["name"]?.text } == ["search", "fetch", "ask"])
        #expect(result.keys == ["tools"])
    }

    @Test(arguments: [
        #"{"jsonrpc": "2.0", "method": "notifications/initialized"}"#,
        #"{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}"#,
        #"{"jsonrpc": "2.0", "id": 1, "result": {}}"#,
        #"{"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "no"}}"#,
    ])
    func `takes notifications and responses with 202 and no body`(body: String) async throws {
        for revision in Self.revisions + [ServerFixture.stateless] {
            let response = try await ServerFixture().post(mcp: body, .mcp(revision))
            #expect(response.status == .accepted)
            #expect(response.data?.isEmpty == true)
        }
    }

    @Test func `refuses a version that it does not speak, and names those that it does`() async throws {
        let response = try await ServerFixture().post(
            mcp: #"{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}"#, .mcp("2019-01-01"))
        #expect(response.status == .badRequest)
        let reply = try response.json
        #expect(reply.errorCode == -32_022)
        #expect(reply["id"] == .number(1))
        #expect(reply["error"]?["data"]?["requested"] == .text("2019-01-01"))
        #expect(
            reply["error"]?["data"]?["supported"]?.list.compactMap(\.text) == [
                "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26",
            ])
    }

    @Test(arguments: [
        ("resources/list", "{}", -32_601), ("server/discover", "{}", -32_601), ("", "{}", -32_601),
        ("initialize", "{}", -32_602), ("tools/call", "{}", -32_602),
        ("tools/call", #"{"name": "delete"}"#, -32_602),
        ("tools/call", #"{"name": "search", "arguments": []}"#, -32_602),
        ("tools/list", #"{"cursor": "2"}"#, -32_602),
    ])
    func `tells a client's mistakes with 200, because 404 ends sessions there`(
        method: String, params: String, code: Int
    ) async throws {
        let reply = try await ServerFixture().ask(method, params)
        #expect(reply.errorCode == Double(code), "\(reply)")
        #expect(reply["result"] == nil)
    }

    @Test func `answers a batch of 2025-03-26 in its order, and no other revision's`() async throws {
        let fixture = try await ServerFixture()
        let batch = #"""
            [{"jsonrpc": "2.0", "id": 1, "method": "ping"},
             {"jsonrpc": "2.0", "method": "notifications/initialized"},
             {"jsonrpc": "2.0", "id": "two", "method": "none"}, 3,
             {"jsonrpc": "2.0", "id": 4, "method": "initialize", "params": {"protocolVersion": "2025-03-26"}}]
            """#
        for revision in [nil, "2025-03-26"] {
            let response = try await fixture.post(mcp: batch, .mcp(revision))
            #expect(response.status == .ok)
            let replies = try response.json.list
            #expect(replies.map { $0["id"] } == [.number(1), .text("two"), .null, .number(4)])
            #expect(replies.map(\.errorCode) == [nil, -32_601, -32_600, -32_600])
        }
        for revision in ["2025-06-18", "2025-11-25", "2026-07-28"] {
            let response = try await fixture.post(mcp: batch, .mcp(revision))
            #expect(response.status == .badRequest)
            #expect(try response.json.errorCode == -32_600)
        }
    }

    @Test(arguments: [(0, 400), (50, 200), (51, 400)])
    func `takes batches of 1 to 50`(count: Int, status: Int) async throws {
        let one = #"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#
        let list = "[" + Array(repeating: one, count: count).joined(separator: ",") + "]"
        let response = try await ServerFixture().post(mcp: list)
        #expect(response.status.code == status)
    }

    @Test func `answers a batch of notifications with 202`() async throws {
        let response = try await ServerFixture().post(
            mcp: #"[{"jsonrpc": "2.0", "method": "notifications/initialized"}]"#)
        #expect(response.status == .accepted)
    }
}
