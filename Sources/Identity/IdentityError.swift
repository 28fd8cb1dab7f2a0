/// Why credentials do not prove anything. What is told to the caller names no secret and no other's affairs.
public enum IdentityError: Error, Hashable, Sendable {
    /// It is no key of ours, or one that was never made.
    case unknownKey
    case keyExpired(id: String)
    case keyRevoked(id: String)
    /// It has not the three parts of a JSON Web Token, or they cannot be read.
    case malformedToken(reason: String)
    /// The token's algorithm is not among those that the settings allow.
    case algorithmNotAllowed(String)
    /// The issuer has no key of the token's name.
    case unknownSigningKey
    case badSignature
    case wrongIssuer
    case wrongAudience
    case tokenExpired
    case tokenNotYetValid
    /// A claim that must be there is missing or of another kind.
    case badClaim(name: String)
    /// The issuer's keys could not be fetched; nothing is known of the token.
    case issuerUnreachable(issuer: String, reason: String)
    /// The issuer's documents are not what OpenID Connect says.
    case badIssuer(issuer: String, reason: String)
}

extension IdentityError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownKey: "This API key is not known here. Check that all of it was copied."
        case .keyExpired(let id): "The API key \(id) has expired. Make another, or rotate it before it does."
        case .keyRevoked(let id): "The API key \(id) has been revoked."
        case .malformedToken(let reason): "The bearer token cannot be read: \(reason)."
        case .algorithmNotAllowed(let name):
            "Tokens signed by “\(name.prefix(20))” are not accepted here."
        case .unknownSigningKey: "The token was signed with a key that its issuer does not publish."
        case .badSignature: "The token's signature does not fit."
        case .wrongIssuer: "The token is another issuer's."
        case .wrongAudience: "The token was made for another service."
        case .tokenExpired: "The token has expired. Ask its issuer for a fresh one."
        case .tokenNotYetValid: "The token is not valid yet. Check the clocks."
        case .badClaim(let name):
            "The token's claim “\(name.prefix(100))” is missing or not of the right kind."
        case .issuerUnreachable(let issuer, let reason):
            "The keys of \(issuer) could not be fetched: \(reason). Nobody can sign in by it until they can."
        case .badIssuer(let issuer, let reason):
            "\(issuer) does not answer as OpenID Connect says: \(reason)."
        }
    }

    /// Whether the caller is not to blame, and the same credentials may do later.
    public var isOurs: Bool {
        switch self {
        case .issuerUnreachable, .badIssuer: true
        default: false
        }
    }
}
