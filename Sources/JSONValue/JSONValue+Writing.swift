/// Written by hand, not by `JSONEncoder`, which takes many times as long: every call of a service has a body. The
/// bytes are those that the encoder makes with sorted keys and unescaped slashes.
extension JSONValue {
    func write(to bytes: inout [UInt8]) throws {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: value.description.utf8)
        case .number(let value): bytes.append(contentsOf: try Self.digits(of: value).utf8)
        case .string(let value): Self.write(value, to: &bytes)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (offset, value) in values.enumerated() {
                if offset > 0 { bytes.append(UInt8(ascii: ",")) }
                try value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let sorted = members.sorted { Self.precedes($0.key, $1.key) }
            for (offset, member) in sorted.enumerated() {
                if offset > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                try member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The shortest digits that are read as the same number; of a whole one without its fraction.
    private static func digits(of value: Double) throws -> String {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value,
                EncodingError.Context(codingPath: [], debugDescription: "JSON has no way to write \(value)."))
        }
        let digits = value.description
        return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
    }

    /// Writes a text with its quotes.
    static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            // What needs no escape is copied at once, most often all of it.
            var copied = 0
            while let place = firstEscaped(in: utf8, from: copied) {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[copied..<place]))
                copied = place + 1
                let byte = utf8[place]
                if byte < 0x20 {
                    bytes.append(contentsOf: escape(byte).utf8)
                } else {
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(byte)
                }
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[copied...]))
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Where the next byte stands that must not stand in a text by itself.
    private static func firstEscaped(in utf8: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var place = start
        // Eight bytes at a time, as long as none of them is one.
        while place + 8 <= utf8.count,
            !holdsEscaped(UnsafeRawBufferPointer(utf8).loadUnaligned(fromByteOffset: place, as: UInt64.self))
        {
            place += 8
        }
        return utf8[place...].firstIndex(where: isEscaped)
    }

    /// The same of eight bytes at once. Of each byte the highest bit of a term is set if it is less than 0x20, or zero
    /// once the quote or the backslash was taken away; a borrow can only go out of a byte that is one of these.
    ///
    /// Source: Mycroft's test for a zero byte, by way of Warren, "Hacker's Delight", 6–1.
    private static func holdsEscaped(_ bytes: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let controls = (bytes &- 0x20 * ones) & ~bytes
        let quotes = bytes ^ UInt64(UInt8(ascii: "\"")) * ones
        let backslashes = bytes ^ UInt64(UInt8(ascii: "\\")) * ones
        let found = controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        return found & (0x80 * ones) != 0
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// Whether a key stands before another, by their bytes.
    static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { left.lexicographicallyPrecedes($0) }
        }.flatMap { $0 } ?? left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    /// RFC 8259 §7.
    private static func escape(_ control: UInt8) -> String {
        switch control {
        case 0x08: "\\b"
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0C: "\\f"
        case 0x0D: "\\r"
        default: "\\u00" + (control < 0x10 ? "0" : "") + String(control, radix: 16)
        }
    }
}
