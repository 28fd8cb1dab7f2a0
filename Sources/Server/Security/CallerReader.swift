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
        /// Whose requests are counted together; `nil` for those of the owner. A key with a pace of its own is counted by
        /// itself: no other key of the same owner's uses it up, nor is held back by it.
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
        /// The token that it was proved by; `nil` for none.
        var token: CallerToken?
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
        if let (verified, credential) = try await verified(request) {
            var found = found(verified)
            if case .token = verified.proof { found.token = CallerToken(credential) }
            return found
        }
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

    // MARK: What is answered to whoever is not known

    func unproved(_ request: APIRequest, _ reason: String) -> RequestFault {
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

    // MARK: Rights

    func found(_ verified: VerifiedCaller) -> Found {
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
            paceName: verified.requestsPerMinute.map { _ in actor },
            requestsPerMinute: verified.requestsPerMinute,
            concurrentRuns: verified.concurrentRuns, actor: actor, keyID: keyID,
            isEndable: isEndable)
    }

    private func anonymous(_ reader: Reader, _ request: APIRequest) -> Found {
        Found(
            reader: reader, scopes: configuration.anonymousScopes, isAnonymous: true,
            paceName: "address \(request.peer ?? "")", actor: "this machine")
    }
}

extension APIRequest {
    /// Every value of a header by its name, whatever its case.
    fileprivate func values(of name: String) -> [String] {
        HTTPField.Name(name).map { headers[values: $0] } ?? []
    }
}
