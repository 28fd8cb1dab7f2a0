/// Makes well-formed what is not: closes what was left open, drops what closes nothing, quotes attributes.
///
/// Used only after libxml2 refused the page. Whatever the tags are, no text is lost; structure follows the
/// habits of browsers, so that an open `p`, `li`, `tr` or `td` ends where the next one begins, and no stray
/// end tag reaches across a table cell or a macro's body. Linear in the page's length.
struct StorageFormatRepair {
    /// Deeper elements are left out; their text stays, parted where they would have parted it.
    static let maxDepth = 512
    private static let macros = Set(["ac:structured-macro", "ac:macro"].map { NameHash($0) })

    /// Further attributes of a tag are left out.
    static let maxAttributeCount = 64

    /// Well-formed, wrapper included.
    private(set) var output: [UInt8] = []

    private let input: [UInt8]
    private let end: Int
    private var index: Int
    private var open: [OpenElement] = []
    /// How often each name is open, so that an end tag that closes nothing costs nothing.
    private var openCounts: [NameHash: Int] = [:]
    private var leftOutDepth = 0
    private var endTagNames: Set<NameHash> = []

    private struct OpenElement {
        var name: Range<Int>
        var hash: NameHash
        var role: RepairRole
    }

    /// - Parameter cleaned: what ``StorageFormatCleaning`` made.
    init(_ cleaned: [UInt8]) {
        input = cleaned
        index = StorageFormatCleaning.prologue.count
        end = cleaned.count - StorageFormatCleaning.epilogue.count
        output.reserveCapacity(cleaned.count + cleaned.count / 8)
        output += StorageFormatCleaning.prologue
        findEndTags()
        while index < end { repairNext() }
        while !open.isEmpty { closeLast() }
        output += StorageFormatCleaning.epilogue
    }

    private mutating func findEndTags() {
        for position in input.indices.dropLast()
        where input[position] == UInt8(ascii: "<") && input[position + 1] == UInt8(ascii: "/") {
            var stop = position + 2
            while stop < end, isNameByte(input[stop]) { stop += 1 }
            endTagNames.insert(hash(position + 2..<stop))
        }
    }

    private mutating func repairNext() {
        let start = index
        while index < end, input[index] != UInt8(ascii: "<") { index += 1 }
        appendText(start..<index)
        guard index < end else { return }
        if input[index...].starts(with: "<![CDATA[".utf8) {
            copyCharacterData()
        } else if index + 1 < end, input[index + 1] == UInt8(ascii: "/") {
            repairEndTag()
        } else {
            repairStartTag()
        }
    }

    /// `>` is escaped throughout, as `]]>` must not stand in text.
    private mutating func appendText(_ range: Range<Int>) {
        for byte in input[range] {
            if byte == UInt8(ascii: ">") { output += "&gt;".utf8 } else { output.append(byte) }
        }
    }

    /// ``StorageFormatCleaning`` left no section without an end.
    private mutating func copyCharacterData() {
        let start = index
        while index < end, !input[index..<end].starts(with: "]]>".utf8) { index += 1 }
        index = min(index + 3, end)
        output += input[start..<index]
    }

    // MARK: Tags

    private mutating func repairEndTag() {
        var name = index + 2
        while name < end, isNameByte(input[name]) { name += 1 }
        let (range, hash) = (index + 2..<name, hash(index + 2..<name))
        index = name
        while index < end, input[index] != UInt8(ascii: ">"), input[index] != UInt8(ascii: "<") { index += 1 }
        if index < end, input[index] == UInt8(ascii: ">") { index += 1 }
        let role = RepairRole.of(hash)
        guard !range.isEmpty, role != .void else { return }
        if leftOutDepth > 0 {
            leftOutDepth -= 1
            if role != .phrase { output.append(UInt8(ascii: " ")) }
        } else if openCounts[hash, default: 0] > 0, let position = reach(of: hash) {
            while open.count > position { closeLast() }
        }
    }

    /// The open element that an end tag closes; `nil` when a boundary stands between.
    private func reach(of hash: NameHash) -> Int? {
        let isBoundary = RepairRole.of(hash) == .boundary
        for position in open.indices.reversed() {
            if open[position].hash == hash { return position }
            if open[position].role == .boundary, !isBoundary { return nil }
        }
        return nil
    }

    private mutating func repairStartTag() {
        let name = index + 1
        index = name
        while index < end, isNameByte(input[index]) { index += 1 }
        let range = name..<index
        guard let first = input[range].first, isASCIILetter(first) || first == UInt8(ascii: "_") else {
            output += "&lt;".utf8
            return
        }
        let hash = hash(range)
        let role = RepairRole.of(hash)
        guard isMarkup(range, hash, role) else {
            output += "&lt;".utf8
            index = name
            return
        }
        closeBefore(role, range)
        let isLeftOut = open.count >= Self.maxDepth || leftOutDepth > 0
        let mark = output.count
        output.append(UInt8(ascii: "<"))
        output += input[range]
        let isSelfClosing = repairAttributes() || role == .void
        if isLeftOut {
            output.removeSubrange(mark...)
            if role != .phrase { output.append(UInt8(ascii: " ")) }
            if !isSelfClosing { leftOutDepth += 1 }
        } else if isSelfClosing {
            output += "/>".utf8
        } else {
            output.append(UInt8(ascii: ">"))
            open.append(OpenElement(name: range, hash: hash, role: role))
            openCounts[hash, default: 0] += 1
        }
    }

