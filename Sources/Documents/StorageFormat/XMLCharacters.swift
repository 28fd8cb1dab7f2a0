/// Text as an XML parser hands it over: what a reader of another format says goes into the block tree as if it
/// had been read from a page.
enum XMLCharacters {
    /// What becomes of white space.
    enum Space {
        /// The end of a line is one line feed, however it is written; the rest stays.
        case text
        /// The same, then each white space is a space: an attribute's value.
        case value
        /// Each white space by itself is a space.
        case line
    }

    /// Adds `text` without the characters that XML forbids.
    static func append(_ text: some StringProtocol, to bytes: inout [UInt8], _ space: Space = .text) {
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        let keepsSpace = space == .text
        let needsCare = bytes[start...].contains { byte in
            byte < 0x20
                ? !keepsSpace || byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\t") : byte == 0xEF
        }
        if needsCare { clean(&bytes, from: start, space) }
    }

    private static func clean(_ bytes: inout [UInt8], from start: Int, _ space: Space) {
        var (read, write) = (start, start)
        func follows(_ byte: UInt8, at offset: Int) -> Bool { offset < bytes.count && bytes[offset] == byte }
        while read < bytes.count {
            var byte = bytes[read]
            switch byte {
            case UInt8(ascii: "\r"):
                if space != .line, follows(UInt8(ascii: "\n"), at: read + 1) { read += 1 }
                byte = space == .text ? UInt8(ascii: "\n") : UInt8(ascii: " ")
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"):
                if space != .text { byte = UInt8(ascii: " ") }
            case 0xEF where follows(0xBF, at: read + 1) && read + 2 < bytes.count && bytes[read + 2] >= 0xBE:
                // U+FFFE and U+FFFF.
                read += 3
                continue
            case 0..<0x20:
                read += 1
                continue
            default: break
            }
            bytes[write] = byte
            read += 1
            write += 1
        }
        bytes.removeSubrange(write...)
    }
}
