/// One pass over a text's UTF-8 bytes: normalise, split into words, match pieces.
///
/// Words are matched greedily, the longest piece first; a word with a part that no piece matches, or of
/// more than 100 characters, is one `[UNK]`.
struct WordPieceScanner: Sendable {
    let vocabulary: WordPieceVocabulary
    let characters = WordPieceCharacters.shared

    /// Appends the pieces of `text` until `pieces` has as many as it wants.
    func scan(_ text: Span<UInt8>, into pieces: inout PieceSink) {
        let units = vocabulary.units.span
        let ascii = characters.ascii.span
        var word = WordBuffer(keepsSources: pieces.keepsSources)
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte >= 0x80 {
                let (scalar, length) = decode(text, at)
                word.source = at..<(at + length)
                at += length
                take(scalar, &word, units, &pieces)
                continue
            }
            let kept = ascii[Int(byte)]
            if kept > WordPieceCharacters.asciiIsolated {
                if word.characters == 0, let end = wholeWord(text, at, ascii, units, &word, &pieces) {
                    if pieces.isFull { return }
                    at = end
                } else {
                    word.source = at..<(at + 1)
                    word.append(kept)
                    at += 1
                }
                continue
            }
            at += 1
            if kept == WordPieceCharacters.asciiDropped { continue }
            match(&word, units, &pieces)
            if kept == WordPieceCharacters.asciiIsolated {
                if vocabulary.startsSpecial[Int(byte)], let special = special(text, at - 1) {
                    pieces.append(special.id, at - 1, at - 1 + special.length)
                    at += special.length - 1
                } else {
                    pieces.append(vocabulary.asciiIDs[Int(byte)], at - 1, at)
                }
            }
            if pieces.isFull { return }
        }
        match(&word, units, &pieces)
    }

    /// Matches the word that begins at `at` if it is short and wholly ASCII.
    ///
    /// - Returns: where it ends, or `nil` when it is neither or may go on.
    @inline(__always)
    private func wholeWord(
        _ text: Span<UInt8>, _ at: Int, _ ascii: Span<UInt8>, _ units: Span<DoubleArray.Unit>,
        _ word: inout WordBuffer, _ pieces: inout PieceSink
    ) -> Int? {
        guard let (short, byteCount) = ShortWord.read(text, at: at) else { return nil }
        let end = at + byteCount
        if end < text.count {
            // Accents and characters that vanish do not end a word.
            let next = text[end]
            guard next < 0x80, ascii[Int(next)] != WordPieceCharacters.asciiDropped else { return nil }
        }
        let id = vocabulary.words.id(of: short)
        if id >= 0 {
            pieces.append(id, at, end)
        } else {
            for offset in at..<end {
                word.source = offset..<(offset + 1)
                word.append(ascii[Int(text[offset])])
            }
            match(&word, units, &pieces)
        }
        return end
    }

    /// The scalar that starts at `at`; a `String`'s UTF-8 is always well formed.
    @inline(__always)
    private func decode(_ text: Span<UInt8>, _ at: Int) -> (scalar: UInt32, length: Int) {
        let lead = UInt32(text[at])
        let second = UInt32(text[at + 1] & 0x3F)
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, 2) }
        let third = UInt32(text[at + 2] & 0x3F)
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
        return ((lead & 0x07) << 18 | second << 12 | third << 6 | UInt32(text[at + 3] & 0x3F), 4)
    }

    private func take(
        _ scalar: UInt32, _ word: inout WordBuffer, _ units: Span<DoubleArray.Unit>,
        _ pieces: inout PieceSink
    ) {
        let entry = characters.entry(scalar)
        let target = entry.target == 0 ? scalar : entry.target
        switch entry.kind {
        case .word: word.append(scalar: target)
        case .dropped: break
        case .space: match(&word, units, &pieces)
        case .isolated:
            match(&word, units, &pieces)
            word.append(scalar: target)
            match(&word, units, &pieces)
        case .sequence:
            for part in characters.sequences[Int(entry.target)] { word.append(scalar: part) }
        case .hangul:
            let syllable = scalar - 0xAC00
            word.append(scalar: 0x1100 + syllable / 588)
            word.append(scalar: 0x1161 + syllable % 588 / 28)
            if syllable % 28 != 0 { word.append(scalar: 0x11A7 + syllable % 28) }
        }
    }

    /// Matches and empties `word`.
    @inline(__always)
    private func match(
        _ word: inout WordBuffer, _ units: Span<DoubleArray.Unit>, _ pieces: inout PieceSink
    ) {
        if word.count == 0 { return }
        let before = pieces.count
        var root = WordPieceVocabulary.initialRoot
        var start = 0
        var isKnown = word.characters <= WordBuffer.maxCharacters
        while isKnown && start < word.count {
            var state = root
            var id: Int32 = -1
            var end = start
            var at = start
            while at < word.count {
                let next = Int(units[Int(state)].base) + Int(word.bytes[at])
                let unit = units[next]
                if unit.check != state { break }
                state = Int32(truncatingIfNeeded: next)
                at += 1
                if unit.id >= 0 { (id, end) = (unit.id, at) }
            }
            isKnown = id >= 0
            if isKnown { pieces.append(id, word.sourceStart(start), word.sourceEnd(end - 1)) }
            start = end
            root = WordPieceVocabulary.continuationRoot
        }
        if !isKnown {
            pieces.removeAll(after: before)
            pieces.append(vocabulary.unknown, word.sourceStart(0), word.lastSourceEnd)
        }
        word.removeAll()
    }

    /// The special token written out at `at`, if any: the reference takes `[MASK]` in a text for the token.
    private func special(_ text: Span<UInt8>, _ at: Int) -> (id: Int32, length: Int)? {
        next: for special in vocabulary.specials where at + special.bytes.count <= text.count {
            for i in special.bytes.indices where text[at + i] != special.bytes[i] { continue next }
            return (special.id, special.bytes.count)
        }
        return nil
    }
}