    /// Whether a tag is one, and not text such as `a <b or List<String>`: its name is known or has a prefix,
    /// or the page has an end tag for it.
    private func isMarkup(_ name: Range<Int>, _ hash: NameHash, _ role: RepairRole) -> Bool {
        if input[name].contains(UInt8(ascii: ":")) { return true }
        let isKnown =
            role != .phrase || StorageElement.names[hash] != .unknown || endTagNames.contains(hash)
        return isKnown && isTag(after: name.upperBound)
    }

    /// Whether a `>` or at least an attribute comes before the next `<`.
    private func isTag(after position: Int) -> Bool {
        for byte in input[position..<end] {
            if byte == UInt8(ascii: ">") || byte == UInt8(ascii: "=") { return true }
            if byte == UInt8(ascii: "<") { return false }
        }
        return false
    }

    /// Ends what cannot go on when an element of `role` begins.
    private mutating func closeBefore(_ role: RepairRole, _ name: Range<Int>) {
        // A macro holds parameters and a body; what else begins in it, begins after it.
        if let last = open.last, Self.macros.contains(last.hash), !input[name].starts(with: "ac:".utf8) {
            closeLast()
        }
        guard let ended = role.ends else { return }
        for position in open.indices.reversed() {
            if ended.closed.contains(open[position].role) {
                while open.count > position { closeLast() }
                return
            }
            if ended.stops.contains(open[position].role) { return }
        }
    }

    private mutating func closeLast() {
        guard let last = open.popLast() else { return }
        openCounts[last.hash, default: 1] -= 1
        output += "</".utf8
        output += input[last.name]
        output.append(UInt8(ascii: ">"))
    }

    // MARK: Attributes

    /// - Returns: whether the tag closes itself.
    private mutating func repairAttributes() -> Bool {
        var seen: Set<NameHash> = []
        while index < end {
            switch input[index] {
            case UInt8(ascii: ">"):
                index += 1
                return false
            case UInt8(ascii: "<"):
                return false
            case UInt8(ascii: "/") where index + 1 < end && input[index + 1] == UInt8(ascii: ">"):
                index += 2
                return true
            case let byte where isASCIILetter(byte) || byte == UInt8(ascii: "_"):
                repairAttribute(&seen)
            default:
                index += 1
            }
        }
        return false
    }

    private mutating func repairAttribute(_ seen: inout Set<NameHash>) {
        let start = index
        while index < end, isNameByte(input[index]) { index += 1 }
        let name = start..<index
        var value = index..<index
        skipSpace()
        if index < end, input[index] == UInt8(ascii: "=") {
            index += 1
            skipSpace()
            value = attributeValue()
        }
        let isNamespace = input[name].starts(with: "xmlns".utf8)
        guard !isNamespace, seen.count < Self.maxAttributeCount, seen.insert(hash(name)).inserted else {
            return
        }
        output.append(UInt8(ascii: " "))
        output += input[name]
        output += "=\"".utf8
        for byte in input[value] {
            switch byte {
            case UInt8(ascii: "\""): output += "&quot;".utf8
            case UInt8(ascii: "<"): output += "&lt;".utf8
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Up to the closing quote; where that is missing or lies beyond the next tag, up to the tag's end.
    private mutating func attributeValue() -> Range<Int> {
        guard index < end else { return index..<index }
        let quote = input[index]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let start = index
            while index < end, input[index] > 0x20, input[index] != UInt8(ascii: ">"),
                input[index] != UInt8(ascii: "<")
            {
                index += 1
            }
            return start..<index
        }
        let start = index + 1
        var firstClose: Int?
        index = start
        while index < end {
            let byte = input[index]
            if byte == quote {
                index += 1
                return start..<index - 1
            }
            if byte == UInt8(ascii: ">"), firstClose == nil { firstClose = index }
            if byte == UInt8(ascii: "<") {
                index = firstClose ?? index
                return start..<index
            }
            index += 1
        }
        index = firstClose ?? end
        return start..<index
    }

    private mutating func skipSpace() {
        while index < end, input[index] <= 0x20 { index += 1 }
    }

    private func hash(_ range: Range<Int>) -> NameHash {
        var hash = NameHash()
        for byte in input[range] { hash.add(byte) }
        return hash
    }
}

private func isNameByte(_ byte: UInt8) -> Bool {
    isASCIILetter(byte) || byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: ":")
        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
}
