import Foundation
import Identity
import Workspace

/// How callers of a server prove who they are.
public struct ServedIdentity: Sendable {
    /// API keys; `nil` where there are none.
    public var keys: APIKeys?
    /// Tokens of the issuers that the settings name; `nil` where they name none.
    public var tokens: TokenVerifier?
    /// A proxy that signs people in; `nil` for none.
    public var proxy: TrustedProxy?
    /// Signs people in with their browsers; `nil` where the settings name no client of an issuer.
    public var signIn: SignIn?
    /// What is done by those who may everything.
    public var audit: (any AuditLog)?
    /// Where tokens come from, for clients that look for it (RFC 9728).
    public var issuers: [String]
    /// The address under which clients reach the server; `nil` to take the one that each request names.
    public var publicURL: URL?

    /// What is told of where tokens come from; `nil` where none are accepted.
    var resource: ProtectedResource? {
        let issuers = issuers.compactMap { URL(string: $0) }
        guard !issuers.isEmpty else { return nil }
        return ProtectedResource(issuers: issuers, scopes: Scope.allCases.map(\.rawValue), origin: publicURL)
    }

    public init(
        keys: APIKeys? = nil, tokens: TokenVerifier? = nil, proxy: TrustedProxy? = nil,
        signIn: SignIn? = nil, audit: (any AuditLog)? = nil,
        issuers: [String] = [], publicURL: URL? = nil
    ) {
        self.keys = keys
        self.tokens = tokens
        self.proxy = proxy
        self.signIn = signIn
        self.audit = audit
        self.issuers = issuers
        self.publicURL = publicURL
    }
}
