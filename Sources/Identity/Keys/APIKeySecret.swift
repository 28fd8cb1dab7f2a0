import Crypto
import Foundation

/// An API key as its holder has it: `mr_` with eight characters that name it, `_`, and 43 that prove it.
///
/// The first part stands in lists and logs, and lets a leaked key be found by its looks. The second has 256 random
/// bits, so a plain SHA-256 of the whole is enough to keep: there is nothing to guess at.
public struct APIKeySecret: Sendable, Hashable {
    public static let prefix = "mr_"
    private static let nameLength = 8
    private static let secretBytes = 32

    /// The whole; shown once.
    public let text: String
    /// `mr_` with the characters that name it.
    public let id: String

    /// A fresh one.
    public init() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let name = String((0..<Self.nameLength).compactMap { _ in letters.randomElement(using: &generator) })
        let bytes = SymmetricKey(size: .init(bitCount: Self.secretBytes * 8)).withUnsafeBytes { Data($0) }
        id = Self.prefix + name
        text = id + "_" + bytes.base64URL
    }

    /// One that somebody sends; `nil` for a text that is none by its looks.
    public init?(_ text: String) {
        let whole = text.utf8
        let nameEnd = Self.prefix.utf8.count + Self.nameLength
        guard text.hasPrefix(Self.prefix), (nameEnd + 20...nameEnd + 100).contains(whole.count),
            whole.dropFirst(nameEnd).first == UInt8(ascii: "_"),
            whole.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            })
        else { return nil }
        self.text = text
        id = String(text.prefix(nameEnd))
    }

    /// What is kept of it.
    public var digest: Data { Data(SHA256.hash(data: Data(text.utf8))) }
}

extension Data {
    /// RFC 4648, section 5, without padding.
    var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// `nil` unless it is base64url without padding.
    init?(base64URL text: some StringProtocol) {
        let foreign = Array("+/=".utf8)
        guard !text.utf8.contains(where: foreign.contains) else { return nil }
        var padded = String(text).replacing("-", with: "+").replacing("_", with: "/")
        while padded.utf8.count % 4 != 0 { padded += "=" }
        self.init(base64Encoded: padded)
    }
}
