/// Names a trace: 128 bits, not all zero.
///
/// The first 32 bits are the second in which it began, as AWS X-Ray asks for; the others are random, as W3C Trace
/// Context's second level wants the last 56 to be.
struct TraceID: Sendable, Hashable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// `nil` for zero, which names nothing.
    init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// - Parameter written: 32 hexadecimal digits in lower case.
    init?(written: Substring) {
        guard written.utf8.count == 32, let high = UInt64(lowerHexadecimal: written.prefix(16)),
            let low = UInt64(lowerHexadecimal: written.suffix(16))
        else { return nil }
        self.init(high: high, low: low)
    }

    /// A new one.
    ///
    /// - Parameter random: gives 64 random bits at each call.
    static func fresh(second: UInt64, random: () -> UInt64) -> TraceID {
        let high = second << 32 | random() & 0xFFFF_FFFF
        return TraceID(high: high, low: random()) ?? .one
    }

    private static let one = TraceID(low: 1)

    private init(low: UInt64) {
        (high, self.low) = (0, low)
    }

    var description: String { high.lowerHexadecimal + low.lowerHexadecimal }
}

/// Names a span within its trace: 64 bits, not all zero.
struct SpanID: Sendable, Hashable, CustomStringConvertible {
    let bits: UInt64

    init?(bits: UInt64) {
        guard bits != 0 else { return nil }
        self.bits = bits
    }

    /// - Parameter written: 16 hexadecimal digits in lower case.
    init?(written: Substring) {
        guard written.utf8.count == 16, let bits = UInt64(lowerHexadecimal: written) else { return nil }
        self.init(bits: bits)
    }

    static func fresh(random: () -> UInt64) -> SpanID {
        SpanID(orOne: random())
    }

    private init(orOne bits: UInt64) { self.bits = bits == 0 ? 1 : bits }

    var description: String { bits.lowerHexadecimal }
}

extension UInt64 {
    /// `nil` for anything but digits and `a`–`f`.
    fileprivate init?(lowerHexadecimal text: Substring) {
        var value: UInt64 = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        self = value
    }

    fileprivate var lowerHexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
