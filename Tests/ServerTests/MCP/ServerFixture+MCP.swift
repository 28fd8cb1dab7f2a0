import Corpus
import Foundation
import HTTPTypes
import Testing

@testable import Server

extension HTTPFields {
    /// The headers of a client that speaks `revision`.
    static func mcp(_ revision: String? = nil) -> HTTPFields {
        var fields: HTTPFields = [.accept: "application/json, text/event-stream"]
        fields[.mcpProtocolVersion] = revision
        return fields
    }
}

extension ServerFixture {
    static let stateless = "2026-07-28"

    /// An application that speaks MCP and nothing else.
    ///
    /// - Parameter passages: read in the place of the fixture's own.
    func mcp(
        _ resource: ProtectedResource? = nil, passages: (any PassageStore)? = nil
    ) throws -> Application {
        let qa = try qa()
        let runs = FlowRuns(qa: qa, limiter: RunLimiter(running: 8, waiting: 64))
        return Application(
            operations: MCPOperations(
                qa: qa, corpus: passages ?? corpus, service: flows.service, runs: runs, version: "1.2.3",
                logger: log.logger,
                resource: resource
            ).operations, scopes: corpus, configuration: configuration, logger: log.logger)
    }

    /// What a body is answered with, which must be what the operation declares.
    func post(
        mcp body: String, _ headers: HTTPFields = .mcp(), passages: (any PassageStore)? = nil
    ) async throws -> APIResponse {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        let application = try mcp(passages: passages)
        let response = await application.respond(
            to: APIRequest(
                method: .post, path: "/mcp", headers: headers, body: Data(body.utf8), id: "test-1"))
        let operation = try application.router.match(method: .post, path: "/mcp").operation
        try ContractCheck.check(response, of: operation)
        return response
    }

    /// The result or the error of one request after a handshake.
    func ask(
        _ method: String, _ params: String = "{}", revision: String? = "2025-11-25"
    ) async throws -> JSONValue {
        let response = try await post(
            mcp: #"{"jsonrpc": "2.0", "id": 7, "method": "\#(method)", "params": \#(params)}"#,
            .mcp(revision))
        #expect(response.status == .ok)
        let reply = try response.json
        #expect(reply["id"] == .number(7))
        return reply
    }

    /// The result of a tool that is called.
    func call(
        _ tool: String, _ arguments: String, revision: String = "2025-11-25"
    ) async throws -> JSONValue {
        let reply = try await ask(
            "tools/call", #"{"name": "\#(tool)", "arguments": \#(arguments)}"#, revision: revision)
        return try #require(reply["result"], "\(reply)")
    }

    /// A request that carries its version and its client's capabilities.
    ///
    /// - Parameters:
    ///   - params: members of the parameters beside `_meta`.
    ///   - name: of the tool that is called.
    ///   - changing: the headers, before they are sent.
    func poststateless(
        _ method: String, _ params: String = "", name: String? = nil, version: String = Self.stateless,
        changing: (inout HTTPFields) -> Void = { _ in }
    ) async throws -> APIResponse {
        var headers = HTTPFields.mcp(version)
        headers[.mcpMethod] = method
        headers[.mcpName] = name
        changing(&headers)
        let meta = """
            {"io.modelcontextprotocol/protocolVersion": "\(version)",
             "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
             "io.modelcontextprotocol/clientCapabilities": {}}
            """
        let members = params.isEmpty ? "" : params + ", "
        return try await post(
            mcp: #"""
                {"jsonrpc": "2.0", "id": "a", "method": "\#(method)", "params": {\#(members)"_meta": \#(meta)}}
                """#, headers)
    }
}

extension JSONValue {
    /// The number of the reply's error.
    var errorCode: Double? { self["error"]?["code"]?.number }

    /// The text of a tool's result.
    var contentText: String? { self["content"]?.list.first?["text"]?.text }
}
