/// A character reference, `&eacute;` or `&#233;`, as the page means it.
///
/// Pages use all of XHTML's names without declaring them, and numbers that XML forbids.
struct StorageFormatReference {
    /// The character, or `nil` when the number stands for none that text may hold.
    var scalar: Unicode.Scalar?
    /// Bytes from the ampersand to the semicolon, both included.
    var byteCount: Int

    /// A name or number of more bytes is none.
    private static let maxNameByteCount = 12

    /// Reads the reference at `offset`, where an ampersand stands; `nil` when that begins none, so that it is
    /// text, and so is what follows it.
    static func read(_ input: Span<UInt8>, at offset: Int) -> StorageFormatReference? {
        let start = offset + 1
        var end = start
        while end < input.count, end - offset <= maxNameByteCount, isNameByte(input[end]) { end += 1 }
        guard end < input.count, input[end] == UInt8(ascii: ";"), end > start else { return nil }
        let byteCount = end + 1 - offset
        if input[start] == UInt8(ascii: "#"), let number = number(input, start + 1..<end) {
            return StorageFormatReference(scalar: allowed(number), byteCount: byteCount)
        }
        guard end - start <= StorageFormatEntities.maxNameByteCount else { return nil }
        var name: UInt64 = 0
        for position in start..<end { name = name << 8 | UInt64(input[position]) }
        guard let codePoint = StorageFormatEntities.codePoint(packedName: name) else { return nil }
        return StorageFormatReference(scalar: Unicode.Scalar(codePoint), byteCount: byteCount)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isASCIILetter(byte) || byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "#")
    }

    /// Decimal digits, or hexadecimal ones behind an `x`; `nil` for anything else and for what has no place in
    /// 32 bits.
    private static func number(_ input: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
        var digits = range
        var radix: UInt64 = 10
        if let first = digits.first, input[first] | 0x20 == UInt8(ascii: "x") {
            radix = 16
            digits.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        var value: UInt64 = 0
        for position in digits {
            let byte = input[position]
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: digit = UInt64((byte | 0x20) - 0x61 + 10)
            default: return nil
            }
            value = value * radix + digit
            guard digit < radix, value <= UInt64(UInt32.max) else { return nil }
        }
        return UInt32(value)
    }

    /// Keeps what XML allows, reads 128 to 159 as Windows-1252.
    private static func allowed(_ value: UInt32) -> Unicode.Scalar? {
        switch value {
        case 0x80...0x9F: Unicode.Scalar(StorageFormatEntities.windows1252[Int(value) - 0x80])
        case 0x9, 0xA, 0xD, 0x20...0xFFFD, 0x10000...: Unicode.Scalar(value)
        default: nil
        }
    }
}
