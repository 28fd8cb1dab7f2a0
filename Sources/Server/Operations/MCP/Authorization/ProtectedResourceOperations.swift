import HTTPTypes

/// `/.well-known/oauth-protected-resource`, for the server as a whole and for its MCP address (RFC 9728 §3.1).
struct ProtectedResourceOperations: Sendable {
    let resource: ProtectedResource

    var operations: [Operation] {
        [
            operation("protectedResource", of: "", "who gives out tokens for this server"),
            operation(
                "protectedResourceMCP", of: MCPOperations.path, "who gives out tokens for its MCP address"),
        ]
    }

    private func operation(_ id: String, of path: String, _ summary: String) -> Operation {
        .open(
            id, .get, ProtectedResource.metadataPath + path, summary: summary, section: "mcp", inputs: .host,
            responses: [.json(ProtectedResourceDocument.self, "the metadata of RFC 9728")]
        ) { host in try .json(ProtectedResourceDocument(resource, path: path, host: host)) }
    }
}

extension Inputs<String?> {
    /// The name under which the server was addressed.
    fileprivate static var host: Inputs {
        Inputs(parameters: [], body: nil) { routed in routed.request.host }
    }
}
