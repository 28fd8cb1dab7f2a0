/// Some of ASCII's characters, asked for byte by byte: headers and URLs are looked at this way for every request.
struct ASCIISet: Sendable, Hashable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// - Parameter characters: what is not ASCII is left out.
    init(_ characters: String) {
        for byte in characters.utf8 where byte < 64 { low |= 1 << UInt64(byte) }
        for byte in characters.utf8 where (64..<128).contains(byte) { high |= 1 << UInt64(byte - 64) }
    }

    func contains(_ byte: UInt8) -> Bool {
        // A byte of 64 and more is masked to its place in the other half.
        let bit: UInt64 = 1 &<< UInt64(byte & 63)
        return byte < 128 && (byte < 64 ? low : high) & bit != 0
    }

    func union(_ other: ASCIISet) -> ASCIISet {
        var both = self
        both.low |= other.low
        both.high |= other.high
        return both
    }

    /// Whether a text has no other characters.
    func containsAll(of text: String) -> Bool { text.hasOnlyBytes(where: contains) }

    /// Letters and digits.
    static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    /// What methods and names of headers are made of (RFC 9110 §5.6.2).
    static let token = ASCIISet(alphanumerics + "!#$%&'*+-.^_`|~")
    /// What AWS's percent-encoding leaves as it is (RFC 3986 §2.3).
    static let unreserved = ASCIISet(alphanumerics + "-._~")
}

extension String {
    /// Whether all bytes of its UTF-8 pass.
    func hasOnlyBytes(where isRight: (UInt8) -> Bool) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.allSatisfy(isRight) } ?? utf8.allSatisfy(isRight)
    }
}
