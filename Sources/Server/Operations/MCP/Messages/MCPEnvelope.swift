import HTTPTypes
import JSONValue

/// What a request says about itself beside its body: which revision it is in, and that its headers mean the same.
struct MCPEnvelope: Sendable {
    let headers: HTTPFields

    private static let version = "io.modelcontextprotocol/protocolVersion"
    private static let capabilities = "io.modelcontextprotocol/clientCapabilities"

    /// Methods whose `Mcp-Name` header repeats a parameter.
    private static let named = ["tools/call": "name", "prompts/get": "name", "resources/read": "uri"]

    /// The revision that a request is in.
    ///
    /// A request is stateless when its `_meta` names a version, or its header one without a handshake.
    ///
    /// - Throws: ``MCPFault``.
    func revision(of request: MCPRequest) throws(MCPFault) -> MCPRevision {
        let names = request.meta?.keys.contains(Self.version) ?? false
        if !names {
            let revision = try revision()
            if !revision.isStateless { return revision }
        }
        let version = try version(of: request)
        try checkHeaders(of: request, version: version)
        guard let revision = MCPRevision(rawValue: version), revision.isStateless else {
            throw .unsupported(version)
        }
        return revision
    }

    /// The revision that the header names, or what clients speak that send none.
    ///
    /// - Throws: ``MCPFault``.
    func revision() throws(MCPFault) -> MCPRevision {
        let values = headers[values: .mcpProtocolVersion]
        guard let version = values.first else { return .unnamed }
        guard values.count == 1 else { throw Self.repeated(.mcpProtocolVersion) }
        guard let revision = MCPRevision(rawValue: version) else { throw .unsupported(version) }
        return revision
    }

    /// The version that the request's own facts name, these being whole.
    private func version(of request: MCPRequest) throws(MCPFault) -> String {
        guard let meta = request.meta else {
            throw MCPFault(
                .invalidParameters,
                "“params._meta” must be an object with “\(Self.version)” and “\(Self.capabilities)”.")
        }
        guard let version = meta[Self.version]?.string else {
            throw MCPFault(.invalidParameters, "“\(Self.version)” of “_meta” must be a text.")
        }
        guard meta[Self.capabilities]?.object != nil else {
            throw MCPFault(.invalidParameters, "“\(Self.capabilities)” of “_meta” must be an object.")
        }
        return version
    }

    private func checkHeaders(of request: MCPRequest, version: String) throws(MCPFault) {
        try check(.mcpProtocolVersion, is: version, "_meta's version")
        try check(.mcpMethod, is: request.method, "“method”")
        if let key = Self.named[request.method], let name = request.params[key]?.string {
            try check(.mcpName, is: name, "“params.\(key)”")
        }
    }

    private func check(
        _ header: HTTPField.Name, is expected: String, _ place: String
    ) throws(MCPFault) {
        let values = headers[values: header]
        guard let value = values.first else {
            throw MCPFault(.headerMismatch, "The header \(header.rawName) is missing; it must be \(place).")
        }
        guard values.count == 1 else { throw Self.repeated(header) }
        guard MCPHeaderValue.decoded(value) == expected else {
            throw MCPFault(.headerMismatch, "The header \(header.rawName) is another than \(place).")
        }
    }

    private static func repeated(_ header: HTTPField.Name) -> MCPFault {
        MCPFault(.headerMismatch, "The header \(header.rawName) is there more than once.")
    }
}
