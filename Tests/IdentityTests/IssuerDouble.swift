import Crypto
import Foundation
import JSONValue
import JWTKit
import Synchronization
import Concurrency
import Testing
import Transport

@testable import Identity

/// An issuer in memory: publishes keys, and signs whatever it is asked to.
final class IssuerDouble: HTTPClient {
    static let name = "https://issuer.example/pool"

    struct State: Sendable {
        var keys: [String: ES256PrivateKey] = [:]
        var others: [JSONValue] = []
        var requests: [String] = []
        var status = 200
        var discovery: JSONValue?
    }

    let state = Mutex(State())
    let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))

    init(_ names: String...) {
        for name in names { state.withLock { $0.keys[name] = ES256PrivateKey() } }
    }

    var requestCount: Int { state.withLock { $0.requests.count } }

    func advance(by seconds: TimeInterval) {
        time.withLock { $0.addTimeInterval(seconds) }
    }

    func now() -> Date { time.withLock { $0 } }

    /// A verifier that accepts this issuer's tokens.
    func verifier(
        keysURL: String? = nil, audiences: Set<String> = ["millrace"], algorithms: Set<String> = ["ES256"],
        claims: ClaimMapping = ClaimMapping()
    ) -> TokenVerifier {
        TokenVerifier(
            [
                TokenIssuer(
                    issuer: Self.name, keysURL: keysURL, audiences: audiences, algorithms: algorithms,
                    claims: claims)
            ], client: self, now: { self.now() })
    }

    /// Claims that are in order, changed by `changes`; a null takes one out.
    func claims(_ changes: [String: JSONValue] = [:]) -> [String: JSONValue] {
        let time = Int(now().timeIntervalSince1970)
        var claims: [String: JSONValue] = [
            "iss": .string(Self.name), "aud": "millrace", "sub": "ada", "exp": .integer(time + 3_600),
            "iat": .integer(time), "groups": ["engineering", "hr"],
        ]
        Self.apply(changes, to: &claims)
        return claims
    }

    /// - Parameter key: the name of the key to sign with.
    func token(
        _ changes: [String: JSONValue] = [:], key: String, naming kid: String? = nil,
        header: [String: JSONValue] = [:]
    ) throws -> String {
        let privateKey = try #require(state.withLock { $0.keys[key] })
        var fields: [String: JSONValue] = ["alg": "ES256", "typ": "JWT", "kid": .string(kid ?? key)]
        Self.apply(header, to: &fields)
        let signed =
            try Self.part(.object(fields)) + "." + Self.part(.object(claims(changes)))
        let signing = try P256.Signing.PrivateKey(pemRepresentation: privateKey.pemRepresentation)
        let signature = try signing.signature(for: Data(signed.utf8)).rawRepresentation
        return signed + "." + signature.base64URL
    }

    private static func apply(_ changes: [String: JSONValue], to object: inout [String: JSONValue]) {
        for (name, value) in changes {
            if value == .null { object.removeValue(forKey: name) } else { object[name] = value }
        }
    }

    static func part(_ value: JSONValue) throws -> String {
        try JSONEncoder().encode(value).base64URL
    }

    // MARK: HTTPClient

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let (status, body) = state.withLock { state -> (Int, JSONValue) in
            state.requests.append(request.url)
            if request.url.hasSuffix("/openid-configuration") {
                let standard: JSONValue = [
                    "issuer": .string(Self.name), "jwks_uri": "https://issuer.example/keys",
                ]
                return (state.status, state.discovery ?? standard)
            }
            let keys = state.keys.map { name, key -> JSONValue in
                let parameters = key.publicKey.parameters
                return [
                    "kty": "EC", "crv": "P-256", "kid": .string(name), "use": "sig",
                    "x": .string(parameters?.x ?? ""), "y": .string(parameters?.y ?? ""),
                ]
            }
            return (state.status, ["keys": .array(state.others + keys)])
        }
        let data = (try? JSONEncoder().encode(body)) ?? Data()
        return HTTPResponse(head: HTTPResponseHead(status: status, headers: []), body: data)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        let whole = try await send(request)
        return HTTPStreamedResponse(head: whole.head, body: .init([whole.body]))
    }
}
