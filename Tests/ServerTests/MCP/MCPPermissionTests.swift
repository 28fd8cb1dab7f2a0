import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Rights over MCP` {
    /// Everything that the tools say when they are asked about the hidden page, whose words are not among those asked.
    private func everything(_ fixture: ServerFixture) async throws -> String {
        let calls =
            [
                ("search", #"{"query": "money reviewed in March"}"#),
                ("ask", #"{"question": "what money is reviewed in March"}"#),
            ] + (1...3).map { ("fetch", #"{"id": "\#($0)"}"#) }
        var said = ""
        for revision in ["2025-03-26", "2025-11-25"] {
            for (tool, arguments) in calls {
                said += "\(try await fixture.call(tool, arguments, revision: revision))"
            }
        }
        let stream = try await fixture.post(
            mcp: #"""
                {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": {"name": "ask",
                 "arguments": {"question": "what money is reviewed in March"}, "_meta": {"progressToken": 1}}}
                """#)
        said += "\(try await stream.events())"
        let response = try await fixture.poststateless(
            "tools/call", #""name": "search", "arguments": {"query": "money reviewed in March"}"#,
            name: "search")
        return said + "\(try response.json)"
    }

    @Test(arguments: StorageEngine.allCases)
    func `no title, space, label, author or word of a hidden page comes out of any tool`(
        engine: StorageEngine
    ) async throws {
        let said = try await everything(ServerFixture(engine: engine))
        #expect(said.contains("Deploy guide"))
        for secret in ServerFixture.secrets { #expect(!said.contains(secret), "\(secret)") }
    }

    @Test(arguments: StorageEngine.allCases)
    func `the same calls tell it to somebody who may read it`(engine: StorageEngine) async throws {
        var fixture = try await ServerFixture(engine: engine)
        fixture.configuration.defaultReader = Reader([.group("hr")])
        let said = try await everything(fixture)
        for secret in ServerFixture.secrets { #expect(said.contains(secret), "\(secret)") }
    }

    @Test(arguments: StorageEngine.allCases)
    func `a hidden passage and one that is not there are the same answer`(engine: StorageEngine) async throws
    {
        let fixture = try await ServerFixture(engine: engine)
        let hidden = try await fixture.call("fetch", #"{"id": "2"}"#)
        let absent = try await fixture.call("fetch", #"{"id": "4"}"#)
        #expect(hidden["isError"] == .flag(true))
        #expect(hidden.keys == absent.keys)
        #expect(
            hidden.contentText?.replacing("2", with: "N") == absent.contentText?.replacing("4", with: "N"))
    }

    @Test func `a caller without the scope ask is told of the other tools, and refused by it`() async throws {
        var fixture = try await ServerFixture()
        fixture.configuration.anonymousScopes = [.search]
        let tools = try await fixture.ask("tools/list")["result"]?["tools"]?.list
        #expect(tools?.compactMap { $0["name"]?.text } == ["search", "fetch"])
        let response = try await fixture.post(
            mcp: #"""
                {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                 "params": {"name": "ask", "arguments": {"question": "when do deploys happen"}}}
                """#)
        #expect(response.status == .forbidden)
        let batch = try await fixture.post(
            mcp: #"""
                [{"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                 "params": {"name": "ask", "arguments": {"question": "when do deploys happen"}}}]
                """#)
        #expect(try batch.json.list.first?["result"]?["isError"] == .flag(true))
        #expect(try await fixture.call("search", #"{"query": "deploys"}"#)["isError"] == .flag(false))
    }

    @Test func `a caller without the scope search is refused`() async throws {
        var fixture = try await ServerFixture()
        fixture.configuration.anonymousScopes = [.ask]
        let response = try await fixture.post(mcp: #"{"jsonrpc": "2.0", "id": 1, "method": "ping"}"#)
        #expect(response.status == .forbidden)
    }
}
