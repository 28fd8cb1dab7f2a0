import Crypto
import Foundation

/// What a browser carries between leaving for the issuer and coming back, sealed, so that the server keeps nothing of
/// people who never come back.
struct SignInTicket: Codable, Sendable {
    /// Comes back with the browser (RFC 6749, 10.12).
    var state: String
    /// Comes back in the token (OpenID Connect Core, 3.1.2.1).
    var nonce: String
    /// Proves to the issuer that the code is ours (RFC 7636).
    var verifier: String
    /// Where the person was.
    var destination: String
    var expiresAt: Date

    static let lifetime: TimeInterval = 600

    init(destination: String, at time: Date) {
        state = Self.random()
        nonce = Self.random()
        verifier = Self.random()
        self.destination = Self.safe(destination)
        expiresAt = time.addingTimeInterval(Self.lifetime)
    }

    /// RFC 7636, 4.2.
    var challenge: String { Data(SHA256.hash(data: Data(verifier.utf8))).base64URL }

    /// 256 random bits.
    static func random() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64URL
    }

    /// A place on this server: whoever makes a link to sign in must not choose where people end.
    static func safe(_ destination: String) -> String {
        let isOurs =
            destination.hasPrefix("/") && !destination.hasPrefix("//") && !destination.contains("\\")
            && destination.utf8.count <= 2_000
            && destination.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isOurs ? destination : "/"
    }
}
