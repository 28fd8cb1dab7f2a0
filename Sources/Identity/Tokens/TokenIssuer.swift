/// An OpenID Connect issuer (Cognito, Entra, Keycloak, …) whose tokens are accepted, and what they must say.
public struct TokenIssuer: Sendable, Hashable {
    /// Exactly as tokens name it in `iss`, and where its documents are found.
    public var issuer: String
    /// Where its keys are (JWKS); `nil` to ask its discovery document.
    public var keysURL: String?
    /// Tokens are accepted that were made for one of these: `aud`, or Cognito's `client_id`.
    public var audiences: Set<String>
    /// What tokens may be signed with. Never `none`, nor a secret that both sides know.
    public var algorithms: Set<String>
    public var claims: ClaimMapping

    /// Every algorithm that may be named: the asymmetric ones of RFC 7518 and RFC 8037.
    public static let knownAlgorithms = [
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
    ]
    public static let standardAlgorithms: Set<String> = ["RS256", "ES256"]

    public init(
        issuer: String, keysURL: String? = nil, audiences: Set<String>,
        algorithms: Set<String> = standardAlgorithms, claims: ClaimMapping = ClaimMapping()
    ) {
        self.issuer = issuer
        self.keysURL = keysURL
        self.audiences = audiences
        self.algorithms = algorithms
        self.claims = claims
    }
}

/// Which claims say who somebody is.
public struct ClaimMapping: Sendable, Hashable {
    /// Becomes `user:…`, and must be what Confluence knows the user by.
    public var user: String
    /// Lists of groups, or texts with one group each; each becomes `group:…`.
    public var groups: [String]
    /// What the holder may do, as a list or as words in one text; `nil` for what everybody signed in may.
    public var scopes: String?
    /// What stands before our scopes in that claim, such as `millrace/`; others are passed over.
    public var scopePrefix: String
    /// Names the tenant that the holder belongs to; `nil` and everybody belongs to the default one.
    public var tenant: String?

    public init(
        user: String = "sub", groups: [String] = ["groups", "cognito:groups"], scopes: String? = nil,
        scopePrefix: String = "", tenant: String? = nil
    ) {
        self.tenant = tenant
        self.user = user
        self.groups = groups
        self.scopes = scopes
        self.scopePrefix = scopePrefix
    }
}
