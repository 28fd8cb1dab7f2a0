extension String {
    /// Percent-encoded by AWS's rule: all bytes but A–Z, a–z, 0–9, `-`, `.`, `_`, `~` and those of `keeping`
    /// become `%XX` in upper case. Encoding twice encodes the `%` too.
    package func percentEncoded(keeping: String = "") -> String {
        var result: [UInt8] = []
        result.reserveCapacity(utf8.count + 16)
        result.appendPercentEncoded(utf8, keeping: ASCIISet(keeping))
        return String(decoding: result, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Appends a text percent-encoded by AWS's rule.
    mutating func appendPercentEncoded(_ text: some Sequence<UInt8>, keeping: ASCIISet = ASCIISet("")) {
        func digit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
        }
        let kept = ASCIISet.unreserved.union(keeping)
        for byte in text {
            if kept.contains(byte) {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                append(digit(byte >> 4))
                append(digit(byte & 15))
            }
        }
    }
}
