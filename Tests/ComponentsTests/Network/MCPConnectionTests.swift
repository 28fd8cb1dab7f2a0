import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import Components

/// What a server may do that the SDK's does not.
@Suite(.timeLimit(.minutes(2))) struct `MCP with a server that misbehaves` {
    private static let child = Result { try ChildServer(script: "mcp_double.py") }
    let child: ChildServer

    init() throws {
        child = try Self.child.get()
    }

    /// - Parameter place: makes the path one of its own, so that tests see only their own requests.
    private func connection(
        _ path: String, at place: String = "x", limits: MCPServer.Limits = .init(timeout: .seconds(20))
    ) throws -> MCPConnection {
        MCPConnection(
            try MCPServer(
                "double", endpoint: "\(child.url)/\(path)\(path.contains("?") ? "" : "/\(place)")",
                client: try LocalWeb.client(), limits: limits))
    }

    /// What came for a path, oldest first.
    private func seen(_ path: String) async throws -> [JSONValue] {
        let response = try await LocalWeb.client().send(HTTPRequest(url: "\(child.url)/-/seen/\(path)"))
        return try JSONValue(parsing: response.body).array ?? []
    }

    private func header(_ name: String, of request: JSONValue) -> String? {
        request["headers"]?.object?.first { $0.key.lowercased() == name }?.value.string
    }

    @Test func `tools are listed page by page`() async throws {
        let tools = try await connection("pages").tools()
        #expect(tools.map(\.name) == ["one", "two", "three", "four", "five"])
    }

    @Test func `the session's id and the version go with every later message, and the end is told`()
        async throws
    {
        do {
            let connection = try connection("pages", at: "session")
            _ = try await connection.call("one", [:])
        }
        var requests: [JSONValue] = []
        // The end is told after the connection is gone, by a task that nobody waits for.
        while requests.last?["method"] != "DELETE" {
            requests = try await seen("pages/session")
            await Task.yield()
        }
        #expect(
            requests.map { $0["message"]?["method"]?.string ?? $0["method"]?.string } == [
                "initialize", "notifications/initialized", "tools/call", "DELETE",
            ])
        #expect(header("mcp-session-id", of: requests[0]) == nil)
        #expect(header("mcp-protocol-version", of: requests[0]) == nil)
        for request in requests.dropFirst() {
            #expect(header("mcp-session-id", of: request)?.hasPrefix("session-") ?? false)
            #expect(header("mcp-protocol-version", of: request) == "2025-11-25")
        }
        #expect(header("accept", of: requests[2]) == "application/json, text/event-stream")
    }

    @Test func `an older version that is spoken is taken, and no other`() async throws {
        #expect(try await connection("version/2025-06-18", at: "").call("one", [:]) == "one")
        for version in ["2024-11-05", "2099-01-01", "x"] {
            let connection = try connection("version/\(version)", at: "")
            let error = await #expect(throws: MCPError.self) { try await connection.tools() }
            #expect(error == .unsupportedVersion(version, server: "double"))
        }
    }

    @Test func `a session that the server forgot is begun anew`() async throws {
        let connection = try connection("forgets", at: "once")
        #expect(try await connection.tools().count == 5)
        #expect(try await connection.call("one", [:]) == "one")
        let methods = try await seen("forgets/once").compactMap { $0["message"]?["method"]?.string }
        #expect(methods.count { $0 == "initialize" } == 2)
        #expect(methods.count { $0 == "tools/call" } == 2)
    }

    @Test func `what the server asks on the way is answered`() async throws {
        #expect(try await connection("asks", at: "answers").call("two", [:]) == "two")
        let answers = try await seen("asks/answers").compactMap { $0["message"] }.filter {
            $0["method"] == nil
        }
        #expect(answers.contains(["jsonrpc": "2.0", "id": "p", "result": [:]]))
        #expect(answers.contains { $0["id"] == "r" && $0["error"]?["code"] == -32_601 })
    }

    @Test func `a stream that ends early is taken up where it ended`() async throws {
        #expect(try await connection("cut").call("one", [:]) == "kept")
    }

    @Test(arguments: ["huge", "huge-stream"])
    func `an answer beyond the limit is refused`(path: String) async throws {
        let connection = try connection(
            path, limits: .init(timeout: .seconds(20), responseBytes: 100_000))
        let error = await #expect(throws: MCPError.self) { try await connection.call("one", [:]) }
        #expect(error == .tooLarge(server: "double", limitBytes: 100_000))
    }

    @Test func `more tools than the limit, and a list without end, are refused`() async throws {
        let many = try connection("pages", limits: .init(timeout: .seconds(20), tools: 4))
        await #expect(throws: MCPError.self) { try await many.tools() }
        let endless = try connection("endless")
        let error = await #expect(throws: MCPError.self) { try await endless.tools() }
        guard case .malformed? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        ("html", "text/html"), ("text", "JSON"), ("other-id", "id"), ("dies", "ended before"),
    ])
    func `what is not the protocol is told with its reason`(path: String, words: String) async throws {
        let connection = try connection(path)
        let error = await #expect(throws: MCPError.self) { try await connection.call("one", [:]) }
        guard case .malformed(let server, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(server == "double")
        #expect(reason.contains(words))
    }

    @Test func `a server that stays silent is given up`() async throws {
        let connection = try connection("silent", limits: .init(timeout: .seconds(1)))
        let error = await #expect(throws: MCPError.self) { try await connection.call("one", [:]) }
        #expect(error == .timedOut(server: "double", method: "tools/call", after: .seconds(1)))
    }

    @Test func `a refusal in JSON-RPC is told in its words`() async throws {
        let connection = try connection("refuses")
        let error = await #expect(throws: MCPError.self) { try await connection.call("one", [:]) }
        #expect(
            error
                == .refused(server: "double", method: "tools/call", code: -32_602, message: "no such tool"))
    }

    @Test(arguments: ["http://169.254.169.254/mcp", "SELF/pages"])
    func `redirects are not followed`(target: String) async throws {
        let target = target.replacing("SELF", with: child.url)
        let connection = try connection("redirect?to=\(target)")
        let error = await #expect(throws: MCPError.self) { try await connection.tools() }
        #expect(error == .status(307, server: "double"))
    }

    @Test func `servers are reached over HTTP alone, and have one name each`() throws {
        let client = try LocalWeb.client()
        for endpoint in [
            "npx -y server", "file:///usr/bin/server", "stdio://server", "http://u:p@host/mcp", "",
        ] {
            #expect(throws: TransportError.self) { try MCPServer("s", endpoint: endpoint, client: client) }
        }
        let server = try MCPServer("s", endpoint: "http://host.example/mcp", client: client)
        #expect(throws: NetworkError.self) { try MCPServers([server, server]) }
        #expect(throws: NetworkError.self) {
            try MCPServer("s", endpoint: "http://h/", headers: [("Host", "x")], client: client)
        }
    }
}

