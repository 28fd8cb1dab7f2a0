import Flow
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import Components

/// The protocol's own SDK, answering with streams of events and with JSON.
@Suite(.timeLimit(.minutes(2))) struct `MCP with the protocol's own server` {
    private static let streaming = Result { try ChildServer(script: "mcp_server.py") }
    private static let plain = Result { try ChildServer(script: "mcp_server.py", arguments: ["--json"]) }

    private func connection(
        _ isPlain: Bool, timeout: Duration = .seconds(30)
    ) throws -> MCPConnection {
        MCPConnection(try server(isPlain, timeout: timeout))
    }

    private func server(_ isPlain: Bool, timeout: Duration = .seconds(30)) throws -> MCPServer {
        let child = try (isPlain ? Self.plain : Self.streaming).get()
        return try MCPServer(
            "sdk", endpoint: child.url + "/mcp", headers: [("X-Caller", "tests")],
            client: try LocalWeb.client(),
            limits: .init(timeout: timeout))
    }

    @Test(arguments: [false, true])
    func `tools come with their descriptions and schemas`(isPlain: Bool) async throws {
        let tools = try await connection(isPlain).tools()
        #expect(tools.map(\.name) == ["add", "echo", "fail", "picture", "wait", "leave", "whose"])
        #expect(tools[0].description == "Adds two whole numbers.")
        #expect(tools[0].inputSchema["properties"]?["a"]?["type"] == "integer")
        #expect(tools[0].inputSchema["required"] == ["a", "b"])
    }

    @Test(arguments: [false, true])
    func `a tool gives structured content, a text, or what there is`(isPlain: Bool) async throws {
        let connection = try connection(isPlain)
        #expect(try await connection.call("add", ["a": 1, "b": 2]) == ["sum": 3])
        #expect(try await connection.call("echo", ["text": "hélo\n“”"]) == "hélo\n“”")
        let picture = try await connection.call("picture", [:])
        #expect(picture.array?.first == ["type": "text", "text": "a dot"])
        #expect(picture.array?.last == ["type": "image", "mimeType": "image/png", "bytes": 3])
        #expect(try await connection.call("whose", [:]) == "tests")
    }

    @Test(arguments: [false, true])
    func `a tool's own failure is told in its words`(isPlain: Bool) async throws {
        let connection = try connection(isPlain)
        for (tool, arguments, words) in [
            ("fail", ["reason": "no such customer"], "no such customer"), ("nope", [:], "nope"),
            ("add", ["a": 1], "b"),
        ] as [(String, JSONValue, String)] {
            let error = await #expect(throws: MCPError.self) { try await connection.call(tool, arguments) }
            guard case .toolFailed(let named, let text)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(named == tool)
            #expect(text.contains(words))
        }
    }

    @Test func `progress before the answer is passed over`() async throws {
        #expect(try await connection(false).call("wait", ["seconds": 0.1]) == "at last")
    }

    @Test func `a stream that the server closes is taken up again`() async throws {
        #expect(try await connection(false).call("leave", [:]) == "still here")
    }

    @Test(arguments: [false, true])
    func `a call that takes too long is given up, and the session goes on`(isPlain: Bool) async throws {
        let connection = try connection(isPlain, timeout: .seconds(2))
        let error = await #expect(throws: MCPError.self) {
            try await connection.call("wait", ["seconds": 60])
        }
        #expect(error == .timedOut(server: "sdk", method: "tools/call", after: .seconds(2)))
        #expect(error?.isRetryable == true)
        #expect(try await connection.call("echo", ["text": "again"]) == "again")
    }

    @Test func `a cancelled task ends its call`() async throws {
        let connection = try connection(false)
        _ = try await connection.tools()
        let task = Task { try await connection.call("wait", ["seconds": 60]) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `calls go side by side in one session`() async throws {
        let connection = try connection(false)
        _ = try await connection.tools()
        let answers = try await withThrowingTaskGroup(of: JSONValue.self) { group in
            for number in 0..<8 {
                group.addTask { try await connection.call("add", ["a": .integer(number), "b": 0]) }
            }
            return try await group.reduce(into: Set<Int>()) { $0.insert($1["sum"]?.integer ?? -1) }
        }
        #expect(answers == Set(0..<8))
    }

    @Test func `a server that wants a header refuses without it, and the header is not shown`() async throws {
        let child = try ChildServer(script: "mcp_server.py", arguments: ["--header", "X-Key=planted"])
        func connection(_ key: String) throws -> MCPConnection {
            MCPConnection(
                try MCPServer(
                    "keyed", endpoint: child.url + "/mcp", headers: [("X-Key", key)],
                    client: try LocalWeb.client()))
        }
        #expect(try await connection("planted").tools().count == 7)
        let error = await #expect(throws: MCPError.self) { try await connection("hunter2").tools() }
        #expect(error == .status(401, server: "keyed"))
        #expect(error.map { !"\($0)".contains("hunter2") } ?? false)
    }

    // MARK: The component

    private func catalog() throws -> ComponentCatalog {
        try LocalWeb().catalog(servers: try MCPServers([try server(false)]))
    }

    @Test func `the component gives tools that an agent can call`() async throws {
        let outcome = try await run(one: "MCPTools", ["server": "sdk"], catalog: try catalog())
        let items = try #require(outcome.outputs["tools"] as? ToolSet).items
        #expect(items.count == 7)
        #expect(items[0].name == "add")
        #expect(items[0].inputSchema["type"] == "object")
        #expect(try await items[0].call(["a": 20, "b": 22]) == ["sum": 42])
        await #expect(throws: MCPError.wrongArguments(tool: "add", kind: "array")) {
            try await items[0].call([1, 2])
        }
    }

    @Test func `the component gives only the tools that are wanted`() async throws {
        let outcome = try await run(
            one: "MCPTools", ["server": "sdk", "only": ["echo", "none"]], catalog: try catalog())
        #expect(try #require(outcome.outputs["tools"] as? ToolSet).items.map(\.name) == ["echo"])
    }

    @Test func `the component calls one tool with constants and with what comes along its edge`() async throws
    {
        let outcome = try await run(
            one: "MCPTools", ["server": "sdk", "tool": "add", "values": ["a": 1, "b": 1]],
            inputs: ["arguments": ["b": 2] as JSONValue], catalog: try catalog())
        #expect(outcome.outputs["result"] as? JSONValue == ["sum": 3])
        let failed = await failure(
            one: "MCPTools", ["server": "sdk", "tool": "fail", "values": ["reason": "why"]],
            catalog: try catalog())
        #expect(failed.map { "\($0)".contains("why") } ?? false)
    }

    @Test func `a flow names servers of the settings alone`() async throws {
        for name in ["other", "http://127.0.0.1/mcp", ""] {
            let error = await failure(one: "MCPTools", ["server": .string(name)], catalog: try catalog())
            #expect(error as? MCPError == .unknownServer(name, known: ["sdk"]))
        }
    }
}
