/// Makes of a fragment in storage format one XML element, in one pass over its bytes.
///
/// Named characters become themselves; a stray `&` or `<` becomes text; characters that XML forbids,
/// comments, processing instructions and document types go. Line breaks stay where they were, so that line
/// numbers hold. Whether the tags match is none of its business: see ``StorageFormatRepair``.
struct StorageFormatCleaning {
    /// Opens the wrapper that gives the fragment a root and its prefixes a namespace.
    static let prologue = Array("<x xmlns:ac=\"a\" xmlns:ri=\"r\" xmlns:at=\"t\">".utf8)
    static let epilogue = Array("</x>".utf8)

    /// Past this number of attributes in one tag the markup goes to ``StorageFormatRepair``, since libxml2
    /// compares each with all before it.
    static let maxAttributeCount = 200

    /// The element, wrapper included.
    private(set) var output: [UInt8] = []
    private(set) var hasTooManyAttributes = false

    private let input: [UInt8]
    private var index = 0
    private var absentTerminators: Set<String> = []

    init(_ source: String) {
        input = Array(source.utf8)
        output.reserveCapacity(input.count + input.count / 32 + 64)
        output += Self.prologue
        if input.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while index < input.count { cleanText() }
        output += Self.epilogue
    }

    /// Copies what needs no care, then deals with the one thing that does.
    private mutating func cleanText() {
        let start = index
        index = input.withUnsafeBufferPointer { bytes in
            var next = start
            while next < bytes.count, isPlain(bytes[next]) { next += 1 }
            return next
        }
        output += input[start..<index]
        guard index < input.count else { return }
        switch input[index] {
        case UInt8(ascii: "<"): cleanMarkup()
        case UInt8(ascii: "&"): cleanReference()
        default: cleanCharacter()
        }
    }

    /// At a character that XML may forbid.
    private mutating func cleanCharacter() {
        // U+FFFE and U+FFFF are EF BF BE and EF BF BF.
        if input[index] == 0xEF, index + 2 < input.count {
            if input[index + 1] != 0xBF || input[index + 2] < 0xBE { output += input[index...index + 2] }
            index += 3
        } else {
            index += 1
        }
    }

    // MARK: Markup

    private mutating func cleanMarkup() {
        if follows("<![CDATA[") {
            cleanCharacterData()
        } else if follows("<!--") {
            drop(to: "-->")
        } else if follows("<?") {
            drop(to: "?>")
        } else if follows("<!") {
            dropDeclaration()
        } else if isTag {
            cleanTag()
        } else {
            output += "&lt;".utf8
            index += 1
        }
    }

    private var isTag: Bool {
        var next = index + 1
        if next < input.count, input[next] == UInt8(ascii: "/") { next += 1 }
        return next < input.count
            && (isASCIILetter(input[next]) || input[next] == UInt8(ascii: "_") || input[next] >= 0x80)
    }

    /// Copies a tag; quotes may hold anything.
    private mutating func cleanTag() {
        var start = index
        index += 1
        var quote: UInt8 = 0
        var valueCount = 0
        scan: while index < input.count {
            let byte = input[index]
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if quote == 0 {
                    quote = byte
                    valueCount += 1
                } else if quote == byte {
                    quote = 0
                }
            case UInt8(ascii: ">") where quote == 0:
                index += 1
                break scan
            // No tag holds another one. What this is, the repair finds out.
            case UInt8(ascii: "<"): break scan
            default:
                if !isPlain(byte) {
                    output += input[start..<index]
                    if byte == UInt8(ascii: "&") { cleanReference() } else { cleanCharacter() }
                    start = index
                    continue scan
                }
            }
            index += 1
        }
        output += input[start..<index]
        if valueCount > Self.maxAttributeCount { hasTooManyAttributes = true }
    }

    /// Copies a section. One that never ends, ends with the element that holds it.
    private mutating func cleanCharacterData() {
        let terminator = firstTerminator("]]>", from: index + 9)
        let end = terminator ?? firstTerminator("</ac:plain-text-", from: index + 9) ?? input.count
        var start = index
        while index < end {
            let byte = input[index]
            if isPlain(byte) || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") {
                index += 1
            } else {
                output += input[start..<index]
                cleanCharacter()
                start = index
            }
        }
        output += input[start..<end]
        output += "]]>".utf8
        if terminator != nil { index = end + 3 }
    }

    /// Leaves out everything up to and including `terminator`; without one, only the mark that began it.
    private mutating func drop(to terminator: StaticString) {
        guard let end = firstTerminator(terminator, from: index + 2) else {
            output += "&lt;".utf8
            index += 1
            return
        }
        skip(to: end + terminator.utf8CodeUnitCount)
    }

    /// Like ``position(of:from:)``, but never looks twice for what is not there: that would take time
    /// quadratic in the page's length.
    private mutating func firstTerminator(_ terminator: StaticString, from start: Int) -> Int? {
        guard !absentTerminators.contains(terminator.description) else { return nil }
        let position = position(of: terminator, from: start)
        if position == nil { absentTerminators.insert(terminator.description) }
        return position
    }

    /// Leaves out `<!DOCTYPE …>` with its internal subset, so that nothing is ever declared.
    private mutating func dropDeclaration() {
        guard let close = firstTerminator(">", from: index) else {
            output += "&lt;".utf8
            index += 1
            return
        }
        if input[index..<close].contains(UInt8(ascii: "[")), let end = firstTerminator("]>", from: index) {
            skip(to: end + 2)
        } else {
            skip(to: close + 1)
        }
    }

    private mutating func skip(to end: Int) {
        for byte in input[index..<end] where byte == UInt8(ascii: "\n") { output.append(byte) }
        index = end
    }

    // MARK: References

    private mutating func cleanReference() {
        guard let reference = StorageFormatReference.read(input.span, at: index) else {
            output += "&amp;".utf8
            index += 1
            return
        }
        if let scalar = reference.scalar { append(scalar) }
        index += reference.byteCount
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "&": output += "&amp;".utf8
        case "<": output += "&lt;".utf8
        case ">": output += "&gt;".utf8
        case "\"": output += "&quot;".utf8
        case "'": output += "&apos;".utf8
        default: output += UTF8.encode(scalar) ?? .init()
        }
    }

    // MARK: Looking ahead

    private func follows(_ text: StaticString) -> Bool {
        matches(text, at: index)
    }

    private func matches(_ text: StaticString, at position: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            guard position + wanted.count <= input.count else { return false }
            for offset in 0..<wanted.count where input[position + offset] != wanted[offset] { return false }
            return true
        }
    }

    private func position(of text: StaticString, from start: Int) -> Int? {
        guard start < input.count else { return nil }
        let first = text.withUTF8Buffer { $0[0] }
        var position = start
        while let next = input[position...].firstIndex(of: first) {
            if matches(text, at: next) { return next }
            position = next + 1
        }
        return nil
    }
}

func isASCIILetter(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
}

/// Whether a byte is copied as it is, wherever it stands: no mark, and part of no character that XML forbids.
@inline(__always)
private func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20
        ? byte != UInt8(ascii: "&") && byte != UInt8(ascii: "<") && byte != 0xEF
        : byte == 0x0A || byte == 0x09 || byte == 0x0D
}
