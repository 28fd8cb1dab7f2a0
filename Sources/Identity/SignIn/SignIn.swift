import Corpus
import Crypto
import Foundation
import JSONValue
import Logging
import Synchronization
import Transport
import Workspace

/// Signs people in with their browsers, and knows them again by their sessions.
public final class SignIn: Sendable {
    /// How old a cookie may become before it is changed for another.
    static let rotation: TimeInterval = 3_600
    /// How long the cookie before is good for still: requests under way bring it.
    static let grace = Duration.seconds(60)
    private static let discoveryFreshness: TimeInterval = 600
    private static let answerLimit = 1_048_576

    public let configuration: SignInConfiguration
    private let sessions: any SessionStore
    private let tokens: TokenVerifier
    private let client: any HTTPClient
    private let seal: @Sendable (Data) throws -> Data
    private let unseal: @Sendable (Data) throws -> Data
    private let now: @Sendable () -> Date
    private let discovery = Mutex<(endpoints: Endpoints, fetchedAt: Date)?>(nil)

    private struct Endpoints: Sendable {
        var authorization: String
        var token: String
    }

    /// - Parameters:
    ///   - client: talks to the issuer; it must follow no redirects.
    ///   - seal: seals what browsers carry, so that only `unseal` opens it, unchanged.
    public init(
        _ configuration: SignInConfiguration, sessions: any SessionStore, client: any HTTPClient,
        seal: @escaping @Sendable (Data) throws -> Data, unseal: @escaping @Sendable (Data) throws -> Data,
        now: @escaping @Sendable () -> Date = { Date() }, logger: Logger = Logger(label: "millrace.sign-in")
    ) {
        self.configuration = configuration
        self.sessions = sessions
        self.client = client
        self.seal = seal
        self.unseal = unseal
        self.now = now
        tokens = TokenVerifier([configuration.issuer], client: client, now: now, logger: logger)
    }

    // MARK: To the issuer and back

    /// Where somebody signs in, and what their browser keeps meanwhile.
    ///
    /// - Parameter destination: where they go afterwards, a path of this server.
    public func begin(destination: String) async throws(SignInFault) -> (url: String, ticket: String) {
        let ticket = SignInTicket(destination: destination, at: now())
        let endpoints = try await endpoints()
        let query = [
            ("response_type", "code"), ("client_id", configuration.clientID),
            ("redirect_uri", configuration.callbackURL), ("scope", configuration.scopes),
            ("state", ticket.state), ("nonce", ticket.nonce), ("code_challenge", ticket.challenge),
            ("code_challenge_method", "S256"),
        ]
        let mark = endpoints.authorization.contains("?") ? "&" : "?"
        do {
            let sealed = try seal(JSONEncoder().encode(ticket)).base64URL
            return (endpoints.authorization + mark + Self.form(query), sealed)
        } catch {
            throw .failed(reason: "\(error)")
        }
    }

    /// Signs in somebody who comes back.
    ///
    /// - Parameters:
    ///   - fields: of the query that the issuer sent them with.
    ///   - ticket: what their browser kept.
    /// - Returns: the session's cookie, and where they wanted to go.
    public func complete(
        _ fields: [String: String], ticket: String?
    ) async throws(SignInFault) -> (cookie: String, destination: String) {
        guard let sealed = ticket.flatMap({ Data(base64URL: $0) }), let opened = try? unseal(sealed),
            let ticket = try? JSONDecoder().decode(SignInTicket.self, from: opened),
            ticket.expiresAt > now(), let state = fields["state"], Self.isSame(state, ticket.state)
        else { throw .expired }
        // RFC 9207: an answer of another issuer's is not for us.
        if let issuer = fields["iss"], issuer != configuration.issuer.issuer {
            throw .failed(reason: "the answer is another issuer's")
        }
        if let error = fields["error"] {
            throw .denied(reason: String(error.prefix(200)))
        }
        guard let code = fields["code"], !code.isEmpty, code.utf8.count <= 4_096 else {
            throw .failed(reason: "the issuer sent no code")
        }
        let token = try await token(code: code, ticket)
        let caller: VerifiedCaller
        do {
            caller = try await tokens.verify(token, nonce: ticket.nonce)
        } catch {
            throw .failed(reason: error.description)
        }
        let cookie = SignInTicket.random()
        let time = now()
        do {
            try await sessions.add(
                SignInSession(
                    digest: Self.digest(cookie), tenant: caller.owner.tenant,
                    principals: caller.reader.principals,
                    scopes: caller.scopes, createdAt: time,
                    expiresAt: time.addingTimeInterval(configuration.lifetime / .seconds(1)), rotatedAt: time)
            )
        } catch {
            throw .failed(reason: "\(error)")
        }
        return (cookie, ticket.destination)
    }

