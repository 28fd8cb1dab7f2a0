import Corpus
import Foundation
import HTTPTypes
import Identity
import Workspace

/// Finds out who asks, and what proves it.
///
/// The first of these that a request has decides, and one that does not hold is refused, never passed over: an API key
/// or an issuer's token (`X-API-Key`, or `Authorization: Bearer`), the principals header where it is believed, a proxy
/// that the settings trust. A request with none of them is anonymous, where that is allowed.
struct CallerReader: Sendable {
    /// Who asks, before it is known what they may read.
    struct Found: Sendable, Hashable {
        var reader: Reader
        /// `nil` for whoever has exactly these rights.
        var owner: Owner?
        var scopes: Set<Scope>
        var isAnonymous: Bool
        /// Whose requests are counted together; `nil` for those of the owner.
        var paceName: String?
        /// `nil` for as many as the server, or the tenant, lets everybody make.
        var requestsPerMinute: Int?
        var concurrentRuns: Int?
        /// As the audit log names them.
        var actor: String
        /// The API key that it was proved by; empty for none.
        var keyID = ""
        /// Whether it was proved by what may end while something is told: a key, a session, or a token, which has its time.
        var isEndable = false
        /// A cookie that takes the place of the request's.
        var cookie: String?
    }

    let configuration: ServerConfiguration
    let identity: ServedIdentity

    init(_ configuration: ServerConfiguration, identity: ServedIdentity = ServedIdentity()) {
        self.configuration = configuration
        self.identity = identity
    }

    /// - Throws: ``RequestFault``.
    func caller(of request: APIRequest) async throws(RequestFault) -> Found {
        if let found = request.found { return found }
        guard request.headers[.principals] == nil || configuration.trustsPrincipalsHeader else {
            throw .principalsNotAllowed(
                reason:
                    "this server does not believe it; auth.principals_header switches it on for development")
        }
        if let verified = try await verified(request) { return found(verified) }
        if let session = try await session(request) { return session }
        if let reader = try namedReader(of: request) {
            return anonymous(reader, request)
        }
        // Another site's page has not signed in at the proxy: a browser sends the proxy's cookie with any WebSocket.
        if !request.hasAdmittedOrigin,
            let verified = identity.proxy?.caller(peer: request.peer, header: { request.values(of: $0) })
        {
            return found(verified)
        }
        guard !configuration.requiresCredentials else {
            throw .unauthenticated(
                reason: """
                    Nothing says who you are. Send an API key in X-API-Key or as a bearer token\
                    \(identity.tokens == nil ? "" : ", or a token of the sign-in service").
                    """, challenge: challenge(request, error: nil), signIn: signInPath)
        }
        return anonymous(configuration.defaultReader, request)
    }

    /// Whether what let the caller of a request in still does, with the same rights; `nil` when that cannot be told now.
    ///
    /// - Parameters:
    ///   - request: which holds on to its session, if there is one.
    ///   - found: whom it was found to be.
    func isStill(_ found: Found?, callerOf request: APIRequest) async -> Bool? {
        do {
            let now = try await caller(of: request)
            return now.reader == found?.reader && now.owner == found?.owner && now.scopes == found?.scopes
        } catch .identityUnavailable {
            return nil
        } catch {
            return false
        }
    }

    // MARK: Credentials

    /// Whoever a key or token proves the caller to be; `nil` without one.
    private func verified(_ request: APIRequest) async throws(RequestFault) -> VerifiedCaller? {
        var credentials = request.headers[values: .apiKey]
        for value in request.headers[values: .authorization] {
            let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else {
                guard configuration.requiresCredentials else { continue }
                throw unproved(request, "Only bearer tokens are accepted in Authorization.")
            }
            credentials.append(parts[1].trimmingCharacters(in: .whitespaces))
        }
        let ours = Set(credentials.filter { isOurs($0) })
        // Clients bring a key for whatever they talk to; where none is needed, a foreign one is no offence.
        guard let credential = ours.first else {
            guard !credentials.isEmpty, configuration.requiresCredentials else { return nil }
            throw unproved(request, "This is neither an API key of this server nor a token that it accepts.")
        }
        guard ours.count == 1 else { throw unproved(request, "Two credentials were sent; send one.") }
        do {
            return try await verify(credential)
        } catch let error as IdentityError {
            if error.isOurs { throw .identityUnavailable(reason: error.description) }
            throw unproved(request, error.description)
        } catch {
            throw .identityUnavailable(reason: "the keys could not be read.")
        }
    }

    private func isOurs(_ credential: String) -> Bool {
        credential.hasPrefix(APIKeySecret.prefix)
            || identity.tokens != nil && TokenVerifier.looksLikeToken(credential)
    }

    private func verify(_ credential: String) async throws -> VerifiedCaller {
        if credential.hasPrefix(APIKeySecret.prefix) {
            guard let keys = identity.keys, let secret = APIKeySecret(credential) else {
                throw IdentityError.unknownKey
            }
            return try await keys.verify(secret)
        }
        guard let tokens = identity.tokens else { throw IdentityError.wrongIssuer }
        return try await tokens.verify(credential)
    }

    private func unproved(_ request: APIRequest, _ reason: String) -> RequestFault {
        .unauthenticated(
            reason: reason, challenge: challenge(request, error: "invalid_token"), signIn: signInPath)
    }

    private var signInPath: String? { identity.signIn == nil ? nil : SignInOperations.path }

