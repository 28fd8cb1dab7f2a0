import JSONValue
import Synchronization

/// The tools of a server for one run: one session, begun anew when the server forgets it, and ended with this value.
///
/// Sessions are not shared between runs, for a server may keep in one what its caller said.
final class MCPConnection: Sendable {
    /// Pages of tools that are read; a server that never ends its list is refused.
    private static let pageLimit = 100

    let server: MCPServer
    private let session = Mutex<MCPSession?>(nil)
    /// 0 is the number of `initialize`.
    private let lastNumber = Atomic(0)

    init(_ server: MCPServer) {
        self.server = server
    }

    deinit {
        // Nobody waits for it: a session that is not ended is forgotten by the server in its own time.
        if let session = session.withLock({ $0 }) {
            Task { await session.end() }
        }
    }

    /// Every tool of the server, in its order.
    ///
    /// - Throws: ``MCPError``, `TransportError`.
    func tools() async throws -> [MCPTool] {
        var tools: [MCPTool] = []
        var cursor: String?
        for _ in 0..<Self.pageLimit {
            let parameters = cursor.map { JSONValue.object(["cursor": .string($0)]) } ?? [:]
            let result = try await request("tools/list", parameters)
            guard let page = result["tools"]?.array else {
                throw MCPError.malformed(server: server.name, reason: "its list of tools has no “tools”")
            }
            tools += page.compactMap { MCPTool($0) }
            guard tools.count <= server.limits.tools else {
                throw MCPError.malformed(
                    server: server.name,
                    reason: "it has more than \(server.limits.tools) tools, the limit of the settings"
                )
            }
            guard let next = result["nextCursor"]?.string else { return tools }
            cursor = next
        }
        throw MCPError.malformed(
            server: server.name, reason: "its list of tools has more than \(Self.pageLimit) pages")
    }

    /// Calls a tool.
    ///
    /// - Throws: ``MCPError/toolFailed(tool:text:)`` when the tool says that it failed, which a model may be told;
    ///   other ``MCPError``s, `TransportError`.
    func call(_ tool: String, _ arguments: JSONValue) async throws -> JSONValue {
        guard arguments.object != nil else {
            throw MCPError.wrongArguments(tool: tool, kind: arguments.kind)
        }
        let result = try await request("tools/call", ["name": .string(tool), "arguments": arguments])
        return try MCPToolResult(result).value(of: tool)
    }

    private func request(_ method: String, _ parameters: JSONValue) async throws -> JSONValue {
        let number = lastNumber.add(1, ordering: .relaxed).newValue
        let session = try await current()
        do {
            return try await session.request(number, method, parameters).result
        } catch MCPError.sessionGone {
            // The server refused before it did anything, so the request can be made again.
            self.session.withLock { current in
                if current?.id == session.id { current = nil }
            }
            return try await current().request(number, method, parameters).result
        }
    }

    private func current() async throws -> MCPSession {
        if let session = session.withLock({ $0 }) { return session }
        let opened = try await MCPSession.open(server)
        // Of two that begin at once the first one counts.
        let kept = session.withLock { current in
            let kept = current ?? opened
            current = kept
            return kept
        }
        if kept.id != opened.id { await opened.end() }
        return kept
    }
}
