import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `MCP without a handshake` {
    @Test func `discovers versions and capabilities, to be kept for a while`() async throws {
        let response = try await ServerFixture().poststateless("server/discover")
        #expect(response.status == .ok)
        let result = try #require(try response.json["result"])
        #expect(result["supportedVersions"]?.list.first == .text("2026-07-28"))
        #expect(result["capabilities"]?.keys == ["tools"])
        #expect(result["cacheScope"] == .text("public"))
        #expect(result["ttlMs"]?.number ?? 0 > 0)
        #expect(result["resultType"] == .text("complete"))
        let server = result["_meta"]?["io.modelcontextprotocol/serverInfo"]
        #expect(server?["name"] == .text("millrace"))
        #expect(server?["version"] == .text("1.2.3"))
    }

    @Test func `lists tools in their order, for this caller alone`() async throws {
        let result = try #require(try await ServerFixture().poststateless("tools/list").json["result"])
        #expect(result["tools"]?.list.compactMap { $0["name"]?.text } == ["search", "fetch", "ask"])
        #expect(result["cacheScope"] == .text("private"))
        #expect(result["resultType"] == .text("complete"))
    }

    @Test func `calls a tool`() async throws {
        let response = try await ServerFixture().poststateless(
            "tools/call", #""name": "search", "arguments": {"query": "rotate certificate"}"#, name: "search")
        #expect(response.status == .ok)
        let reply = try response.json
        #expect(reply["id"] == .text("a"))
        #expect(reply["result"]?["resultType"] == .text("complete"))
        #expect(
            reply["result"]?["structuredContent"]?["results"]?.list.first?["title"]
                == .text("How to rotate a certificate"))
    }

    @Test(arguments: ["=?base64?c2VhcmNo?=", "search"])
    func `reads a name that a client wrapped in base64`(name: String) async throws {
        let response = try await ServerFixture().poststateless(
            "tools/call", #""name": "search", "arguments": {"query": "deploys"}"#, name: name)
        #expect(response.status == .ok)
    }

    @Test func `refuses headers that say something else than the body`() async throws {
        let fixture = try await ServerFixture()
        let changes: [(String, @Sendable (inout HTTPFields) -> Void)] = [
            ("another version", { $0[.mcpProtocolVersion] = "2025-11-25" }),
            ("no version", { $0[.mcpProtocolVersion] = nil }),
            ("two versions", { $0[values: .mcpProtocolVersion] = ["2026-07-28", "2026-07-28"] }),
            ("another method", { $0[.mcpMethod] = "tools/list" }),
            ("no method", { $0[.mcpMethod] = nil }),
            ("another case", { $0[.mcpMethod] = "TOOLS/CALL" }),
            ("another name", { $0[.mcpName] = "ask" }), ("no name", { $0[.mcpName] = nil }),
            ("two names", { $0[values: .mcpName] = ["search", "ask"] }),
            ("no base64", { $0[.mcpName] = "=?base64?c2VhcmN?=" }),
        ]
        for (what, change) in changes {
            let response = try await fixture.poststateless(
                "tools/call", #""name": "search", "arguments": {"query": "deploys"}"#, name: "search",
                changing: change)
            #expect(response.status == .badRequest, "\(what)")
            let reply = try response.json
            #expect(reply.errorCode == -32_020, "\(what): \(reply)")
            #expect(reply["id"] == .text("a"))
        }
    }

    @Test(arguments: ["2026-01-01", "2025-11-25"])
    func `refuses a version that has no such form, and names those there are`(version: String) async throws {
        let response = try await ServerFixture().poststateless("server/discover", version: version)
        #expect(response.status == .badRequest)
        let reply = try response.json
        #expect(reply.errorCode == -32_022)
        #expect(reply["error"]?["data"]?["supported"]?.list.count == 4)
    }

    @Test(arguments: [
        "{}", #"{"_meta": 1}"#, #"{"_meta": {}}"#,
        #"{"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}"#,
        #"""
        {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
         "io.modelcontextprotocol/clientCapabilities": null}}
        """#,
        #"""
        {"_meta": {"io.modelcontextprotocol/protocolVersion": null,
         "io.modelcontextprotocol/clientCapabilities": {}}}
        """#,
    ])
    func `refuses a request that does not say what it is`(params: String) async throws {
        var headers = HTTPFields.mcp(ServerFixture.stateless)
        headers[.mcpMethod] = "tools/list"
        let response = try await ServerFixture().post(
            mcp: #"{"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": \#(params)}"#, headers)
        #expect(response.status == .badRequest)
        #expect(try response.json.errorCode == -32_602)
    }

    @Test(arguments: ["initialize", "ping", "subscriptions/listen", "resources/read"])
    func `answers a method that it does not have with 404`(method: String) async throws {
        let response = try await ServerFixture().poststateless(method)
        #expect(response.status == .notFound)
        #expect(try response.json.errorCode == -32_601)
    }

    @Test(arguments: [#""name": "none""#, #""name": "search", "arguments": 1"#])
    func `answers an unknown tool and arguments that are none with 400`(params: String) async throws {
        let response = try await ServerFixture().poststateless("tools/call", params) {
            $0[.mcpName] = params.contains("none") ? "none" : "search"
        }
        #expect(response.status == .badRequest)
        #expect(try response.json.errorCode == -32_602)
    }
}
