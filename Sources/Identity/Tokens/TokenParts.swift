import Foundation
import JSONValue

/// A JSON Web Token in its three parts (RFC 7519, RFC 7515), nothing of it believed yet.
struct TokenParts: Sendable {
    var algorithm: String
    /// The name of the key that it says it was signed with.
    var keyName: String?
    /// As the token says it, for choosing whose keys to ask; it is compared again once the signature fits.
    var issuer: String?

    /// A longer one is nobody's.
    static let byteLimit = 16_384

    init(_ token: String) throws(IdentityError) {
        guard token.utf8.count <= Self.byteLimit else {
            throw .malformedToken(reason: "it has more than \(Self.byteLimit) bytes")
        }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
            throw .malformedToken(reason: "it has not three parts")
        }
        let header = try Self.object(parts[0], "header")
        let claims = try Self.object(parts[1], "payload")
        guard let algorithm = header["alg"]?.string else {
            throw .malformedToken(reason: "its header names no algorithm")
        }
        // Whoever marks a part as critical wants it understood, and nothing beyond this is (RFC 7515, 4.1.11).
        guard header["crit"] == nil else {
            throw .malformedToken(reason: "its header has critical parts that are not understood here")
        }
        guard Self.isKnown(type: header["typ"]?.string) else {
            throw .malformedToken(reason: "its header says that it is a token of another kind")
        }
        self.algorithm = algorithm
        if let name = header["kid"] {
            guard let text = name.string else { throw .malformedToken(reason: "its key's name is no text") }
            keyName = text
        }
        issuer = claims["iss"]?.string
    }

    /// Whether a token of this type may say who somebody is: one that names no kind, or an access token (RFC 9068). What an
    /// issuer signs to sign somebody out (`logout+jwt`), to tell of an event (`secevent+jwt`) and the like has the same
    /// keys, issuer and audience (RFC 8725, 3.11).
    private static func isKnown(type: String?) -> Bool {
        guard var type = type?.lowercased() else { return true }
        if type.hasPrefix("application/") { type = String(type.dropFirst("application/".count)) }
        return !type.hasSuffix("+jwt") || type == "at+jwt"
    }

    private static func object(_ part: Substring, _ name: String) throws(IdentityError) -> [String: JSONValue]
    {
        guard let data = Data(base64URL: part), let value = try? JSONValue(parsing: data),
            let object = value.object
        else { throw .malformedToken(reason: "its \(name) is no JSON object in base64url") }
        return object
    }
}
