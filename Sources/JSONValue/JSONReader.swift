import Foundation

/// Reads JSON text (RFC 8259) in one pass over its bytes.
///
/// It knows what is right and nothing else: whatever it refuses is given to Foundation's decoder, which takes more
/// (other encodings, a comma behind the last element) and says what is wrong. Ten and more times as fast as that,
/// which matters for bodies of requests and for exports of some megabytes.
struct JSONReader {
    /// The text is not what this reads; Foundation's decoder says why, or takes it.
    struct Refused: Error {}

    /// Arrays and objects within each other; each is a call on the stack.
    static let depthLimit = 400

    private let bytes: ContiguousArray<UInt8>
    private var place = 0
    private var depth = 0

    /// The value of a whole text.
    static func value(_ text: Data) throws(Refused) -> JSONValue {
        var reader = JSONReader(bytes: ContiguousArray(text))
        let value = try reader.value()
        reader.skipSpace()
        guard reader.place == reader.bytes.count else { throw Refused() }
        return value
    }

    private init(bytes: ContiguousArray<UInt8>) {
        self.bytes = bytes
    }

    private mutating func value() throws(Refused) -> JSONValue {
        skipSpace()
        guard place < bytes.count else { throw Refused() }
        switch bytes[place] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Refused) -> JSONValue {
        let isThere = word.withUTF8Buffer { text in
            bytes.count - place >= text.count && bytes[place..<place + text.count].elementsEqual(text)
        }
        guard isThere else { throw Refused() }
        place += word.utf8CodeUnitCount
        return value
    }

    private mutating func enter() throws(Refused) {
        depth += 1
        guard depth <= Self.depthLimit else { throw Refused() }
        place += 1
        skipSpace()
    }

    /// Whether an element follows; `false` behind the closing byte.
    private mutating func continues(until close: UInt8) throws(Refused) -> Bool {
        skipSpace()
        guard place < bytes.count else { throw Refused() }
        defer { place += 1 }
        if bytes[place] == close { return false }
        guard bytes[place] == UInt8(ascii: ",") else { throw Refused() }
        return true
    }

    private mutating func array() throws(Refused) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if place < bytes.count, bytes[place] == UInt8(ascii: "]") {
            place += 1
            return .array(elements)
        }
        repeat { elements.append(try value()) } while try continues(until: UInt8(ascii: "]"))
        return .array(elements)
    }

    private mutating func object() throws(Refused) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var members: [String: JSONValue] = [:]
        if place < bytes.count, bytes[place] == UInt8(ascii: "}") {
            place += 1
            return .object(members)
        }
        repeat {
            skipSpace()
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { throw Refused() }
            let key = try string()
            skipSpace()
            guard place < bytes.count, bytes[place] == UInt8(ascii: ":") else { throw Refused() }
            place += 1
            // Which of two equal keys counts is Foundation's affair.
            guard members.updateValue(try value(), forKey: key) == nil else { throw Refused() }
        } while try continues(until: UInt8(ascii: "}"))
        return .object(members)
    }

    /// A whole number that fits is one; any other is a double. A number as Foundation would not read it is left to
    /// Foundation.
    private mutating func number() throws(Refused) -> JSONValue {
        let start = place
        if place < bytes.count, bytes[place] == UInt8(ascii: "-") { place += 1 }
        let digits = countDigits()
        guard digits > 0, digits == 1 || bytes[place - digits] != UInt8(ascii: "0") else { throw Refused() }
        var isWhole = true
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            isWhole = false
            place += 1
            guard countDigits() > 0 else { throw Refused() }
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            place += 1
            if place < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[place]) {
                place += 1
            }
            guard countDigits() > 0 else { throw Refused() }
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let whole = Int(text) { return .integer(whole) }
        guard let number = Double(text), number.isFinite else { throw Refused() }
        // As Foundation has it, a fraction of nothing is no fraction; digits that a double does not hold it counts itself.
        guard abs(number) < 0x1p53 || Int(exactly: number) == nil else { throw Refused() }
        return Int(exactly: number).map { .integer($0) } ?? .number(number)
    }

    private mutating func countDigits() -> Int {
        let start = place
        while place < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) {
            place += 1
        }
        return place - start
    }

    private mutating func string() throws(Refused) -> String {
        place += 1
        let start = place
        // Most texts have nothing to undo: they are taken as they stand.
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                let text = String(validating: bytes[start..<place], as: UTF8.self)
                place += 1
                guard let text else { throw Refused() }
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw Refused() }
            place += 1
        }
        throw Refused()
    }

    /// A text with escapes, of which the first stands at `place`.
    private mutating func escapedString(from start: Int) throws(Refused) -> String {
        var text = Array(bytes[start..<place])
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw Refused() }
                return string
            case UInt8(ascii: "\\"): try unescape(into: &text)
            case 0x20...: text.append(byte)
            default: throw Refused()
            }
        }
        throw Refused()
    }

    private mutating func unescape(into text: inout [UInt8]) throws(Refused) {
        guard place < bytes.count else { throw Refused() }
        let byte = bytes[place]
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800...0xDBFF).contains(code) {
                guard place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
                    bytes[place + 1] == UInt8(ascii: "u")
                else { throw Refused() }
                place += 2
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw Refused() }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw Refused() }
            text.append(contentsOf: Character(scalar).utf8)
        default: throw Refused()
        }
    }

    private mutating func hexadecimal() throws(Refused) -> UInt32 {
        guard bytes.count - place >= 4 else { throw Refused() }
        var code: UInt32 = 0
        for byte in bytes[place..<place + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Refused() }
            code = code << 4 + UInt32(digit)
        }
        place += 4
        return code
    }
}
