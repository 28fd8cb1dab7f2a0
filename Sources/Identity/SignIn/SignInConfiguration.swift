/// How people sign in with a browser: by the authorization code of OpenID Connect, with PKCE (RFC 7636).
public struct SignInConfiguration: Sendable, Hashable {
    /// Whose people they are. Its audience is ``clientID``.
    public var issuer: TokenIssuer
    public var clientID: String
    /// `nil` for a public client.
    public var clientSecret: String?
    /// The address under which browsers reach this server, such as `https://answers.example.org`; without a slash at
    /// its end.
    public var publicURL: String
    /// What the issuer is asked for.
    public var scopes: String
    /// How long somebody stays signed in.
    public var lifetime: Duration

    public init(
        issuer: TokenIssuer, clientID: String, clientSecret: String? = nil, publicURL: String,
        scopes: String = "openid profile email", lifetime: Duration = .seconds(8 * 3_600)
    ) {
        self.issuer = issuer
        self.issuer.audiences = [clientID]
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.scopes = scopes
        self.lifetime = lifetime
    }

    /// Where the issuer sends people back to.
    public var callbackURL: String { publicURL + Self.callbackPath }
    public static let callbackPath = "/auth/callback"

    /// Whether cookies are for encrypted connections alone.
    public var isSecure: Bool { publicURL.hasPrefix("https://") }
}
