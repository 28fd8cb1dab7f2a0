import Backends
import Foundation
import Identity
import Server
import Transport
import Workspace
import WorkspaceSQLite

extension Services {
    /// How callers prove who they are, as the settings under `auth` say.
    func identity() async throws -> ServedIdentity {
        let store = try workspace()
        let issuer = try tokenIssuer()
        // Without an audience of its own, only browsers bring what the issuer has signed.
        let isForTokens = !settings[\.auth.audience].isEmpty
        let keys = APIKeys(store: store, logger: logger, onChange: try tellingNow(.keys))
        try follow(.keys) { keys.forget() }
        return ServedIdentity(
            keys: keys,
            tokens: try isForTokens
                ? issuer.map { TokenVerifier([$0], client: try issuersClient(), logger: logger) } : nil,
            proxy: try trustedProxy(), signIn: try await signIn(issuer),
            audit: store, issuers: isForTokens ? issuer.map { [$0.issuer] } ?? [] : [],
            publicURL: settings[\.auth.publicURL])
    }

    /// Reads what the settings under `auth` say, of which nothing lies in the data folder.
    ///
    /// - Throws: what ``identity()`` would.
    func checkIdentitySettings() throws {
        if let issuer = try tokenIssuer() {
            _ = try signInSettings(issuer)
            _ = try issuersClient()
        }
        _ = try trustedProxy()
    }

    /// `nil` without a client at the issuer.
    private func signInSettings(_ issuer: TokenIssuer) throws -> SignInConfiguration? {
        guard let client = settings[\.auth.clientID] else { return nil }
        guard let publicURL = settings[\.auth.publicURL] else {
            throw settings.bad(
                \.auth.publicURL,
                "the address under which browsers reach this server is expected beside auth.client_id")
        }
        return SignInConfiguration(
            issuer: issuer, clientID: client, clientSecret: settings[\.auth.clientSecret],
            publicURL: publicURL.absoluteString, scopes: settings[\.auth.signInScopes],
            lifetime: .seconds(settings[\.auth.sessionHours] * 3_600))
    }

    /// How people sign in with their browsers; `nil` without a client at the issuer.
    private func signIn(_ issuer: TokenIssuer?) async throws -> SignIn? {
        guard let issuer, let configuration = try signInSettings(issuer) else { return nil }
        let seal = try await self.seal()
        let owner = Owner(tenant: "sign-in", name: "ticket")
        return SignIn(
            configuration,
            sessions: try await sessions(), client: try issuersClient(),
            seal: { try seal.seal($0, name: "ticket", owner: owner) },
            unseal: { try seal.open($0, name: "ticket", owner: owner) }, logger: logger)
    }

    private func tokenIssuer() throws -> TokenIssuer? {
        guard let issuer = settings[\.auth.issuer] else {
            guard settings[\.auth.keysURL] == nil else {
                throw settings.bad(\.auth.keysURL, "auth.issuer is expected beside it")
            }
            return nil
        }
        // Whoever could change the keys on their way could sign for anybody.
        for (path, url) in [(\Keys.auth.issuer, issuer), (\Keys.auth.keysURL, settings[\.auth.keysURL])] {
            guard let url, url.scheme != "https", !HostRule.isThisMachine(url) else { continue }
            throw settings.bad(path, "an https address is expected")
        }
        let audiences = Set(settings[\.auth.audience])
        guard !audiences.isEmpty || settings[\.auth.clientID] != nil else {
            throw settings.bad(
                \.auth.audience,
                "whom tokens are made for is expected: the API's name at the issuer, or auth.client_id")
        }
        let groups = settings[\.auth.groupClaims]
        var claims = ClaimMapping(
            user: settings[\.auth.userClaim], scopes: settings[\.auth.scopeClaim],
            scopePrefix: settings[\.auth.scopePrefix], tenant: settings[\.auth.tenantClaim])
        if !groups.isEmpty { claims.groups = groups }
        return TokenIssuer(
            issuer: issuer.absoluteString, keysURL: settings[\.auth.keysURL]?.absoluteString,
            audiences: audiences, algorithms: settings[\.auth.algorithms], claims: claims)
    }

    private func trustedProxy() throws -> TrustedProxy? {
        let addresses = settings[\.auth.proxyAddresses]
        guard !addresses.isEmpty else { return nil }
        return TrustedProxy(
            addresses: try addresses.map { text in
                do {
                    return try AddressRange(text)
                } catch {
                    throw settings.bad(
                        \.auth.proxyAddresses, "ranges such as 10.0.0.7/32 are expected: \(error)")
                }
            }, userHeader: settings[\.auth.proxyUserHeader],
            groupsHeader: settings[\.auth.proxyGroupsHeader])
    }

    private func issuersClient() throws -> any HTTPClient {
        var http = httpSettings()
        http.maxRedirects = 0
        return try CurlHTTPClient(configuration: http)
    }

    /// Refuses to open the server to others while nobody could prove who they are.
    func checkSomebodyCanSignIn(_ configuration: ServerConfiguration, _ identity: ServedIdentity) async throws
    {
        guard configuration.requiresCredentials, identity.tokens == nil, identity.signIn == nil,
            identity.proxy == nil
        else { return }
        guard try await workspace().activeKeyCount(at: Date()) == 0 else { return }
        throw Self.nobodyCanSignIn(configuration)
    }

    /// The same while another process has the data folder: nothing in it is changed.
    func checkSomebodyCouldSignIn(_ configuration: ServerConfiguration) async throws {
        guard configuration.requiresCredentials, try trustedProxy() == nil else { return }
        if try tokenIssuer() != nil { return }
        let count: Int
        switch settings[\.database.provider] {
        case .sqlite:
            count = try await SQLiteWorkspace.activeKeyCount(in: settings[\.data], at: Date())
        case .postgres:
            count = try await PostgresWorkspace(try postgresPool()).activeKeyCount(at: Date())
        }
        if count == 0 { throw Self.nobodyCanSignIn(configuration) }
    }

    private static func nobodyCanSignIn(_ configuration: ServerConfiguration) -> CommandError {
        let cause =
            configuration.isLoopbackOnly
            ? "auth.required demands that everybody proves who they are"
            : "\(configuration.host) is open to other machines"
        return CommandError(
            """
            \(cause), and nobody could: there is no API key, no issuer of tokens (auth.issuer) and no trusted proxy \
            (auth.proxy_addresses). Make a key with `millrace keys create`, or name one of the others.
            """)
    }
}

/// Addresses that never leave this machine.
private enum HostRule {
    static func isThisMachine(_ url: URL) -> Bool {
        ["localhost", "127.0.0.1", "::1", "[::1]"].contains(url.host?.lowercased() ?? "")
    }
}
