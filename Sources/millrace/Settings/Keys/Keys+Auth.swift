import Corpus
import Foundation
import Identity
import Server

extension Keys {
    /// Who may call the server, and how they prove who they are.
    struct Auth: Sendable {
        let required = Setting<Bool>(
            "auth.required", false,
            "whether everybody must prove who they are; a server that other machines reach always demands it")
        let principalsHeader = Setting<Bool>(
            "auth.principals_header", false,
            "whether X-Millrace-Principals is believed of this machine's own requests; for development")
        let anonymousScopes = Setting<Set<Scope>>(
            "auth.anonymous_scopes", standard: "search, ask, flows",
            "what callers may do who prove nothing, where that is allowed")
        let signedInScopes = Setting<Set<Scope>>(
            "auth.signed_in_scopes", standard: "search, ask, flows",
            "what everybody may do who signs in, unless their token says otherwise")
        let administrators = Setting<Set<Principal>>(
            "auth.administrators", standard: "",
            "who may do everything once signed in, such as group:millrace-admins"
        ) { text in
            Reading(
                (try? PrincipalList.principals(text)).map { Set($0) },
                expected: "user:ID or group:NAME are expected, separated by commas")
        }
        let issuer = Setting<URL?>(
            address: "auth.issuer",
            "the OpenID Connect issuer whose tokens are accepted, exactly as they name it in “iss”")
        let keysURL = Setting<URL?>(
            address: "auth.jwks_url", "where the issuer's keys are; empty to ask its discovery document")
        let audience = Setting<[String]>(
            "auth.audience", "whom tokens must be made for: “aud”, or Cognito's “client_id”")
        let algorithms = Setting<Set<String>>(
            "auth.algorithms", standard: "RS256, ES256", "what tokens may be signed with",
            range: TokenIssuer.knownAlgorithms.map { "`\($0)`" }.joined(separator: ", ")
        ) { text in
            let names = Setting<String>.parts(text)
            let isKnown = !names.isEmpty && names.allSatisfy(TokenIssuer.knownAlgorithms.contains)
            return Reading(
                isKnown ? Set(names) : nil,
                expected: "some of \(TokenIssuer.knownAlgorithms.joined(separator: ", ")) are expected")
        }
        let userClaim = Setting<String>(
            "auth.user_claim", "sub", "the claim that becomes user:…, as Confluence knows the user")
        let groupClaims = Setting<[String]>(
            "auth.group_claims", "claims that list groups; empty for groups and cognito:groups")
        let scopeClaim = Setting<String?>(
            "auth.scope_claim", "the claim that lists what its holder may do; empty for auth.signed_in_scopes"
        )
        let scopePrefix = Setting<String>(
            "auth.scope_prefix", "", "what stands before our scopes in that claim, such as millrace/")
        let tenantClaim = Setting<String?>(
            "auth.tenant_claim",
            "the claim that names the tenant; a token without it is then refused. Empty, and everybody who signs in belongs to the default one"
        )
        let clientID = Setting<String?>(
            "auth.client_id",
            "the client as which people sign in at the issuer with their browsers; empty for none")
        let clientSecret = Setting<String?>(
            "auth.client_secret",
            "its secret, if it has one; better given as MILLRACE_AUTH_CLIENT_SECRET than in a file",
            isSecret: true)
        let publicURL = Setting<URL?>(
            address: "auth.public_url",
            "the address under which browsers reach this server, such as https://answers.example.org")
        let signInScopes = Setting<String>(
            "auth.sign_in_scopes", "openid profile email",
            "what the issuer is asked for when somebody signs in")
        let sessionHours = Setting<Double>(
            "auth.session_hours", 8, in: 0.1...720, "how long somebody stays signed in")
        let proxyAddresses = Setting<[String]>(
            "auth.proxy_addresses",
            "where a proxy's requests come from that signs people in, such as 10.0.0.7/32; none unless told")
        let proxyUserHeader = Setting<String>(
            "auth.proxy_user_header", "X-Forwarded-User", "the header in which it names the user")
        let proxyGroupsHeader = Setting<String?>(
            "auth.proxy_groups_header", "the header in which it lists groups, separated by commas")
    }
}

extension Setting where Value == Set<Scope> {
    /// Names of scopes, separated by commas.
    init(_ key: String, standard: String, _ meaning: String) {
        let names = Scope.allCases.map(\.rawValue)
        self.init(
            key, standard: standard, meaning, range: names.map { "`\($0)`" }.joined(separator: ", ")
        ) { text in
            let scopes = Self.parts(text).map(Scope.init(rawValue:))
            return Reading(
                scopes.contains(nil) ? nil : Set(scopes.compactMap(\.self)),
                expected: "some of \(names.joined(separator: ", ")) are expected, separated by commas")
        }
    }
}
