import Foundation

/// An opening tag of a page.
struct HTMLTag: Sendable {
    /// Lower case.
    var name: String
    /// What stands between the name and `>`.
    fileprivate var rest: ArraySlice<UInt8>

    /// The value of an attribute; empty for one without a value.
    func attribute(_ wanted: String) -> String? {
        var bytes = rest
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
        while true {
            bytes = bytes.drop { isSpace($0) || $0 == UInt8(ascii: "/") }
            guard !bytes.isEmpty else { return nil }
            let name = bytes.prefix { !isSpace($0) && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "/") }
            // A lone “=” is passed over, so that every turn takes a byte.
            bytes = bytes.dropFirst(max(1, name.count))
            let behind = bytes.drop(while: isSpace)
            var value = behind.prefix(0)
            if behind.first == UInt8(ascii: "=") {
                bytes = behind.dropFirst().drop(while: isSpace)
                if let quote = bytes.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
                    value = bytes.dropFirst().prefix { $0 != quote }
                    bytes = bytes.dropFirst(value.count + 2)
                } else {
                    value = bytes.prefix { !isSpace($0) }
                    bytes = bytes.dropFirst(value.count)
                }
            }
            if String(decoding: name, as: UTF8.self).lowercased() == wanted {
                return String(decoding: value, as: UTF8.self)
            }
        }
    }
}

/// Goes from opening tag to opening tag of a page, never back.
struct HTMLTagScanner {
    /// Longest tag that is read, in bytes.
    static let tagLimit = 16_384

    private let bytes: [UInt8]
    private var offset = 0

    init(_ html: Data) {
        bytes = Array(html)
    }

    /// The next opening tag; `nil` at the end.
    mutating func next() -> HTMLTag? {
        while let start = bytes[offset...].firstIndex(of: UInt8(ascii: "<")) {
            offset = start + 1
            guard offset < bytes.count else { return nil }
            if bytes[offset...].starts(with: "!--".utf8) {
                skip(behind: "-->")
                continue
            }
            let name = bytes[offset...].prefix(32).prefix(while: Self.isNameByte)
            guard let first = name.first, Self.isLetter(first) else { continue }
            let rest = attributes(from: name.endIndex)
            offset = rest.endIndex
            return HTMLTag(name: String(decoding: name, as: UTF8.self).lowercased(), rest: rest)
        }
        offset = bytes.count
        return nil
    }

    /// The text up to the next tag, which is not read.
    mutating func text(limit: Int) -> String {
        guard offset < bytes.count else { return "" }
        let start = bytes[offset] == UInt8(ascii: ">") ? offset + 1 : offset
        let text = bytes[start...].prefix { $0 != UInt8(ascii: "<") }
        offset = text.endIndex
        return String(decoding: text.prefix(limit), as: UTF8.self)
    }

    /// Goes behind the end of an element whose text is not HTML.
    mutating func skipElement(_ name: String) {
        let end = Array(("</" + name).utf8)
        while let start = bytes[offset...].firstIndex(of: UInt8(ascii: "<")) {
            offset = start + 1
            let found = bytes[start...].prefix(end.count)
            if found.count == end.count, zip(found, end).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) { return }
        }
        offset = bytes.count
    }

    /// Up to the `>` that is in no quotes.
    private func attributes(from start: Int) -> ArraySlice<UInt8> {
        var quote: UInt8?
        var end = start
        while end < bytes.count, end - start < Self.tagLimit {
            let byte = bytes[end]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                break
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            }
            end += 1
        }
        return bytes[start..<end]
    }

    private mutating func skip(behind mark: String) {
        let mark = Array(mark.utf8)
        while let start = bytes[offset...].firstIndex(of: mark[0]) {
            offset = start + 1
            if bytes[start...].starts(with: mark) {
                offset = start + mark.count
                return
            }
        }
        offset = bytes.count
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ":")
    }
}