@Suite struct `MCP's messages and tools` {
    @Test func `names become callable and stay different`() {
        let tools = ["a.b", "a/b", "a_b", String(repeating: "x", count: 80), "é"].compactMap {
            MCPTool(["name": .string($0)])
        }
        let names = MCPTool.callableNames(of: tools)
        #expect(names == ["a_b", "a_b_2", "a_b_3", String(repeating: "x", count: 64), "__"])
        let long = [String](repeating: String(repeating: "x", count: 64), count: 3).compactMap {
            MCPTool(["name": .string($0)])
        }
        #expect(Set(MCPTool.callableNames(of: long)).count == 3)
        #expect(MCPTool.callableNames(of: long).allSatisfy { $0.count <= 64 })
    }

    @Test func `a tool without a name is none, and one without a schema takes an object`() {
        #expect(MCPTool(["description": "x"]) == nil)
        #expect(MCPTool("x") == nil)
        #expect(MCPTool(["name": "x", "inputSchema": "y"])?.inputSchema == ["type": "object"])
        #expect(MCPTool(["name": "x", "title": "X"])?.description == "X")
    }

    @Test(
        arguments: [
            ("[]", nil), ("{}", nil), (#"{"jsonrpc":"1.0","id":1,"result":{}}"#, nil),
            (#"{"jsonrpc":"2.0","id":1}"#, nil),
            (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, .result(id: 1, [:])),
            (#"{"jsonrpc":"2.0","method":"m"}"#, .notification(method: "m")),
            (#"{"jsonrpc":"2.0","id":"a","method":"m"}"#, .request(id: "a", method: "m")),
            (
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"x"}}"#,
                .failure(id: .null, code: -1, message: "x")
            ),
        ] as [(String, MCPMessage?)])
    func `a message is what JSON-RPC has`(text: String, message: MCPMessage?) throws {
        #expect(MCPMessage(try JSONValue(parsing: text)) == message)
    }

    @Test func `a result without content is an empty text`() throws {
        #expect(try MCPToolResult([:]).value(of: "t") == "")
        #expect(try MCPToolResult(["structuredContent": .null, "content": []]).value(of: "t") == "")
        #expect(throws: MCPError.toolFailed(tool: "t", text: "it gave no reason")) {
            try MCPToolResult(["isError": true]).value(of: "t")
        }
        let link: JSONValue = ["type": "resource_link", "uri": "file:///x", "name": "x"]
        #expect(try MCPToolResult(["content": [link]]).value(of: "t") == [link])
        let text: JSONValue = ["type": "resource", "resource": ["uri": "u", "text": "words"]]
        #expect(try MCPToolResult(["content": [text]]).value(of: "t") == "words")
    }
}
