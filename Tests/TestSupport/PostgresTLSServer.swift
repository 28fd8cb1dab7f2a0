/// A PostgreSQL with TLS, of a test's own, whose certificate is for `localhost` alone; see `postgres_tls_server.py`.
public struct PostgresTLSServer: Sendable {
    private let server: ChildServer
    /// The file with the certificate of the authority that signed the server's.
    public let authority: String
    /// That of an authority which has nothing to do with the server.
    public let stranger: String

    public init() throws {
        server = try ChildServer(script: "postgres_tls_server.py")
        authority = server.tell("authority")
        stranger = server.tell("stranger")
    }

    public var port: Int { server.port }
    public let database = "postgres"
    /// Whoever is let in over TLS alone, and whoever is let in without it alone.
    public let user = "app"
    public let plainUser = "plain"
    public let password = "secret"
}
