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
        if byte < 64 { return low & (1 << UInt64(byte)) != 0 }
        return byte < 128 && high & (1 << UInt64(byte - 64)) != 0
    }

    /// Letters and digits.
    static let alphanumerics = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    /// What methods and names of headers are made of (RFC 9110 §5.6.2).
    static let token = ASCIISet(alphanumerics + "!#$%&'*+-.^_`|~")
    /// What AWS's percent-encoding leaves as it is (RFC 3986 §2.3).
    static let unreserved = ASCIISet(alphanumerics + "-._~")
}
