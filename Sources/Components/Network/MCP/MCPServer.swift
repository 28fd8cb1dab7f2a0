import Transport

/// An MCP server that the settings name: reached over HTTP, and never started as a process.
public struct MCPServer: Sendable {
    public struct Limits: Sendable, Hashable {
        /// Of one request, such as the call of a tool.
        public var timeout: Duration
        /// Of one answer.
        public var responseBytes: Int
        public var tools: Int

        public init(timeout: Duration = .seconds(60), responseBytes: Int = 4 << 20, tools: Int = 500) {
            self.timeout = timeout
            self.responseBytes = responseBytes
            self.tools = tools
        }
    }

    /// What flows call it by.
    public let name: String
    /// The one address of streamable HTTP, such as `https://tools.example/mcp`.
    public let endpoint: WebURL
    public let limits: Limits
    let headers: HeaderFields
    let client: any HTTPClient

    /// - Parameters:
    ///   - headers: sent with every request, such as `Authorization`. Their values are secrets.
    ///   - client: may reach the server, which is named by whoever runs this one and not by a flow. It must not follow
    ///     redirects.
    /// - Throws: ``TransportError/invalidURL(url:reason:)``, and ``NetworkError/invalid(what:reason:)`` for a header
    ///   that is the client's own affair.
    public init(
        _ name: String, endpoint: String, headers: [(name: String, value: String)] = [],
        client: any HTTPClient, limits: Limits = Limits()
    ) throws {
        self.name = name
        self.endpoint = try WebURL(endpoint)
        self.headers = try HeaderFields(headers)
        self.client = client
        self.limits = limits
    }
}

/// The servers that flows may name.
public struct MCPServers: Sendable {
    private let servers: [String: MCPServer]

    public static let none = MCPServers(servers: [:])

    /// - Throws: ``NetworkError/invalid(what:reason:)`` for a name that stands twice or is empty.
    public init(_ servers: [MCPServer]) throws(NetworkError) {
        var byName: [String: MCPServer] = [:]
        for server in servers {
            guard !server.name.isEmpty, byName.updateValue(server, forKey: server.name) == nil else {
                throw .invalid(
                    what: "MCP server “\(server.name)”", reason: "its name is empty or stands twice")
            }
        }
        self.servers = byName
    }

    private init(servers: [String: MCPServer]) {
        self.servers = servers
    }

    public var names: [String] { servers.keys.sorted() }

    /// - Throws: ``MCPError/unknownServer(_:known:)``.
    public func server(named name: String) throws(MCPError) -> MCPServer {
        guard let server = servers[name] else { throw .unknownServer(name, known: names) }
        return server
    }
}