    /// RFC 6750 (3), with where a client finds out about tokens (RFC 9728, 5.1).
    private func challenge(_ request: APIRequest, error: String?) -> String {
        var parts = ["Bearer realm=\"millrace\""]
        if let error { parts.append("error=\"\(error)\"") }
        if let resource = identity.resource {
            let address = resource.metadataAddress(for: request.path, host: request.host)
            parts.append("resource_metadata=\"\(address)\"")
        }
        return parts.joined(separator: ", ")
    }

    // MARK: Sessions

    /// The session of a handshake's cookie, to hold on to for as long as the connection is open; `nil` without a cookie.
    func held(by request: APIRequest) -> HeldSession? {
        guard let signIn = identity.signIn else { return nil }
        return SessionCookie(signIn.configuration).value(in: request).map { signIn.hold(cookie: $0) }
    }

    /// Whoever has signed in with this browser; `nil` without a session, and with one that has ended: its browser asks
    /// as anybody, and is told to sign in where that is needed.
    private func session(_ request: APIRequest) async throws(RequestFault) -> Found? {
        guard let signIn = identity.signIn,
            let cookie = SessionCookie(signIn.configuration).value(in: request)
        else { return nil }
        let known: (caller: VerifiedCaller, next: String?)?
        do {
            if let session = request.session {
                known = try await signIn.caller(holding: session).map { ($0, nil) }
            } else {
                known = try await signIn.caller(cookie: cookie, isRenewed: !request.isMessage)
            }
        } catch {
            throw .identityUnavailable(reason: "the sessions could not be read.")
        }
        guard let known else { return nil }
        // A browser sends the cookie with whatever page asks it to; what changes something must be asked by our own.
        if request.method != .get, request.method != .head { try OriginCheck.requireOwn(request) }
        var found = found(known.caller)
        found.cookie = known.next.map { SessionCookie(signIn.configuration).header($0) }
        return found
    }

    // MARK: Rights

    private func found(_ verified: VerifiedCaller) -> Found {
        let actor: String
        var keyID = ""
        let isEndable: Bool
        switch verified.proof {
        case .apiKey(let id): (actor, keyID, isEndable) = ("key \(id)", id, true)
        case .session, .token: (actor, isEndable) = (verified.owner.name, true)
        // A proxy answers for each request by itself, and is not asked again.
        case .proxy: (actor, isEndable) = (verified.owner.name, false)
        }
        var scopes = verified.scopes.map { Set($0.compactMap(Scope.init)) } ?? configuration.signedInScopes
        if case .apiKey = verified.proof {
            // A key may what it was made for, whoever it stands for.
        } else if !configuration.administrators.isDisjoint(with: verified.reader.principals) {
            scopes = Set(Scope.allCases)
        }
        return Found(
            reader: verified.reader, owner: verified.owner, scopes: scopes, isAnonymous: false,
            requestsPerMinute: verified.requestsPerMinute,
            concurrentRuns: verified.concurrentRuns, actor: actor, keyID: keyID,
            isEndable: isEndable)
    }

    private func anonymous(_ reader: Reader, _ request: APIRequest) -> Found {
        Found(
            reader: reader, scopes: configuration.anonymousScopes, isAnonymous: true,
            paceName: "address \(request.peer ?? "")", actor: "this machine")
    }

    /// Whom the principals header names; `nil` without one.
    private func namedReader(of request: APIRequest) throws(RequestFault) -> Reader? {
        let fields = request.headers[values: .principals]
        guard !fields.isEmpty else { return nil }
        if let reason = Self.distrust(of: request) {
            throw .principalsNotAllowed(reason: "it is believed from this machine only, and \(reason)")
        }
        var principals: [Principal] = []
        let parts: [String]
        do {
            parts = try PrincipalList.parts(fields.joined(separator: ","))
        } catch {
            switch error {
            case .quotes(let part), .notAPrincipal(let part): throw .malformedPrincipal(part)
            }
        }
        for written in parts {
            guard let text = written.removingPercentEncoding, let principal = Principal(text) else {
                throw .malformedPrincipal(String(written.prefix(100)))
            }
            principals.append(principal)
        }
        return Reader(principals)
    }

    /// Why a request may not have been made on this machine; `nil` when it was, as far as can be told: the
    /// connection's other end is loopback, the `Host` is a loopback name (a page that rebinds its own name to
    /// 127.0.0.1 sends that name), and no proxy says that it passes on somebody else's request.
    static func distrust(of request: APIRequest) -> String? {
        guard let peer = request.peer, HostName(peer).isLoopback else {
            return "this request comes from another one"
        }
        guard let host = request.host, HostName(host).isLoopback else {
            return "this request is addressed to another name than localhost"
        }
        guard !request.headers.contains(where: { isMarkOfProxy($0.name) }) else {
            return "this request was passed on by a proxy"
        }
        return nil
    }

    /// Whether a header is one that proxies and content networks add.
    private static func isMarkOfProxy(_ name: HTTPField.Name) -> Bool {
        let lowered = name.canonicalName
        return proxyMarks.contains(lowered) || proxyPrefixes.contains { lowered.hasPrefix($0) }
    }

    private static let proxyMarks: Set<String> = [
        "forwarded", "via", "x-real-ip", "true-client-ip", "fastly-client-ip", "x-client-ip",
        "x-cluster-client-ip", "x-envoy-external-address", "x-original-host", "x-original-url",
        "x-amzn-oidc-identity", "cdn-loop", "client-ip", "x-azure-clientip",
    ]
    private static let proxyPrefixes = ["x-forwarded", "cf-", "x-envoy-", "x-arr-"]
}

extension APIRequest {
    /// Every value of a header by its name, whatever its case.
    fileprivate func values(of name: String) -> [String] {
        HTTPField.Name(name).map { headers[values: $0] } ?? []
    }
}