    private func token(code: String, _ ticket: SignInTicket) async throws(SignInFault) -> String {
        var fields = [
            ("grant_type", "authorization_code"), ("code", code),
            ("redirect_uri", configuration.callbackURL), ("client_id", configuration.clientID),
            ("code_verifier", ticket.verifier),
        ]
        var headers = [
            ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
        ]
        if let secret = configuration.clientSecret {
            // RFC 6749, 2.3.1: both are form-encoded before they are joined.
            let joined = Self.encoded(configuration.clientID) + ":" + Self.encoded(secret)
            headers.append(("Authorization", "Basic " + Data(joined.utf8).base64EncodedString()))
            fields.removeAll { $0.0 == "client_id" }
        }
        let answer = try await document(
            HTTPRequest(
                method: "POST", url: try await endpoints().token, headers: headers,
                body: Data(Self.form(fields).utf8), timeout: .seconds(15)))
        guard let token = answer["id_token"]?.string else {
            throw .failed(reason: "the issuer sent no id_token")
        }
        return token
    }

    private func endpoints() async throws(SignInFault) -> Endpoints {
        let time = now()
        if let known = discovery.withLock({ $0 }),
            time.timeIntervalSince(known.fetchedAt) < Self.discoveryFreshness
        {
            return known.endpoints
        }
        let issuer = configuration.issuer.issuer
        let base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        let found = try await document(
            HTTPRequest(
                url: base + "/.well-known/openid-configuration", headers: [("Accept", "application/json")],
                timeout: .seconds(10)))
        guard found["issuer"]?.string == issuer,
            let authorization = found["authorization_endpoint"]?.string,
            let token = found["token_endpoint"]?.string
        else {
            throw .failed(reason: "the issuer's discovery document is not its own, or names no endpoints")
        }
        // Whoever could read what goes there would sign in as others.
        for endpoint in [authorization, token] where !SecureAddress.allows(endpoint, namedBy: issuer) {
            throw .failed(reason: "the issuer's discovery document names an endpoint that is not https")
        }
        let endpoints = Endpoints(authorization: authorization, token: token)
        discovery.withLock { $0 = (endpoints, time) }
        return endpoints
    }

    private func document(_ request: HTTPRequest) async throws(SignInFault) -> JSONValue {
        let response: HTTPResponse
        do {
            response = try await client.send(request)
        } catch {
            throw .failed(reason: "the issuer does not answer: \(error)")
        }
        guard response.body.count <= Self.answerLimit, let value = try? JSONValue(parsing: response.body)
        else {
            throw .failed(reason: "the issuer's answer (\(response.head.status)) is no JSON")
        }
        guard response.head.status == 200 else {
            let error = value["error"]?.string ?? "no reason"
            throw .failed(reason: "the issuer answers \(response.head.status): \(error.prefix(200))")
        }
        return value
    }

    // MARK: Sessions

    /// Who has the session of this cookie; `nil` for nobody.
    ///
    /// - Parameter isRenewed: whether the cookie may be changed for another, which the browser then must be given.
    /// - Returns: another cookie, too, when it is time to change it.
    public func caller(
        cookie: String, isRenewed: Bool = true
    ) async throws(WorkspaceError) -> (caller: VerifiedCaller, next: String?)? {
        guard cookie.utf8.count == 43 else { return nil }
        let (digest, time) = (Self.digest(cookie), now())
        guard let session = try await self.session(digest: digest) else { return nil }
        let caller = caller(of: session)
        guard isRenewed, session.digest == digest, time.timeIntervalSince(session.rotatedAt) > Self.rotation
        else {
            return (caller, nil)
        }
        let next = SignInTicket.random()
        let isOurs = try await sessions.rotate(session: digest, to: Self.digest(next), at: time)
        return (caller, isOurs ? next : nil)
    }

    /// The session whose cookie has this digest, or had it a moment ago.
    func session(digest: Data) async throws(WorkspaceError) -> SignInSession? {
        try await sessions.session(digest: digest, at: now(), grace: Self.grace)
    }

    func caller(of session: SignInSession) -> VerifiedCaller {
        let reader = Reader(session.principals)
        return VerifiedCaller(
            proof: .session, reader: reader, owner: Owner(reader, tenant: session.tenant),
            scopes: session.scopes)
    }

    /// Signs the holder of this cookie out.
    public func end(cookie: String) async throws(WorkspaceError) {
        try await sessions.end(session: Self.digest(cookie))
    }

    // MARK: Forms

    static func digest(_ cookie: String) -> Data { Data(SHA256.hash(data: Data(cookie.utf8))) }

    /// Compares digests, so that the time tells nothing about where two texts differ.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        SHA256.hash(data: Data(left.utf8)) == SHA256.hash(data: Data(right.utf8))
    }

    private static func form(_ fields: [(String, String)]) -> String {
        fields.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        let plain = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
    }
}
