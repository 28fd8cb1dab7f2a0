/// Makes the bytes of `entities.xml` legal XML text without changing its structure.
///
/// Confluence writes what its database holds: control characters and backspaces, which XML forbids even
/// as `&#8;`, and now and then bytes that are no UTF-8. Forbidden characters are dropped, invalid bytes
/// become U+FFFD; everything else passes as it is. Works in pieces of any size.
struct EntitiesFilter {
    /// Longest look-ahead: `<![CDATA[` and `&#x0010FFFF;`.
    private static let lookahead = 12
    private static let cdataStart = [UInt8]("<![CDATA[".utf8)

    private var pending: [UInt8] = []
    private var isInsideCDATA = false
    /// Whether nothing was passed on yet: a byte order mark may still come.
    private var isAtStart = true

    private enum Kind: UInt8 { case plain, forbidden, ampersand, lessThan, bracket, multibyte }

    private static let kinds: [Kind] = (0..<256).map { byte in
        switch byte {
        case 0x09, 0x0A, 0x0D: .plain
        case 0..<0x20: .forbidden
        case 0x26: .ampersand
        case 0x3C: .lessThan
        case 0x5D: .bracket
        case 0x80...0xFF: .multibyte
        default: .plain
        }
    }

    /// Appends what `input` becomes to `output`; the last few bytes may be held back until more arrive.
    mutating func filter(_ input: UnsafeRawBufferPointer, isLast: Bool, into output: inout [UInt8]) {
        guard !pending.isEmpty else {
            filterJoined(input, isLast: isLast, into: &output)
            return
        }
        pending.append(contentsOf: input)
        let joined = pending
        pending = []
        joined.withUnsafeBytes { filterJoined($0, isLast: isLast, into: &output) }
    }

    private mutating func filterJoined(
        _ input: UnsafeRawBufferPointer, isLast: Bool, into output: inout [UInt8]
    ) {
        let kinds = Self.kinds
        if isAtStart, !isLast, input.count < 3 {
            pending.append(contentsOf: input)
            return
        }
        // libxml2 is told that this is UTF-8 and then takes a mark for text before the root.
        var index = isAtStart && input.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        isAtStart = false
        var runStart = index
        while index < input.count {
            let kind = kinds[Int(input[index])]
            if kind == .plain {
                index += 1
                continue
            }
            output.append(contentsOf: input[runStart..<index])
            if !isLast, index + Self.lookahead > input.count {
                pending.append(contentsOf: input[index...])
                return
            }
            index = handle(kind, in: input, at: index, into: &output)
            runStart = index
        }
        output.append(contentsOf: input[runStart...])
    }

    /// Takes care of the byte at `index` and returns where to go on.
    private mutating func handle(
        _ kind: Kind, in input: UnsafeRawBufferPointer, at index: Int, into output: inout [UInt8]
    ) -> Int {
        switch kind {
        case .plain, .forbidden:
            return index + 1
        case .ampersand:
            if !isInsideCDATA, let end = Self.endOfForbiddenReference(input, from: index) { return end }
        case .lessThan:
            if !isInsideCDATA, input[index...].starts(with: Self.cdataStart) { isInsideCDATA = true }
        case .bracket:
            if isInsideCDATA, input[index...].starts(with: [0x5D, 0x5D, 0x3E]) { isInsideCDATA = false }
        case .multibyte:
            let length = Self.sequenceLength(input, at: index)
            if length == 0 {
                output.append(contentsOf: [0xEF, 0xBF, 0xBD])
                return index + 1
            }
            output.append(contentsOf: input[index..<index + length])
            return index + length
        }
        output.append(input[index])
        return index + 1
    }

    /// Where `&#…;` ends if it stands for a character that XML forbids.
    private static func endOfForbiddenReference(_ input: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start + 1
        guard index < input.count, input[index] == UInt8(ascii: "#") else { return nil }
        index += 1
        var radix: UInt32 = 10
        if index < input.count, input[index] == UInt8(ascii: "x") {
            radix = 16
            index += 1
        }
        var value: UInt32 = 0
        let limit = min(input.count, start + lookahead)
        while index < limit, let digit = Character(UnicodeScalar(input[index])).hexDigitValue, digit < radix {
            value = min(value &* radix &+ UInt32(digit), 0x11_0000)
            index += 1
        }
        guard index < limit, input[index] == UInt8(ascii: ";") else { return nil }
        return isForbidden(value) ? index + 1 : nil
    }

    private static func isForbidden(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09, 0x0A, 0x0D: false
        case 0..<0x20, 0xD800...0xDFFF, 0xFFFE, 0xFFFF: true
        default: scalar > 0x10_FFFF
        }
    }

    /// Length of the well-formed UTF-8 sequence at `index` (RFC 3629, and legal in XML), or 0.
    private static func sequenceLength(_ input: UnsafeRawBufferPointer, at index: Int) -> Int {
        func continues(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            index + offset < input.count && range.contains(input[index + offset])
        }
        switch input[index] {
        case 0xC2...0xDF: return continues(1) ? 2 : 0
        case 0xE0: return continues(1, 0xA0...0xBF) && continues(2) ? 3 : 0
        case 0xED: return continues(1, 0x80...0x9F) && continues(2) ? 3 : 0
        case 0xEF where continues(1, 0xBF...0xBF) && continues(2, 0xBE...0xBF): return 0
        case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : 0
        case 0xF0: return continues(1, 0x90...0xBF) && continues(2) && continues(3) ? 4 : 0
        case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : 0
        case 0xF4: return continues(1, 0x80...0x8F) && continues(2) && continues(3) ? 4 : 0
        default: return 0
        }
    }
}