/// The normalised bytes of the word being read.
struct WordBuffer {
    /// Words of more characters are unknown.
    static let maxCharacters = 100
    /// Four bytes a character at most; what follows the hundredth is counted, not kept.
    private(set) var bytes = InlineArray<400, UInt8>(repeating: 0)
    private(set) var count = 0
    private(set) var characters = 0
    /// Where the character that is appended next stands in the text.
    var source = 0..<0
    private(set) var lastSourceEnd = 0
    private let keepsSources: Bool
    /// For each byte the start and end of its character in the text, if they are kept.
    private var starts: [Int] = []
    private var ends: [Int] = []

    init(keepsSources: Bool) { self.keepsSources = keepsSources }

    /// Where the character of byte `i` starts in the text; 0 if sources are not kept.
    @inline(__always)
    func sourceStart(_ i: Int) -> Int { keepsSources ? starts[i] : 0 }

    /// Where the character of byte `i` ends in the text; 0 if sources are not kept.
    @inline(__always)
    func sourceEnd(_ i: Int) -> Int { keepsSources ? ends[i] : 0 }

    @inline(__always)
    mutating func removeAll() {
        (count, characters) = (0, 0)
        if keepsSources {
            starts.removeAll(keepingCapacity: true)
            ends.removeAll(keepingCapacity: true)
        }
    }

    @inline(__always)
    mutating func append(_ ascii: UInt8) {
        characters += 1
        lastSourceEnd = source.upperBound
        if characters > Self.maxCharacters { return }
        bytes[count] = ascii
        count += 1
        if keepsSources { keepSource() }
    }

    mutating func append(scalar: UInt32) {
        if scalar < 0x80 { return append(UInt8(scalar)) }
        characters += 1
        lastSourceEnd = source.upperBound
        if characters > Self.maxCharacters { return }
        func put(_ value: UInt32) {
            bytes[count] = UInt8(value)
            count += 1
            if keepsSources { keepSource() }
        }
        if scalar < 0x800 {
            put(0xC0 | scalar >> 6)
        } else {
            if scalar < 0x10000 {
                put(0xE0 | scalar >> 12)
            } else {
                put(0xF0 | scalar >> 18)
                put(0x80 | scalar >> 12 & 0x3F)
            }
            put(0x80 | scalar >> 6 & 0x3F)
        }
        put(0x80 | scalar & 0x3F)
    }

    private mutating func keepSource() {
        starts.append(source.lowerBound)
        ends.append(source.upperBound)
    }
}
