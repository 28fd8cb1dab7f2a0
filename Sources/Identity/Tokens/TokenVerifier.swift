import Corpus
import Crypto
import Foundation
import JSONValue
import Logging
import Synchronization
import Transport
import Workspace

/// Tells whose JSON Web Tokens are (RFC 7519, RFC 8725): signature, algorithm, issuer, audience and times are all
/// checked, and nothing in a token says how.
///
/// A token that was checked is not checked again for ``cacheLimit`` of them and five minutes, nor beyond its end.
public final class TokenVerifier: Sendable {
    /// How far clocks may be apart.
    static let leeway: TimeInterval = 60
    static let cacheTime: TimeInterval = 300
    static let cacheLimit = 10_000
    /// More groups than anybody is in.
    static let groupLimit = 5_000

    private struct Known {
        var caller: VerifiedCaller
        var until: Date
    }

    private let issuers: [String: (issuer: TokenIssuer, keys: SigningKeys)]
    private let now: @Sendable () -> Date
    private let known = Mutex<[Data: Known]>([:])

    /// - Parameters:
    ///   - issuers: whose tokens are accepted.
    ///   - client: fetches their keys; it must follow no redirects.
    public init(
        _ issuers: [TokenIssuer], client: any HTTPClient, now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger = Logger(label: "millrace.tokens")
    ) {
        self.issuers = Dictionary(
            issuers.map { ($0.issuer, ($0, SigningKeys(of: $0, client: client, now: now, logger: logger))) },
            uniquingKeysWith: { first, _ in first })
        self.now = now
    }

    /// Who holds `token`.
    public func verify(_ token: String) async throws(IdentityError) -> VerifiedCaller {
        let digest = Data(SHA256.hash(data: Data(token.utf8)))
        let time = now()
        if let found = known.withLock({ $0[digest] }), found.until > time { return found.caller }
        let (caller, end, claims) = try await check(token, at: time)
        try Self.checkIsAccessToken(claims)
        known.withLock { known in
            if known.count >= Self.cacheLimit { known.removeAll(keepingCapacity: true) }
            known[digest] = Known(
                caller: caller, until: min(end, time.addingTimeInterval(Self.cacheTime)))
        }
        return caller
    }

    /// Who holds a token that was asked for with `nonce` (OpenID Connect Core, 3.1.3.7).
    func verify(_ token: String, nonce: String) async throws(IdentityError) -> VerifiedCaller {
        let (caller, _, claims) = try await check(token, at: now())
        guard claims["nonce"]?.string == nonce else { throw .badClaim(name: "nonce") }
        // An ID token says who somebody is, and mostly nothing of what they may do: then that is what everybody may.
        var person = caller
        if let name = issuers[claims["iss"]?.string ?? ""]?.issuer.claims.scopes, claims[name] == nil {
            person.scopes = nil
        }
        return person
    }

    private func check(
        _ token: String, at time: Date
    ) async throws(IdentityError) -> (caller: VerifiedCaller, end: Date, claims: JSONValue) {
        let parts = try TokenParts(token)
        guard let name = parts.issuer, let (issuer, keys) = issuers[name] else { throw .wrongIssuer }
        guard issuer.algorithms.contains(parts.algorithm) else {
            throw .algorithmNotAllowed(parts.algorithm)
        }
        let key = try await keys.key(named: parts.keyName, for: parts.algorithm)
        let claims = try await key.claims(of: token, signedWith: parts.algorithm)
        let end = try Self.check(claims, issuer, at: time)
        return (try Self.caller(claims, issuer), end, claims)
    }

    /// Refuses an ID token: it tells a client who somebody is, and gives nobody the right to call anything. Where an
    /// API's audience is the client's own id, both have the same one.
    ///
    /// Issuers say which it is in claims of their own (Cognito's `token_use`, Keycloak's `typ`). Where they do not, the
    /// hashes that bind an ID token to what was given out beside it tell (OpenID Connect Core, 3.1.3.6 and 3.3.2.11),
    /// and a nonce without any scope. What tells of events, such as of a signing out, is no access token either (RFC 8417).
    private static func checkIsAccessToken(_ claims: JSONValue) throws(IdentityError) {
        func isThere(_ name: String) -> Bool { claims[name].map { $0 != .null } ?? false }
        if let use = claims["token_use"]?.string, use != "access" { throw .badClaim(name: "token_use") }
        if let type = claims["typ"]?.string, otherTypes.contains(type.lowercased()) {
            throw .badClaim(name: "typ")
        }
        for name in ["at_hash", "c_hash", "events"] where isThere(name) { throw .badClaim(name: name) }
        if isThere("nonce"), !isThere("scope"), !isThere("scp") { throw .badClaim(name: "nonce") }
    }

