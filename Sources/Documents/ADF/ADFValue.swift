/// A value of the JSON that Atlassian Document Format is written in.
enum ADFValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([ADFValue])
    case object([String: ADFValue])
}

extension ADFValue {
    subscript(key: String) -> ADFValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    /// The elements of an array; none for anything else.
    var elements: [ADFValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// A string, or a number or truth value as it is written; `nil` when it is blank.
    var text: String? {
        switch self {
        case .string(let text): text.utf8.allSatisfy { $0 <= 0x20 } ? nil : text
        case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
        case .bool(let value): "\(value)"
        case .null, .array, .object: nil
        }
    }

    /// A whole number, whether written as one or as a string.
    var integer: Int? {
        switch self {
        case .number(let number): Int(exactly: number.rounded(.towardZero))
        case .string(let text): Int(text)
        case .null, .bool, .array, .object: nil
        }
    }
}

/// Reads JSON whose depth nobody vouches for.
///
/// Foundation's reader refuses what is nested deeper than 512, so that one page with nested tables would be
/// lost whole. This one leaves out what lies deeper than its limit, but keeps the texts that are in it.
struct ADFReader {
    /// What is not JSON, and where.
    struct Malformed: Error, Hashable {
        var byteOffset: Int
        var expected: String
    }

    private let bytes: [UInt8]
    private let maxDepth: Int
    private var index = 0
    private var depth = 0
    private(set) var isDepthCut = false

    /// - Parameter maxDepth: arrays and objects in each other that are kept as such.
    init(_ source: String, maxDepth: Int) {
        bytes = Array(source.utf8)
        self.maxDepth = maxDepth
    }

    /// The one value that the source holds.
    mutating func read() throws(Malformed) -> ADFValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        let value = try value()
        skipSpace()
        guard index == bytes.count else { throw malformed("the end") }
        return value
    }

    private mutating func value() throws(Malformed) -> ADFValue {
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object() throws(Malformed) -> ADFValue {
        guard depth < maxDepth else { return try texts() }
        depth += 1
        defer { depth -= 1 }
        index += 1
        var members: [String: ADFValue] = [:]
        skipSpace()
        while byte != UInt8(ascii: "}") {
            guard byte == UInt8(ascii: "\"") else { throw malformed("a name in quotation marks") }
            let name = try string()
            skipSpace()
            try take(":", "a colon")
            members[name] = try value()
            skipSpace()
            if byte == UInt8(ascii: "}") { break }
            try take(",", "a comma or a closing brace")
            skipSpace()
        }
        index += 1
        return .object(members)
    }

    private mutating func array() throws(Malformed) -> ADFValue {
        guard depth < maxDepth else { return try texts() }
        depth += 1
        defer { depth -= 1 }
        index += 1
        var elements: [ADFValue] = []
        skipSpace()
        while byte != UInt8(ascii: "]") {
            elements.append(try value())
            skipSpace()
            if byte == UInt8(ascii: "]") { break }
            try take(",", "a comma or a closing bracket")
        }
        index += 1
        return .array(elements)
    }

    /// What lies too deep: the values named `text`, one after the other, without a call for each level.
    private mutating func texts() throws(Malformed) -> ADFValue {
        isDepthCut = true
        var level = 0
        var words: [String] = []
        var name = ""
        repeat {
            skipSpace()
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): (level, index) = (level + 1, index + 1)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): (level, index) = (level - 1, index + 1)
            case UInt8(ascii: "\""):
                let string = try string()
                skipSpace()
                if byte == UInt8(ascii: ":") {
                    name = string
                } else if name == "text" {
                    words.append(string)
                    name = ""
                }
            case nil: throw malformed("a closing brace or bracket")
            default: index += 1
            }
        } while level > 0
        return .string(words.joined(separator: " "))
    }

    // MARK: Scalars

    private mutating func string() throws(Malformed) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            default:
                text.append(byte)
                index += 1
            }
        }
        throw malformed("a closing quotation mark")
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "t"): 0x09, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0C,
    ]

    private mutating func appendEscape(to text: inout [UInt8]) throws(Malformed) {
        index += 1
        guard let byte else { throw malformed("an escaped character") }
        index += 1
        guard byte == UInt8(ascii: "u") else {
            text.append(Self.escapes[byte] ?? byte)
            return
        }
        // A bad escape costs its character, not the page.
        guard var code = hexadecimal() else {
            text.append(contentsOf: "\u{FFFD}".utf8)
            return
        }
        // A pair of surrogates stands for one character; half a pair stands for none.
        if (0xD800..<0xDC00).contains(code), bytes[index...].starts(with: "\\u".utf8) {
            let start = index
            index += 2
            if let low = hexadecimal(), (0xDC00..<0xE000).contains(low) {
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            } else {
                index = start
            }
        }
        let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
        text.append(contentsOf: String(scalar).utf8)
    }

    /// Four digits; `nil`, with nothing taken, when there are other characters.
    private mutating func hexadecimal() -> UInt32? {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { return nil }
        index += 4
        return code
    }

    private mutating func number() throws(Malformed) -> ADFValue {
        let digits = bytes[index...].prefix { byte in
            (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard let number = Double(String(decoding: digits, as: UTF8.self)) else {
            throw malformed("a value")
        }
        index += digits.count
        return .number(number)
    }

    private mutating func word(_ word: String, _ value: ADFValue) throws(Malformed) -> ADFValue {
        guard bytes[index...].starts(with: word.utf8) else { throw malformed("a value") }
        index += word.utf8.count
        return value
    }

    // MARK: Bytes

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte, byte <= 0x20 { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar, _ name: String) throws(Malformed) {
        guard byte == UInt8(ascii: character) else { throw malformed(name) }
        index += 1
    }

    private func malformed(_ expected: String) -> Malformed {
        Malformed(byteOffset: index, expected: expected)
    }
}
