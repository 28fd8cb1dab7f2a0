/// Reads a page that is plainly well-formed straight into a tree: one pass, nothing copied but what is kept.
///
/// Most pages are; for them this takes the place of ``StorageFormatCleaning`` and libxml2. It has to be right
/// about what it takes, not about what it leaves: whatever is not plain (a tag that closes nothing, a byte
/// that XML forbids, an attribute named twice, …) it leaves to those two, which also know
/// what to say about it. What it takes it reads as they do, node by node.
struct StorageFormatScanner {
    /// Tags with more attributes are left to others, so that comparing their names costs little.
    private static let maxAttributeCount = 16

    private(set) var tree: StorageFormatTree
    private var index = 0
    /// The names of the open elements.
    private var open: [Range<Int>] = []
    private var seenNames = InlineArray<16, UInt64>(repeating: 0)
    private let elements = StorageElement.names
    private let attributes = StorageAttribute.names

    /// The page's tree, or `nil` when the page is not plain.
    ///
    /// - Parameter tree: empty, with the limits to keep to.
    static func scan(_ source: String, into tree: StorageFormatTree) -> StorageFormatTree? {
        var scanner = StorageFormatScanner(tree: tree)
        let bytes = source.utf8
        return scanner.scan(bytes.span) ? scanner.tree : nil
    }

    private init(tree: StorageFormatTree) {
        self.tree = tree
        open.reserveCapacity(32)
    }

