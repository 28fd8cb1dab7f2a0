import Glibc

/// Names that nobody has used before: UUIDs in lower case (RFC 9562).
public enum UniqueID {
    /// Version 4: random but for six bits.
    public static func random() -> String {
        let (high, low) = RandomReserve.shared.pair()
        return text(high & ~0xF000 | 0x4000, low)
    }

    /// Version 7: the millisecond since 1970 and 74 random bits.
    ///
    /// For rows of databases: those that come one after the other stand beside each other in an index, so that a
    /// commit writes a page of it and not one a row.
    ///
    /// - Parameter milliseconds: since 1970; 48 bits of it are kept.
    public static func ordered(at milliseconds: UInt64 = now) -> String {
        let (high, low) = RandomReserve.shared.pair()
        return text(milliseconds << 16 | 0x7000 | high & 0x0FFF, low)
    }

    /// Milliseconds since 1970.
    public static var now: UInt64 {
        var time = timespec()
        // Fails for a clock that is not there, and this one always is.
        guard clock_gettime(CLOCK_REALTIME, &time) == 0, time.tv_sec >= 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// - Parameter low: takes the variant of RFC 9562, `10`, in its first two bits.
    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        let low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                let half = digit < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - 4 * (digit & 15)) & 0xF)
                text[place] = value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                place += 1
            }
            return place
        }
    }
}
