import Concurrency
import Crypto
import Foundation
import Identity
import Transport

/// An issuer in memory that publishes one key and signs tokens with it.
final class SigningIssuer: HTTPClient {
    let issuer = TokenIssuer(
        issuer: "https://issuer.example", keysURL: "https://issuer.example/keys", audiences: ["millrace"],
        algorithms: ["ES256"], claims: ClaimMapping())
    private let key = P256.Signing.PrivateKey()

    /// A token of a user, good for `lifetime` seconds.
    func token(of user: String, from time: Date, lifetime: Int) throws -> String {
        let begin = Int(time.timeIntervalSince1970)
        let head: [String: Any] = ["alg": "ES256", "typ": "JWT", "kid": "k"]
        let claims: [String: Any] = [
            "iss": issuer.issuer, "aud": "millrace", "sub": user, "iat": begin,
            "exp": begin + lifetime,
        ]
        let signed = try Self.part(head) + "." + Self.part(claims)
        let signature = try key.signature(for: Data(signed.utf8)).rawRepresentation
        return signed + "." + Self.text(signature)
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        // The coordinates of the point, one after the other.
        let point = key.publicKey.rawRepresentation
        let published: [String: Any] = [
            "kty": "EC", "crv": "P-256", "kid": "k", "use": "sig", "alg": "ES256",
            "x": Self.text(point.prefix(32)), "y": Self.text(point.suffix(32)),
        ]
        let body = (try? JSONSerialization.data(withJSONObject: ["keys": [published]])) ?? Data()
        return HTTPResponse(head: HTTPResponseHead(status: 200, headers: []), body: body)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        let whole = try await send(request)
        return HTTPStreamedResponse(head: whole.head, body: .init([whole.body]))
    }

    private static func part(_ value: [String: Any]) throws -> String {
        text(try JSONSerialization.data(withJSONObject: value))
    }

    /// Base64 for addresses, without padding (RFC 7515, 2).
    private static func text(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }
}
