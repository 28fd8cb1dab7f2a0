/// White space of UTF-8, as pages have it.
public enum WhiteSpace {
    @inlinable
    public static func contains(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    /// Bytes of the white space character at `offset`, or `nil` when another one stands there.
    @inlinable
    public static func width(at offset: Int, of bytes: [UInt8]) -> Int? {
        let byte = bytes[offset]
        if contains(byte) { return 1 }
        // U+00A0, the only white space beyond ASCII that pages are full of.
        return byte == 0xC2 && offset + 1 < bytes.count && bytes[offset + 1] == 0xA0 ? 2 : nil
    }

    /// `range` without white space at its ends.
    public static func trimmed(_ range: Range<Int>, of bytes: [UInt8]) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, let width = width(at: lower, of: bytes), lower + width <= upper {
            lower += width
        }
        while upper > lower {
            if contains(bytes[upper - 1]) {
                upper -= 1
            } else if upper - 2 >= lower, bytes[upper - 2] == 0xC2, bytes[upper - 1] == 0xA0 {
                upper -= 2
            } else {
                break
            }
        }
        return lower..<upper
    }
}
