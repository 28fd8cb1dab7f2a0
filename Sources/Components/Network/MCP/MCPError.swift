import Concurrency

/// Why an MCP server gave nothing. No case carries a header, an argument or a session's id.
public enum MCPError: RetryableError, Sendable, Hashable {
    case unknownServer(String, known: [String])
    /// The server answered with a status that is none of the protocol.
    case status(Int, server: String)
    /// The server has forgotten the session.
    case sessionGone(server: String)
    case timedOut(server: String, method: String, after: Duration)
    case tooLarge(server: String, limitBytes: Int)
    case unsupportedVersion(String, server: String)
    /// What came is not the protocol.
    case malformed(server: String, reason: String)
    /// The server refused a request, in JSON-RPC's words.
    case refused(server: String, method: String, code: Int, message: String)
    /// A tool said of itself that it failed.
    case toolFailed(tool: String, text: String)
    /// Arguments that are no object.
    case wrongArguments(tool: String, kind: String)

    public var isRetryable: Bool {
        switch self {
        case .timedOut, .sessionGone: true
        case .status(let status, _): status == 429 || status >= 500
        case .unknownServer, .tooLarge, .unsupportedVersion, .malformed, .refused, .toolFailed,
            .wrongArguments:
            false
        }
    }
}

extension MCPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownServer(let name, let known):
            """
            There is no MCP server “\(name.prefix(100))”. The settings name \
            \(known.isEmpty ? "none" : known.joined(separator: ", ")).
            """
        case .status(let status, let server):
            """
            The MCP server “\(server)” answered with status \(status). Check its address and, for 401 or 403, its \
            headers in the settings.
            """
        case .sessionGone(let server):
            "The MCP server “\(server)” has ended the session. A retry begins another."
        case .timedOut(let server, let method, let limit):
            "The MCP server “\(server)” did not answer \(method) within \(limit / .seconds(1)) s. A retry can help."
        case .tooLarge(let server, let limitBytes):
            "The MCP server “\(server)” answered with more than \(limitBytes) bytes. Ask for less."
        case .unsupportedVersion(let version, let server):
            """
            The MCP server “\(server)” speaks the protocol's version “\(version.prefix(50))”; here \
            \(MCPSession.versions.joined(separator: " and ")) are spoken.
            """
        case .malformed(let server, let reason):
            "The MCP server “\(server)” does not keep to the protocol: \(reason)."
        case .refused(let server, let method, let code, let message):
            "The MCP server “\(server)” refused \(method) (\(code)): \(message)"
        case .toolFailed(let tool, let text): "The tool “\(tool)” failed: \(text)"
        case .wrongArguments(let tool, let kind):
            "The tool “\(tool)” takes its arguments as an object; this is a \(kind)."
        }
    }
}