    /// - Returns: whether the page is plain to its end. So do all functions below.
    private mutating func scan(_ input: Span<UInt8>) -> Bool {
        if input.count >= 3, input[0] == 0xEF, input[1] == 0xBB, input[2] == 0xBF { index = 3 }
        var start = index
        while true {
            index = input.firstMark(from: index)
            guard index < input.count else { break }
            switch input[index] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"):
                index += 1
                continue
            case UInt8(ascii: ">"):
                // `]]>` must not stand in text; the brackets may also have come from references.
                let previous = index > start ? input[index - 1] : tree.bytes.last
                guard previous != UInt8(ascii: "]") else { return false }
                index += 1
                continue
            case 0xEF:
                guard isCharacter(input) else { return false }
                index += 1
                continue
            default: break
            }
            tree.addText(input, start..<index)
            guard scanMark(input) else { return false }
            start = index
        }
        tree.addText(input, start..<index)
        return open.isEmpty
    }

    private mutating func scanMark(_ input: Span<UInt8>) -> Bool {
        switch input[index] {
        case UInt8(ascii: "<"): return scanMarkup(input)
        case UInt8(ascii: "&"): return scanReference(input)
        case UInt8(ascii: "\r"):
            // A line's end is one line feed to XML, however it is written.
            index += 1
            return index < input.count && input[index] == UInt8(ascii: "\n")
        default: return false
        }
    }

    /// Whether EF begins a character that XML allows: U+FFFE and U+FFFF are EF BF BE and EF BF BF.
    private func isCharacter(_ input: Span<UInt8>) -> Bool {
        index + 2 < input.count && (input[index + 1] != 0xBF || input[index + 2] < 0xBE)
    }

    private mutating func scanReference(_ input: Span<UInt8>) -> Bool {
        guard let reference = StorageFormatReference.read(input, at: index) else {
            tree.addText(input, index..<index + 1)
            index += 1
            return true
        }
        index += reference.byteCount
        guard let scalar = reference.scalar else { return true }
        tree.addText(scalar)
        // What becomes of a carriage return depends on what follows it.
        return scalar != "\r"
    }

    // MARK: Markup

    private mutating func scanMarkup(_ input: Span<UInt8>) -> Bool {
        guard index + 1 < input.count else { return false }
        switch input[index + 1] {
        case UInt8(ascii: "/"): return scanEndTag(input)
        case UInt8(ascii: "!"):
            if input.holds("<![CDATA[", at: index) { return scanCharacterData(input) }
            return input.holds("<!--", at: index) ? skip(to: "-->", input) : skipDeclaration(input)
        case UInt8(ascii: "?"): return skip(to: "?>", input)
        default: return scanStartTag(input)
        }
    }

    /// Leaves out everything to the end of `terminator`, but for the line feeds.
    private mutating func skip(to terminator: StaticString, _ input: Span<UInt8>) -> Bool {
        guard let end = input.first(terminator, from: index + 2) else { return false }
        skip(to: end + terminator.utf8CodeUnitCount, input)
        return true
    }

    /// Leaves out `<!DOCTYPE …>` with its internal subset, so that nothing is ever declared.
    private mutating func skipDeclaration(_ input: Span<UInt8>) -> Bool {
        guard let close = input.first(">", from: index) else { return false }
        guard (index..<close).contains(where: { input[$0] == UInt8(ascii: "[") }) else {
            skip(to: close + 1, input)
            return true
        }
        // To look for an end again and again would take time quadratic in the page's length.
        guard let end = input.first("]>", from: index) else { return false }
        skip(to: end + 2, input)
        return true
    }

    private mutating func skip(to end: Int, _ input: Span<UInt8>) {
        while index < end {
            if input[index] == UInt8(ascii: "\n") { tree.addText(input, index..<index + 1) }
            index += 1
        }
    }

    private mutating func scanCharacterData(_ input: Span<UInt8>) -> Bool {
        index += 9
        guard let end = input.first("]]>", from: index) else { return false }
        var start = index
        while true {
            index = min(input.firstMark(from: index), end)
            guard index < end else { break }
            switch input[index] {
            case UInt8(ascii: "\r"):
                tree.addText(input, start..<index)
                guard input[index + 1] == UInt8(ascii: "\n") else { return false }
                start = index + 1
            case 0xEF:
                guard isCharacter(input) else { return false }
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"), 0x20...: break
            default: return false
            }
            index += 1
        }
        tree.addText(input, start..<end)
        index = end + 3
        return true
    }

    private mutating func scanEndTag(_ input: Span<UInt8>) -> Bool {
        guard let name = open.popLast() else { return false }
        var position = index + 2
        guard position + name.count < input.count else { return false }
        for offset in name {
            guard input[position] == input[offset] else { return false }
            position += 1
        }
        while position < input.count, isSpace(input[position]) { position += 1 }
        guard position < input.count, input[position] == UInt8(ascii: ">") else { return false }
        index = position + 1
        tree.close()
        return true
    }

    private mutating func scanStartTag(_ input: Span<UInt8>) -> Bool {
        index += 1
        let start = index
        guard let hash = scanName(input) else { return false }
        let name = start..<index
        let isKept = tree.open(elements[hash])
        var attributeCount = 0
        while index < input.count {
            let before = index
            while index < input.count, isSpace(input[index]) { index += 1 }
            guard index < input.count else { return false }
            switch input[index] {
            case UInt8(ascii: ">"):
                index += 1
                if isKept { tree.finishOpening() }
                open.append(name)
                return true
            case UInt8(ascii: "/"):
                guard index + 1 < input.count, input[index + 1] == UInt8(ascii: ">") else { return false }
                index += 2
                if isKept { tree.finishOpening() }
                tree.close()
                return true
            default:
                guard index > before, attributeCount < Self.maxAttributeCount,
                    scanAttribute(input, isKept: isKept, number: attributeCount)
                else { return false }
                attributeCount += 1
            }
        }
        return false
    }

    /// A name with at most one prefix.
    private mutating func scanName(_ input: Span<UInt8>) -> NameHash? {
        var hash = NameHash()
        var colon = -1
        let start = index
        scan: while index < input.count {
            let byte = input[index]
            switch byte {
            case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): break
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."):
                guard index > start, index != colon + 1 else { return nil }
            case UInt8(ascii: ":"):
                guard index > start, colon < 0 else { return nil }
                colon = index
            case 0x80...: return nil
            default: break scan
            }
            hash.add(byte)
            index += 1
        }
        return index > start && index != colon + 1 ? hash : nil
    }

    // MARK: Attributes

    /// - Parameter number: how many the tag had before.
    private mutating func scanAttribute(_ input: Span<UInt8>, isKept: Bool, number: Int) -> Bool {
        guard let hash = scanName(input) else { return false }
        for other in 0..<number where seenNames[other] == hash.value { return false }
        seenNames[number] = hash.value
        while index < input.count, isSpace(input[index]) { index += 1 }
        guard index < input.count, input[index] == UInt8(ascii: "=") else { return false }
        index += 1
        while index < input.count, isSpace(input[index]) { index += 1 }
        guard index < input.count else { return false }
        let quote = input[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return false }
        index += 1
        let name = isKept ? attributes[hash] : .unknown
        if name == .unknown { return scanValue(input, quote, isKept: false) }
        tree.beginAttribute(name)
        guard scanValue(input, quote, isKept: true) else { return false }
        tree.endAttribute()
        return true
    }

    /// What stands before the closing quote. White space of any kind is a space in it.
    private mutating func scanValue(_ input: Span<UInt8>, _ quote: UInt8, isKept: Bool) -> Bool {
        var start = index
        while index < input.count {
            let byte = input[index]
            if byte == quote {
                if isKept { tree.addToAttribute(input, start..<index) }
                index += 1
                return true
            }
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"):
                if isKept {
                    tree.addToAttribute(input, start..<index)
                    tree.addToAttribute(" ")
                }
                start = index + 1
            case UInt8(ascii: "&"):
                if let reference = StorageFormatReference.read(input, at: index) {
                    guard reference.scalar != "\r" else { return false }
                    if isKept {
                        tree.addToAttribute(input, start..<index)
                        if let scalar = reference.scalar { tree.addToAttribute(space(scalar)) }
                    }
                    start = index + reference.byteCount
                    index = start - 1
                }
            case 0xEF:
                guard isCharacter(input) else { return false }
            case UInt8(ascii: "<"), 0..<0x20: return false
            default: break
            }
            index += 1
        }
        return false
    }

    private func space(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar == "\n" || scalar == "\t" ? " " : scalar
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
}
