import HTTPTypes

extension HTTPFields {
    /// The value of a field, as the subscript has it, looked for without an index of all fields being made first: for
    /// what is asked once or twice a request.
    func value(of name: HTTPField.Name) -> String? {
        var found: String?
        for field in self where field.name == name {
            guard found == nil else { return self[name] }
            found = field.value
        }
        return found
    }
}

extension HTTPField.Name {
    static let requestID = known("X-Request-Id")
    static let principals = known("X-Millrace-Principals")
    static let contentTypeOptions = known("X-Content-Type-Options")
    static let frameOptions = known("X-Frame-Options")
    static let referrerPolicy = known("Referrer-Policy")
    static let openerPolicy = known("Cross-Origin-Opener-Policy")
    static let resourcePolicy = known("Cross-Origin-Resource-Policy")
    static let permissionsPolicy = known("Permissions-Policy")
    static let acceleratedBuffering = known("X-Accel-Buffering")

    static let lastEventID = known("Last-Event-ID")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotencyReplayed = known("Idempotency-Replayed")
    static let prefer = known("Prefer")
    static let link = known("Link")
    static let traceID = known("X-Amzn-Trace-Id")
    static let apiKey = known("x-api-key")
    static let fetchSite = known("Sec-Fetch-Site")
    static let rateLimit = known("RateLimit")
    static let rateLimitPolicy = known("RateLimit-Policy")
    static let hostField = known("Host")
    static let keepAlive = known("Keep-Alive")
    static let proxyConnection = known("Proxy-Connection")
    static let uploadComplete = known("Upload-Complete")
    static let uploadIncomplete = known("Upload-Incomplete")
    static let uploadInteropVersion = known("Upload-Draft-Interop-Version")
    static let uploadLength = known("Upload-Length")
    static let uploadLimit = known("Upload-Limit")
    static let uploadOffset = known("Upload-Offset")
    static let mcpProtocolVersion = known("MCP-Protocol-Version")
    static let mcpMethod = known("Mcp-Method")
    static let mcpName = known("Mcp-Name")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else {
            preconditionFailure("“\(name)” is no header name")
        }
        return name
    }
}
