import Foundation
import JSONValue

/// Reads a JSON body from front to back, straight into what it stands for.
///
/// For bodies that are mostly vectors: nothing is made of a number but a float, and of a name that is known nothing at
/// all. Every access is checked against the end of the body. What is passed on whole, such as a payload, is cut out
/// and read by ``JSONValue``.
struct JSONCursor {
    /// Lists and objects within each other, in what is cut out.
    static let depthLimit = 64

    let bytes: [UInt8]
    private(set) var place = 0

    init(_ body: Data) {
        bytes = Array(body)
    }

    // MARK: Structure

    /// Calls `member` with the name of each member of an object; it reads the value.
    ///
    /// - Parameters:
    ///   - name: what the object is called in errors.
    ///   - known: the names that members may have. One that is another, or that comes twice, is refused.
    mutating func object(
        _ name: @autoclosure () -> String, known: [String],
        _ member: (inout JSONCursor, String) throws(RequestFault) -> Void
    ) throws(RequestFault) {
        guard peek() == UInt8(ascii: "{") else { throw mismatch(name(), "an object") }
        place += 1
        var seen: Set<String> = []
        if take(UInt8(ascii: "}")) { return }
        repeat {
            guard peek() == UInt8(ascii: "\"") else { throw malformed("a name in quotes is expected") }
            let key = try text()
            guard take(UInt8(ascii: ":")) else { throw malformed("“:” is expected") }
            guard known.contains(key) else {
                throw .unknownField(name: Self.join(name(), String(key.prefix(100))), known: known)
            }
            guard seen.insert(key).inserted else {
                throw .invalidField(name: Self.join(name(), key), reason: "comes twice")
            }
            try member(&self, key)
        } while try continues(until: UInt8(ascii: "}"))
    }

    /// Calls `element` with the position of each element of a list; it reads the element.
    mutating func list(
        _ name: @autoclosure () -> String, limit: Int,
        _ element: (inout JSONCursor, Int) throws(RequestFault) -> Void
    ) throws(RequestFault) {
        guard peek() == UInt8(ascii: "[") else { throw mismatch(name(), "a list") }
        place += 1
        if take(UInt8(ascii: "]")) { return }
        var position = 0
        repeat {
            guard position < limit else {
                throw .invalidField(
                    name: name(), reason: "has more than \(limit) elements, which is the limit")
            }
            try element(&self, position)
            position += 1
        } while try continues(until: UInt8(ascii: "]"))
    }

    /// Nothing but space may follow.
    mutating func end() throws(RequestFault) {
        guard peek() == nil else { throw malformed("nothing more is expected") }
    }

    // MARK: Values

    mutating func flag(_ name: @autoclosure () -> String) throws(RequestFault) -> Bool {
        _ = peek()
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        throw mismatch(name(), "true or false")
    }

    /// Whether a null stands here, which is passed over.
    mutating func null() -> Bool {
        _ = peek()
        return takeWord("null")
    }

    /// A text, which begins here.
    mutating func text() throws(RequestFault) -> String {
        let start = place
        var isPlain = true
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                place += 1
                if isPlain, let text = String(validating: bytes[start + 1..<place - 1], as: UTF8.self) {
                    return text
                }
                guard case .string(let text)? = try? JSONValue(parsing: Data(bytes[start..<place])) else {
                    place = start
                    throw malformed("a text is not UTF-8, or has an escape that is none")
                }
                return text
            }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                place += 1
            } else if byte < 0x20 {
                throw malformed("a control character in a text; write it as an escape")
            }
            place += 1
        }
        place = bytes.count
        throw malformed("the text ends within quotes")
    }

    /// Any value, cut out and read whole.
    mutating func value(_ name: @autoclosure () -> String) throws(RequestFault) -> JSONValue {
        _ = peek()
        let start = place
        try skip(name())
        guard let value = try? JSONValue(parsing: Data(bytes[start..<place])) else {
            place = start
            throw malformed("what begins here is not JSON")
        }
        return value
    }

    /// Passes over a value: to its closing bracket, or to the end of a word.
    private mutating func skip(_ name: @autoclosure () -> String) throws(RequestFault) {
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""): _ = try text()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard depth <= Self.depthLimit else {
                    throw .invalidField(name: name(), reason: "is more than \(Self.depthLimit) levels deep")
                }
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { throw malformed("a value is expected") }
                depth -= 1
                place += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw malformed("a value is expected") }
                place += 1
            case 0...0x20: throw malformed("a value is expected")
            default: skipWord()
            }
            if depth == 0 { return }
        }
        throw malformed("the text ends, where a value is expected")
    }

    private mutating func skipWord() {
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "}"), 0...0x20,
                UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "{"):
                return
            default: place += 1
            }
        }
    }

    // MARK: Bytes

    /// The next byte that is no space, at which `place` then is; `nil` at the end.
    mutating func peek() -> UInt8? {
        while place < bytes.count {
            let byte = bytes[place]
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            place += 1
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        place += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        let isThere = word.withUTF8Buffer { text in
            bytes.count - place >= text.count && bytes[place..<place + text.count].elementsEqual(text)
        }
        if isThere { place += word.utf8CodeUnitCount }
        return isThere
    }

    /// Whether a further member or element follows; `false` behind the closing byte.
    mutating func continues(until close: UInt8) throws(RequestFault) -> Bool {
        if take(UInt8(ascii: ",")) { return true }
        guard take(close) else { throw malformed("“,” or the end of the list or object is expected") }
        return false
    }

    mutating func advance(to place: Int) { self.place = place }

    // MARK: Errors

    /// There is JSON here, but of another kind; or none.
    func mismatch(_ name: String, _ expected: String) -> RequestFault {
        guard place < bytes.count else { return malformed("the text ends, where a value is expected") }
        switch bytes[place] {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            return .invalidField(name: name, reason: "must be \(expected)")
        default: return malformed("a value is expected")
        }
    }

    /// What is wrong at this place, which is told by line and column, both from 1 and in bytes.
    func malformed(_ what: String) -> RequestFault {
        let before = bytes.prefix(place)
        let line = before.count { $0 == 0x0A } + 1
        let column = place - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return .malformedJSON(place: "line \(line), column \(column): \(what).")
    }

    static func join(_ name: String, _ key: String) -> String {
        name == "the body" ? key : "\(name).\(key)"
    }
}
