/// Finds the clusters of a text: words by UAX #29, and words that joints hold together without a blank, which are
/// identifiers, paths, addresses, numbers, times. Of scripts without blanks it finds single characters.
///
/// Pure ASCII is scanned by bytes. Where another scalar comes, the text up to the next blank is decoded and cut by
/// ``WordBreak``, then joined by the same ``Joints``; on ASCII both ways find the same.
struct ClusterScanner {
    enum Kind: Hashable {
        /// A cluster. One of katakana or hangul that its characters follow takes no position of its own.
        case word(wholeOfGrams: Bool)
        /// A character, with its marks, of a script without blanks.
        case gram
    }

    struct Found: Hashable {
        var range: Range<Int>
        var kind: Kind
        /// Of a gram, whether no other follows directly.
        var endsRun = false
    }

    /// Longer runs without a blank are no words; they are cut here.
    static let clusterByteLimit = 1024

    private let bytes: [UInt8]
    private var offset = 0
    private var pending: ArraySlice<Found> = []
    private let usesBytes: Bool

    /// - Parameter usesBytes: off, so that tests can compare both ways.
    init(_ bytes: [UInt8], usesBytes: Bool = true) {
        self.bytes = bytes
        self.usesBytes = usesBytes
    }

    mutating func next() -> Found? {
        if let found = pending.popFirst() { return found }
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte >= 0x80 || (!usesBytes && !Joints.isBlank(byte)) {
                if let found = decode(from: offset) { return found }
            } else if Joints.isWord(byte) || beginsWithDot(at: offset) {
                let start = offset
                if let end = asciiEnd(from: start) {
                    offset = end
                    return Found(range: start..<end, kind: .word(wholeOfGrams: false))
                }
                if let found = decode(from: start) { return found }
            } else {
                offset += 1
            }
        }
        return nil
    }

    /// The end of the cluster at `start`; `nil` where a scalar beyond ASCII has a say.
    private func asciiEnd(from start: Int) -> Int? {
        var end = start + 1
        let limit = min(bytes.count, start + Self.clusterByteLimit)
        while true {
            while end < limit, Joints.isWord(bytes[end]) { end += 1 }
            guard end < limit else { return end == bytes.count || bytes[end] < 0x80 ? end : nil }
            var after = end
            while after < limit, after - end <= Joints.longestRun, Joints.isJoint(bytes[after]) { after += 1 }
            if after < bytes.count, bytes[after] >= 0x80 { return nil }
            guard after > end, after - end <= Joints.longestRun, after < limit, Joints.isWord(bytes[after]),
                Joints.join(
                    bytes[end..<after],
                    betweenDigits: Joints.isDigit(bytes[end - 1]) && Joints.isDigit(bytes[after]))
            else { return withTrailingMarks(start, end) }
            end = after + 1
        }
    }

    /// `++` and, behind a single letter, `#`: names of languages end so.
    private func withTrailingMarks(_ start: Int, _ end: Int) -> Int {
        func isEnd(_ offset: Int) -> Bool {
            offset >= bytes.count || !Joints.isWord(bytes[offset]) && bytes[offset] < 0x80
        }
        if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "+"), bytes[end + 1] == UInt8(ascii: "+"),
            isEnd(end + 2),
            Joints.isLetter(bytes[end - 1])
        {
            return end + 2
        }
        if end < bytes.count, end - start == 1, bytes[end] == UInt8(ascii: "#"), isEnd(end + 1),
            Joints.isLetter(bytes[start])
        {
            return end + 1
        }
        return end
    }

    /// `.NET`, `.gitignore`: a full stop before a letter and behind nothing of a word.
    private func beginsWithDot(at offset: Int) -> Bool {
        guard bytes[offset] == UInt8(ascii: "."), offset + 1 < bytes.count, Joints.isLetter(bytes[offset + 1])
        else { return false }
        guard offset > 0 else { return true }
        let before = bytes[offset - 1]
        if before >= 0x80 { return endsWithPunctuation(before: offset) }
        return !Joints.isWord(before) && !Joints.isJoint(before) && before != UInt8(ascii: ")")
    }

    /// Whether the scalar beyond ASCII that ends at `offset` is a mark such as a typographic quote.
    private func endsWithPunctuation(before offset: Int) -> Bool {
        let first = bytes[..<offset].suffix(4).lastIndex { $0 & 0xC0 != 0x80 } ?? offset - 1
        let scalar = String(decoding: bytes[first..<offset], as: UTF8.self).unicodeScalars.last
        guard let scalar, Joints.ascii(scalar) == nil else { return false }
        let found = ScalarClass(of: scalar)
        return found.wordBreak == .other && !found.isGram
    }

    /// Everything up to the next blank, decoded; `offset` is moved behind it.
    private mutating func decode(from start: Int) -> Found? {
        var end = start
        while end < bytes.count, !Joints.isBlank(bytes[end]) { end += 1 }
        offset = end
        var scalars = ScalarClusters(bytes, start..<end)
        pending = scalars.all(startsWithDot: beginsWithDot(at:))[...]
        return pending.popFirst()
    }
}
