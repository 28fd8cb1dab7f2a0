/// Gathers text and collapses its white space, across the borders of elements.
struct CollapsedText {
    private var bytes: [UInt8] = []
    private var endsInSpace = true
    /// The character before `bytes`, or what counts as one; `nil` where a line begins.
    private var taken: Unicode.Scalar?
    /// What came last, until text follows.
    private var chip: Chip?

    /// Something that pages show in a box or as a picture of its own, so that it never touches the words beside
    /// it there: a date, a status, a person, a key of Jira; or an emoji, of which several may stand in a row.
    enum Chip { case words, symbol }

    /// How much waits.
    var byteCount: Int { bytes.count }

    /// Whether white space would be dropped now.
    var isAfterSpace: Bool { endsInSpace }

    /// Whether nothing but white space waits.
    var isBlank: Bool { bytes.isEmpty || bytes.count == 1 && bytes[0] == UInt8(ascii: " ") }

    /// Begins a paragraph or a line: white space that follows is dropped.
    mutating func begin() {
        if !bytes.isEmpty { bytes.removeAll(keepingCapacity: true) }
        endsInSpace = true
        (taken, chip) = (nil, nil)
    }

    /// Says that something other than text came last.
    ///
    /// - Parameter end: its last character; a closing bracket when it has none that counts.
    mutating func interrupt(end: Unicode.Scalar = ")") {
        endsInSpace = false
        (taken, chip) = (end, nil)
    }

    // MARK: Chips

    /// Adds the space that parts a chip from what stands before it, unless there is one or a mark that opens.
    mutating func part(before next: Chip) {
        guard !endsInSpace else { return }
        let isApart: Bool
        if let chip = self.chip {
            isApart = chip == .symbol && next == .symbol
        } else if let character = bytes.lastScalar ?? taken {
            isApart = !(character.isWord || Self.ends.contains(character))
        } else {
            isApart = true
        }
        if !isApart { append(" ") }
    }

    /// Says that a chip came last: a word or an opening bracket right behind it gets a space before it.
    mutating func interrupt(by chip: Chip) {
        endsInSpace = false
        self.chip = chip
    }

    /// Marks behind which a chip is parted: they end a sentence, a clause or a bracket.
    private static let ends = Set(".,;:!?)]}%…".unicodeScalars)
    /// Marks that are parted from a chip before them.
    private static let openings = Set("([{“„«".unicodeScalars)

    /// Adds the space that parts a chip from `source` behind it.
    private mutating func partFromChip(_ source: UnsafeBufferPointer<UInt8>) {
        guard chip != nil else { return }
        var decoder = UTF8()
        var iterator = source.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            // Characters without width are left out.
            if [0xAD, 0x200B, 0x2060, 0xFEFF].contains(scalar.value) { continue }
            if scalar.isWord || Self.openings.contains(scalar) {
                bytes.append(UInt8(ascii: " "))
                endsInSpace = true
            }
            chip = nil
            return
        }
    }

    // MARK: Gathering

    /// What was gathered since the last time, or `nil`.
    mutating func take() -> String? {
        guard !bytes.isEmpty else { return nil }
        if let scalar = bytes.lastScalar { taken = scalar }
        defer { bytes.removeAll(keepingCapacity: true) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Takes back the white space at the end, as before a line break.
    mutating func dropTrailingSpace() {
        if endsInSpace, bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        endsInSpace = true
        chip = nil
    }

    mutating func append(_ source: [UInt8], _ range: Range<Int>) {
        source.withUnsafeBufferPointer { append(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    mutating func append(_ source: String) {
        var source = source
        source.withUTF8 { append($0) }
    }

    private mutating func append(_ source: UnsafeBufferPointer<UInt8>) {
        partFromChip(source)
        let span = source.span
        var start = 0
        var index = 0
        while index < source.count {
            index = span.skippingCollapsed(from: index, endsInSpace: &endsInSpace)
            guard index < source.count else { break }
            let byte = source[index]
            if byte > 0x20 && !(byte == 0xC2 || byte == 0xE2 || byte == 0xEF) {
                endsInSpace = false
                index += 1
            } else if byte == 0x20 && !endsInSpace {
                endsInSpace = true
                index += 1
            } else {
                let (isSpace, length) = special(source, index)
                if length == 0 {
                    endsInSpace = false
                    index += 1
                } else {
                    bytes.append(contentsOf: source[start..<index])
                    index += length
                    start = index
                    if isSpace && !endsInSpace {
                        bytes.append(UInt8(ascii: " "))
                        endsInSpace = true
                    }
                }
            }
        }
        bytes.append(contentsOf: source[start...])
    }

    /// How many bytes at `index` are a space of some kind, or a character without width that only hinders
    /// search: 0 when neither.
    private func special(_ source: UnsafeBufferPointer<UInt8>, _ index: Int) -> (isSpace: Bool, length: Int) {
        let byte = source[index]
        if byte <= 0x20 { return (true, 1) }
        guard index + 1 < source.count else { return (false, 0) }
        if byte == 0xC2 {
            // U+00A0 no-break space, U+00AD soft hyphen.
            return source[index + 1] == 0xA0 ? (true, 2) : (false, source[index + 1] == 0xAD ? 2 : 0)
        }
        guard index + 2 < source.count else { return (false, 0) }
        switch (byte, source[index + 1], source[index + 2]) {
        // U+2000–U+200A spaces, U+2028 and U+2029 separators, U+202F narrow no-break space.
        case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8...0xA9), (0xE2, 0x80, 0xAF): return (true, 3)
        // U+200B zero-width space, U+2060 word joiner, U+FEFF byte order mark.
        case (0xE2, 0x80, 0x8B), (0xE2, 0x81, 0xA0), (0xEF, 0xBB, 0xBF): return (false, 3)
        default: return (false, 0)
        }
    }
}

extension [UInt8] {
    /// The last character of well-formed UTF-8.
    fileprivate var lastScalar: Unicode.Scalar? {
        guard let byte = last else { return nil }
        if byte < 0x80 { return Unicode.Scalar(byte) }
        return String(decoding: suffix(4), as: UTF8.self).unicodeScalars.last
    }
}

extension Unicode.Scalar {
    /// Whether it is part of a word: a letter, a mark on one, or a digit.
    var isWord: Bool {
        if isASCII {
            return (0x30...0x39).contains(value) || (0x41...0x5A).contains(value & ~0x20)
        }
        return properties.isAlphabetic || properties.numericType != nil || properties.isDiacritic
    }
}
