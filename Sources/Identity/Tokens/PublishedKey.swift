import Foundation
import JSONValue
import JWTKit

/// A public key that an issuer publishes for signatures.
struct PublishedKey: Sendable {
    /// `kid`; `nil` where it has none.
    let name: String?
    private let key: JWK
    private let type: String
    /// `alg`, where the issuer says what the key is for.
    private let algorithm: String?
    private let curve: String?

    /// Shorter RSA keys can be broken (NIST SP 800-131A).
    static let leastModulusBytes = 256

    /// `nil` for a key that is for something else, of an unknown kind, or too weak: an issuer may list such too.
    init?(_ value: JSONValue) {
        guard let object = value.object, let type = object["kty"]?.string else { return nil }
        if let use = object["use"]?.string, use != "sig" { return nil }
        // One that both sides know, or with its private part, proves nothing about who signed.
        guard type != "oct", object["d"] == nil else { return nil }
        if type == "RSA" {
            guard let modulus = object["n"]?.string.flatMap({ Data(base64URL: $0) }),
                modulus.drop(while: { $0 == 0 }).count >= Self.leastModulusBytes
            else { return nil }
        }
        var usable = object
        // A name that JWTKit does not know would make it refuse the key; what it is for is compared here.
        usable["alg"] = nil
        usable["kid"] = .string(object["kid"]?.string ?? Self.unnamed)
        guard let data = try? JSONEncoder().encode(JSONValue.object(usable)),
            let key = try? JSONDecoder().decode(JWK.self, from: data)
        else { return nil }
        self.key = key
        self.type = type
        name = object["kid"]?.string
        algorithm = object["alg"]?.string
        curve = object["crv"]?.string
    }

    private static let unnamed = "unnamed"

    /// Whether it is a key for signatures of this algorithm: what a token says never makes one kind of key another.
    func fits(_ wanted: String) -> Bool {
        if let algorithm, algorithm != wanted { return false }
        switch wanted {
        case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512": return type == "RSA"
        case "ES256": return type == "EC" && curve == "P-256"
        case "ES384": return type == "EC" && curve == "P-384"
        case "ES512": return type == "EC" && curve == "P-521"
        case "EdDSA": return type == "OKP" && curve == "Ed25519"
        default: return false
        }
    }

    /// The claims of `token`, whose signature is checked with this key as one of `algorithm`.
    func claims(of token: String, signedWith algorithm: String) async throws(IdentityError) -> JSONValue {
        guard let algorithm = JWK.Algorithm(rawValue: algorithm) else {
            throw .algorithmNotAllowed(algorithm)
        }
        // A collection of this one key, for this one algorithm: nothing in the token can choose another.
        var key = key
        key.algorithm = algorithm
        let keys = JWTKeyCollection()
        do {
            try await keys.add(jwk: key, isDefault: true)
            return try await keys.verify(token, as: TokenClaims.self).value
        } catch {
            throw .badSignature
        }
    }
}

/// Claims as they are; what must hold of them is checked by ``TokenVerifier``, with its own clock.
private struct TokenClaims: JWTPayload {
    let value: JSONValue

    init(from decoder: any Decoder) throws {
        value = try JSONValue(from: decoder)
    }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }

    func verify(using key: some JWTAlgorithm) {}
}
