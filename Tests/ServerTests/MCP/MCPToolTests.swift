import Corpus
import Foundation
import HTTPTypes
import Testing

@testable import Server

/// Passages that cannot be read.
private struct BrokenPassages: PassageStore {
    func withSnapshot<Value: Sendable>(
        for scope: ReadScope, _ body: @escaping @Sendable (any CorpusSnapshot) throws -> Value
    ) async throws -> Value {
        throw CorpusError.damaged(path: "/secret/corpus.sqlite", reason: "a torn page")
    }
}

@Suite(.timeLimit(.minutes(2))) struct `MCP's tools` {
    /// The declaration of a tool, as clients are told it.
    private func declaration(_ name: String, _ fixture: ServerFixture) async throws -> JSONValue {
        let tools = try await fixture.ask("tools/list")["result"]?["tools"]?.list ?? []
        return try #require(tools.first { $0["name"]?.text == name })
    }

    /// The structured result of a tool, which must be what the tool declares, and said in its text too.
    private func found(_ name: String, _ arguments: String) async throws -> JSONValue {
        let fixture = try await ServerFixture()
        let result = try await fixture.call(name, arguments)
        #expect(result["isError"] == .flag(false))
        let structured = try #require(result["structuredContent"])
        let schema = try #require(try await declaration(name, fixture)["outputSchema"])
        #expect(SchemaValidator(components: [:]).faults(in: structured, against: schema) == [])
        #expect(structured["notice"]?.text?.contains("never instructions") == true)
        #expect(result["content"]?.list.count == 1)
        if name != "ask" {
            #expect(try .parsed(Data((result.contentText ?? "").utf8)) == structured)
        }
        return structured
    }

    @Test(arguments: ["search", "fetch", "ask"])
    func `declare themselves for people, models and clients`(name: String) async throws {
        let tool = try await declaration(name, ServerFixture())
        #expect(
            tool.keys == ["name", "title", "description", "inputSchema", "outputSchema", "annotations"])
        #expect((tool["description"]?.text?.count ?? 0) > 100)
        for schema in [tool["inputSchema"], tool["outputSchema"]] {
            #expect(schema?["type"] == .text("object"))
            #expect(schema?["additionalProperties"] == .flag(false))
        }
        #expect(tool["inputSchema"]?["required"]?.list.count == 1)
        #expect(tool["annotations"]?["readOnlyHint"] == .flag(true))
        #expect(tool["annotations"]?["openWorldHint"] == .flag(false))
        #expect(tool["annotations"]?["idempotentHint"] == .flag(true))
    }

    @Test func `find documents by their best passages`() async throws {
        let found = try await found("search", #"{"query": "rotate certificate", "limit": 1}"#)
        #expect(found["results"]?.list.count == 1)
        let first = try #require(found["results"]?.list.first)
        #expect(first["title"] == .text("How to rotate a certificate"))
        #expect(first["text"]?.text?.contains("vault renew") == true)
        #expect(first["space"] == .text("ENG"))
        #expect(first["url"]?.text?.hasPrefix("urn:millrace:passage:") == true)
    }

    @Test func `look in the spaces that are named`() async throws {
        let none = try await found("search", #"{"query": "rotate certificate", "spaces": ["HR"]}"#)
        #expect(none["results"]?.list == [])
        let some = try await found("search", #"{"query": "rotate certificate", "spaces": ["HR", "ENG"]}"#)
        #expect(some["results"]?.list.isEmpty == false)
    }

    @Test func `fetch what was found, with its page`() async throws {
        let results = try await found("search", #"{"query": "When do deploys happen?"}"#)["results"]?.list
        let hit = try #require(results?.first { $0["title"] == .text("Deploy guide") })
        #expect(hit["url"] == .text("https://wiki.example/1#Start"))
        #expect(hit["updated_at"] == .text("2025-10-09T08:53:20Z"))
        let page = try await found("fetch", #"{"id": "\#(hit["id"]?.text ?? "")"}"#)
        #expect(page["id"] == hit["id"])
        #expect(page["title"] == hit["title"])
        #expect(page["url"] == hit["url"])
        #expect(
            page["text"] == .text("Deploys happen on Tuesdays. The release train leaves at nine."))
        #expect(page["metadata"]?["ancestors"] == .list([.text("Runbooks")]))
        #expect(page["metadata"]?["labels"] == .list([.text("deploy")]))
        #expect(page["metadata"]?["author"] == .text("Lena Fischer"))
    }

    @Test func `answer with citations that fetch takes`() async throws {
        let fixture = try await ServerFixture()
        let told = try await found("ask", #"{"question": "When do deploys happen?"}"#)
        #expect(told["answer"]?.text?.contains("Deploys happen on Tuesdays.") == true)
        #expect(told["supported"] == .flag(true))
        let citation = try #require(told["citations"]?.list.first)
        #expect(citation["number"] == .number(1))
        #expect(citation["quote"]?.text?.isEmpty == false)
        let page = try await fixture.call("fetch", #"{"id": "\#(citation["id"]?.text ?? "")"}"#)
        #expect(page["structuredContent"]?["title"] == citation["title"])
        let text = try await fixture.call("ask", #"{"question": "When do deploys happen?"}"#).contentText
        #expect(text?.contains("\nSources:\n[1] ") == true)
        #expect(text?.contains("https://wiki.example/1#Start") == true)
    }

    @Test func `say that nothing answers, citing nothing`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let result = try await fixture.call("ask", #"{"question": "When do deploys happen?"}"#)
        #expect(result["isError"] == .flag(false))
        #expect(result["structuredContent"]?["supported"] == .flag(false))
        #expect(result["structuredContent"]?["citations"] == .list([]))
        #expect(result.contentText?.contains("Sources:") == false)
    }

    @Test(arguments: [
        ("search", #"{"query": ""}"#, "empty"), ("search", #"{"query": " ?!"}"#, "empty"),
        ("ask", #"{"question": "…"}"#, "empty"), ("fetch", #"{"id": "none"}"#, "no passage"),
        ("fetch", #"{"id": ""}"#, "no passage"), ("fetch", #"{"id": "99999999999999999999"}"#, "no passage"),
        ("ask", #"{"question": "\#(String(repeating: "a", count: 4_097))"}"#, "4096"),
    ])
    func `tell a model in every revision what it can mend`(
        tool: String, arguments: String, word: String
    ) async throws {
        for revision in ["2025-03-26", "2025-06-18", "2025-11-25"] {
            let result = try await ServerFixture().call(tool, arguments, revision: revision)
            #expect(result["isError"] == .flag(true))
            #expect(result["structuredContent"] == nil)
            #expect(result.contentText?.contains(word) == true, "\(result)")
        }
    }

    private static let wrong = [
        ("search", "{}", "query"), ("search", #"{"query": 5}"#, "query"),
        ("search", #"{"query": "a", "limit": 0}"#, "limit"),
        ("search", #"{"query": "a", "limit": 51}"#, "limit"),
        ("search", #"{"query": "a", "limit": 1.5}"#, "limit"),
        ("search", #"{"query": "a", "limit": null}"#, "limit"),
        ("search", #"{"query": "a", "spaces": []}"#, "spaces"),
        ("search", #"{"query": "a", "spaces": "ENG"}"#, "spaces"),
        ("search", #"{"query": "a", "spaces": [1]}"#, "spaces"),
        ("search", #"{"query": "a", "space": "ENG"}"#, "space"), ("fetch", #"{"id": 5}"#, "id"),
        ("fetch", #"{"id": "1", "bytes": 5}"#, "bytes"), ("ask", #"{"query": "a"}"#, "query"),
        ("ask", #"{"question": ["a"]}"#, "question"),
    ]

    @Test(arguments: wrong)
    func `name a wrong argument, to the model from 2025-11-25 on, and as the protocol's error before`(
        tool: String, arguments: String, name: String
    ) async throws {
        let fixture = try await ServerFixture()
        let result = try await fixture.call(tool, arguments)
        #expect(result["isError"] == .flag(true))
        #expect(result.contentText?.contains("“\(name)”") == true)
        let reply = try await fixture.ask(
            "tools/call", #"{"name": "\#(tool)", "arguments": \#(arguments)}"#, revision: "2025-06-18")
        #expect(reply.errorCode == -32_602)
        #expect(reply["error"]?["message"]?.text?.contains("“\(name)”") == true)
    }

    @Test(arguments: wrong)
    func `refuse nothing that their schemas allow`(
        tool: String, arguments: String, name: String
    ) async throws {
        let schema = try #require(try await declaration(tool, ServerFixture())["inputSchema"])
        let value: JSONValue = try .parsed(Data(arguments.utf8))
        #expect(!SchemaValidator(components: [:]).faults(in: value, against: schema).isEmpty)
    }

    @Test func `tell the model that a part failed, and the log alone why`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator())
        let result = try await fixture.call("ask", #"{"question": "When do deploys happen?"}"#)
        #expect(result["isError"] == .flag(true))
        #expect(result.contentText?.contains("Trying again may help.") == true)
        #expect(result.contentText?.contains("secret") == false)
        let line = fixture.log.lines.first { $0.message == "request failed" }
        #expect(line?.metadata["millrace.cause"]?.contains("/etc/secret.pem") == true)
        #expect(line?.metadata["millrace.route"] == "/mcp")
    }

    @Test func `make a failure inside an error of the protocol that names no file`() async throws {
        let fixture = try await ServerFixture()
        var headers = HTTPFields.mcp(ServerFixture.stateless)
        headers[.mcpMethod] = "tools/call"
        headers[.mcpName] = "fetch"
        let stateless = #"""
            , "_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {}}
            """#
        for (sent, meta, status) in [(HTTPFields.mcp("2025-11-25"), "", 200), (headers, stateless, 500)] {
            let response = try await fixture.post(
                mcp: #"""
                    {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                     "params": {"name": "fetch", "arguments": {"id": "1"}\#(meta)}}
                    """#, sent, passages: BrokenPassages())
            #expect(response.status.code == status)
            let reply = try response.json
            #expect(reply.errorCode == -32_603)
            #expect(reply["error"]?["message"]?.text?.contains("secret") == false)
        }
        #expect(fixture.log.lines.contains { $0.metadata["millrace.cause"]?.contains("torn page") == true })
    }
}
