extension [UInt8] {
    /// Two lower-case digits a byte.
    mutating func appendHexadecimal(_ bytes: some Sequence<UInt8>) {
        func digit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
        }
        for byte in bytes {
            append(digit(byte >> 4))
            append(digit(byte & 15))
        }
    }
}

extension Sequence<UInt8> {
    /// Two lower-case digits a byte.
    package var hexadecimal: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * underestimatedCount)
        digits.appendHexadecimal(self)
        return String(decoding: digits, as: UTF8.self)
    }
}
