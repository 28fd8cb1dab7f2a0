import Concurrency
import Foundation
import JSONValue
import Transport

/// A session with an MCP server over streamable HTTP (modelcontextprotocol.io/specification, versions 2025-06-18 and
/// 2025-11-25): every message is a `POST`, answered with JSON or with a stream of events.
struct MCPSession: Sendable {
    /// The versions of the protocol that are spoken, the one that is asked for first.
    static let versions = ["2025-11-25", "2025-06-18"]
    /// How long a message may take that nobody waits for.
    private static let noticeTimeout = Duration.seconds(5)
    private static let identifierLimit = 1_024
    /// How much longer than a request's own limit a silence on the network is borne, so that the limit decides.
    private static let grace = Duration.seconds(5)

    let server: MCPServer
    /// What the server calls the session; `nil` when it keeps none.
    private(set) var id: String?
    /// The version that was agreed on; `nil` until then.
    private(set) var version: String?

    /// Begins a session: `initialize`, then `notifications/initialized`.
    ///
    /// - Throws: ``MCPError``, `TransportError`.
    static func open(_ server: MCPServer) async throws -> MCPSession {
        var session = MCPSession(server: server)
        let parameters: JSONValue = [
            "protocolVersion": .string(versions[0]), "capabilities": [:],
            "clientInfo": ["name": "millrace", "version": "1"],
        ]
        let (result, head) = try await session.request(0, "initialize", parameters)
        let version = result["protocolVersion"]?.string ?? ""
        guard versions.contains(version) else {
            throw MCPError.unsupportedVersion(version, server: server.name)
        }
        if let id = head["mcp-session-id"] {
            guard !id.isEmpty, id.utf8.count <= identifierLimit,
                id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw MCPError.malformed(
                    server: server.name,
                    reason: "its session's id has characters other than visible ASCII, or too many")
            }
            session.id = id
        }
        session.version = version
        try await session.send(MCPMessage.notification("notifications/initialized"))
        return session
    }

    /// Asks and waits for the answer, no longer than the server's limit.
    ///
    /// - Returns: the result, and the head of the response that began the answer.
    /// - Throws: ``MCPError``, `TransportError`, `CancellationError`.
    func request(
        _ number: Int, _ method: String, _ parameters: JSONValue
    ) async throws -> (result: JSONValue, head: HTTPResponseHead) {
        let limit = server.limits.timeout
        do {
            return try await withDeadline(limit) {
                let response = try await post(MCPMessage.request(number, method, parameters))
                let reader = MCPReply(session: self, number: number, method: method)
                return (try await reader.result(in: response), response.head)
            }
        } catch is DeadlineExceeded {
            tellOfCancelling(number)
            throw MCPError.timedOut(server: server.name, method: method, after: limit)
        } catch {
            guard Task.isCancelled else { throw error }
            tellOfCancelling(number)
            throw CancellationError()
        }
    }

    /// Sends what has no answer: a notification, or our answer to the server's request.
    func send(_ message: JSONValue) async throws {
        _ = try await post(message)
    }

    /// Takes up a stream of events that was cut off.
    func resume(after eventID: String) async throws -> HTTPStreamedResponse {
        guard eventID.utf8.count <= Self.identifierLimit else {
            throw MCPError.malformed(server: server.name, reason: "the id of an event is too long")
        }
        let response = try await server.client.stream(
            HTTPRequest(
                url: server.endpoint.url,
                headers: headers + [("Accept", "text/event-stream"), ("Last-Event-ID", eventID)],
                timeout: server.limits.timeout + Self.grace))
        try check(response.head)
        return response
    }

    /// Lets the server forget the session. A server that does not want to be told is left alone.
    func end() async {
        guard id != nil else { return }
        _ = try? await server.client.stream(
            HTTPRequest(
                method: "DELETE", url: server.endpoint.url, headers: headers, timeout: Self.noticeTimeout))
    }

    private func post(_ message: JSONValue) async throws -> HTTPStreamedResponse {
        let response = try await server.client.stream(
            HTTPRequest(
                method: "POST", url: server.endpoint.url,
                headers: headers + [
                    ("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream"),
                ], body: Data(try message.text().utf8), timeout: server.limits.timeout + Self.grace))
        try check(response.head)
        return response
    }

    private var headers: [(name: String, value: String)] {
        var fields = server.headers
        if let id { fields.set("Mcp-Session-Id", id) }
        if let version { fields.set("MCP-Protocol-Version", version) }
        return fields.fields
    }

    private func check(_ head: HTTPResponseHead) throws(MCPError) {
        if head.status == 404, id != nil { throw .sessionGone(server: server.name) }
        guard (200..<300).contains(head.status) else { throw .status(head.status, server: server.name) }
    }

    /// A server goes on with what nobody waits for until it is told. Nobody waits for that either.
    private func tellOfCancelling(_ number: Int) {
        // `initialize`, which has no session yet, must not be cancelled.
        guard version != nil else { return }
        Task {
            _ = try? await withDeadline(Self.noticeTimeout) {
                try await send(
                    MCPMessage.notification("notifications/cancelled", ["requestId": .integer(number)]))
            }
        }
    }
}
