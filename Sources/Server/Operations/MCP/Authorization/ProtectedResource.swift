import Foundation

/// Who gives out tokens for this server, as OAuth 2.0's protected-resource metadata (RFC 9728) tells clients.
public struct ProtectedResource: Sendable, Hashable {
    /// Authorization servers, each by its issuer identifier.
    public var issuers: [URL]
    /// Scopes that a client may ask for.
    public var scopes: [String]
    /// The server's own address without a path, as clients know it; `nil` to take it from each request's `Host`.
    public var origin: URL?

    public init(issuers: [URL], scopes: [String], origin: URL? = nil) {
        self.issuers = issuers
        self.scopes = scopes
        self.origin = origin
    }
}

/// The metadata document.
struct ProtectedResourceDocument: ResponseDocument {
    /// The identifier of the resource: what a token must be made for.
    var resource: String
    var authorizationServers: [String]
    var scopesSupported: [String]
    let bearerMethodsSupported = ["header"]
    let resourceName = "Millrace"

    static var schema: JSONSchema {
        .object(required: [
            "resource": .text, "authorization_servers": .list(of: .text),
            "scopes_supported": .list(of: .text), "bearer_methods_supported": .list(of: .text),
            "resource_name": .text,
        ]).named("ProtectedResource")
    }

    /// - Parameters:
    ///   - path: of the resource on the server; empty for all of it.
    ///   - host: as the request was addressed.
    init(_ resource: ProtectedResource, path: String, host: String?) {
        self.resource = resource.address(host: host) + path
        authorizationServers = resource.issuers.map(\.absoluteString)
        scopesSupported = resource.scopes
    }
}

extension ProtectedResource {
    /// Where the metadata of a server lies, and with its path behind it that of one address.
    static let metadataPath = "/.well-known/oauth-protected-resource"

    /// The server's address without a path.
    ///
    /// - Parameter host: as the request was addressed.
    func address(host: String?) -> String {
        guard let text = origin?.absoluteString else {
            let host = host ?? "localhost"
            // Only loopback is reached without TLS, which a proxy may have taken off before.
            return (HostName(host).isLoopback ? "http://" : "https://") + host
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// The whole address of the metadata, as `resource_metadata` of a challenge has it (RFC 9728 §5.1).
    ///
    /// - Parameters:
    ///   - path: that was asked for.
    ///   - host: as the request was addressed.
    func metadataAddress(for path: String, host: String?) -> String {
        address(host: host) + Self.metadataPath + (path == MCPOperations.path ? path : "")
    }
}