    /// Keycloak's words for tokens that are for something else.
    private static let otherTypes: Set<String> = ["id", "logout", "offline", "refresh"]

    /// Whether a bearer credential looks like a token at all.
    public static func looksLikeToken(_ text: String) -> Bool {
        text.hasPrefix("ey") && text.split(separator: ".", omittingEmptySubsequences: false).count == 3
    }

    /// - Returns: when the token ends.
    private static func check(
        _ claims: JSONValue, _ issuer: TokenIssuer, at time: Date
    ) throws(IdentityError) -> Date {
        guard claims["iss"]?.string == issuer.issuer else { throw .wrongIssuer }
        let audiences: [String]
        switch claims["aud"] {
        case .string(let one): audiences = [one]
        case .array(let several): audiences = several.compactMap(\.string)
        case nil, .null: audiences = claims["client_id"]?.string.map { [$0] } ?? []
        default: throw .badClaim(name: "aud")
        }
        guard audiences.contains(where: issuer.audiences.contains) else { throw .wrongAudience }
        guard let end = claims["exp"]?.double, end.isFinite else { throw .badClaim(name: "exp") }
        guard time.timeIntervalSince1970 < end + leeway else { throw .tokenExpired }
        for name in ["nbf", "iat"] {
            guard let value = claims[name], value != .null else { continue }
            guard let begin = value.double else { throw .badClaim(name: name) }
            guard time.timeIntervalSince1970 >= begin - leeway else { throw .tokenNotYetValid }
        }
        return Date(timeIntervalSince1970: end + leeway)
    }

    private static func caller(
        _ claims: JSONValue, _ issuer: TokenIssuer
    ) throws(IdentityError) -> VerifiedCaller {
        let mapping = issuer.claims
        guard let user = claims[mapping.user]?.string, !user.isEmpty, !user.utf8.contains(0) else {
            throw .badClaim(name: mapping.user)
        }
        var principals: Set<Principal> = [.user(user)]
        for name in mapping.groups {
            for group in try words(claims, name, splits: false) where !group.isEmpty {
                principals.insert(.group(group))
            }
        }
        var scopes: Set<String>?
        if let name = mapping.scopes {
            let prefix = mapping.scopePrefix
            scopes = Set(
                try words(claims, name, splits: true).filter { $0.hasPrefix(prefix) }
                    .map { String($0.dropFirst(prefix.count)) })
        }
        let reader = Reader(principals)
        return VerifiedCaller(
            proof: .token(issuer: issuer.issuer), reader: reader,
            owner: Owner(reader, tenant: try tenant(claims, mapping)), scopes: scopes)
    }

    /// Where a claim is to name the tenant, one that is missing or empty names none: nobody is let in by leaving it out.
    private static func tenant(
        _ claims: JSONValue, _ mapping: ClaimMapping
    ) throws(IdentityError) -> String {
        guard let name = mapping.tenant else { return Owner.defaultTenant }
        guard let tenant = claims[name]?.string, !tenant.isEmpty, !tenant.utf8.contains(0) else {
            throw .badClaim(name: name)
        }
        return tenant
    }

    /// A claim that is a list of texts, or one text. A claim that is not there is none.
    private static func words(
        _ claims: JSONValue, _ name: String, splits: Bool
    ) throws(IdentityError) -> [String] {
        switch claims[name] {
        case nil, .null: return []
        case .string(let text): return splits ? text.split(separator: " ").map(String.init) : [text]
        case .array(let values):
            // Some of the rights are none: a list that is not understood whole is refused whole.
            let texts = values.compactMap(\.string)
            guard texts.count == values.count, texts.count <= groupLimit else { throw .badClaim(name: name) }
            return texts
        default: throw .badClaim(name: name)
        }
    }
}
