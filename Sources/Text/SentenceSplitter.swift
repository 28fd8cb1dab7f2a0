/// Finds sentences without a dictionary: good enough to cut text where a reader would pause.
///
/// A sentence ends at a line's end, at `。！？`, and at `.`, `!`, `?` or `…` that white space follows, unless
/// the next word begins small or the full stop belongs to an abbreviation, an initial or a step's number.
/// Decimals, version numbers, file names and URLs have no white space after their full stops, so they stay
/// whole by themselves. ``SentenceRules`` says which of this applies.
public struct SentenceSplitter: Sendable {
    private let rules: SentenceRules
    private let isUnicode: Bool

    public init(_ rules: SentenceRules) {
        self.rules = rules
        isUnicode = rules.repertoire == .unicode
    }

    /// The sentences of `range`, in order, without the white space between them.
    ///
    /// - Parameter bytes: UTF-8; `range` is of its offsets.
    public func ranges(in range: Range<Int>, of bytes: [UInt8]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = range.lowerBound
        var offset = start
        func close(at end: Int) {
            let sentence = trimmed(start..<end, bytes)
            if !sentence.isEmpty { result.append(sentence) }
            start = end
        }
        while offset < range.upperBound {
            if !mayEndSentence(bytes[offset]) {
                offset += 1
            } else if bytes[offset] == UInt8(ascii: "\n") {
                close(at: offset)
                offset += 1
                start = offset
            } else if isUnicode, let end = ideographicEnd(at: offset, upTo: range.upperBound, bytes) {
                close(at: end)
                offset = end
            } else if let mark = terminator(at: offset, upTo: range.upperBound, bytes) {
                if ends(mark, sentenceFrom: start, upTo: range.upperBound, bytes) {
                    close(at: mark.upperBound)
                }
                offset = mark.upperBound
            } else {
                offset += 1
            }
        }
        close(at: range.upperBound)
        return result
    }

    /// Whether a line end, a terminator or the first byte of one: few bytes are, so the rest costs one look.
    private func mayEndSentence(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "!")
            || byte == UInt8(ascii: "?") || isUnicode && byte >= 0xE2
    }

    /// The run of terminators and closing quotes or brackets at `offset`.
    private func terminator(at offset: Int, upTo end: Int, _ bytes: [UInt8]) -> Range<Int>? {
        var upper = offset
        while upper < end {
            switch bytes[upper] {
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
                upper += 1
            case 0xE2 where isUnicode && follows([0x80, 0xA6], upper + 1, end, bytes):
                upper += 3
            case let byte where isCloser(byte):
                guard upper > offset else { return nil }
                upper += 1
            case 0xE2 where isUnicode && upper > offset && isClosingQuote(upper, end, bytes):
                upper += 3
            case 0xC2 where isUnicode && upper > offset && follows([0xBB], upper + 1, end, bytes):
                upper += 2
            default:
                return upper > offset ? offset..<upper : nil
            }
        }
        return upper > offset ? offset..<upper : nil
    }

    private func isCloser(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: ")")
            || byte == UInt8(ascii: "]")
    }

    private func isClosingQuote(_ offset: Int, _ end: Int, _ bytes: [UInt8]) -> Bool {
        follows([0x80, 0x9D], offset + 1, end, bytes) || follows([0x80, 0x99], offset + 1, end, bytes)
    }

    private func follows(_ expected: [UInt8], _ offset: Int, _ end: Int, _ bytes: [UInt8]) -> Bool {
        offset + expected.count <= end && bytes[offset..<offset + expected.count].elementsEqual(expected)
    }

    /// The end of `。`, `！` or `？` with the closing brackets behind it.
    private func ideographicEnd(at offset: Int, upTo end: Int, _ bytes: [UInt8]) -> Int? {
        func isOne(of characters: [[UInt8]], _ position: Int) -> Bool {
            characters.contains { follows($0, position, end, bytes) }
        }
        guard bytes[offset] >= 0xE3,
            isOne(of: [[0xE3, 0x80, 0x82], [0xEF, 0xBC, 0x81], [0xEF, 0xBC, 0x9F]], offset)
        else { return nil }
        var upper = offset + 3
        while isOne(of: [[0xE3, 0x80, 0x8D], [0xE3, 0x80, 0x8F], [0xEF, 0xBC, 0x89]], upper) { upper += 3 }
        return upper
    }

    private func ends(
        _ mark: Range<Int>, sentenceFrom start: Int, upTo end: Int, _ bytes: [UInt8]
    ) -> Bool {
        guard mark.upperBound < end else { return true }
        guard spaceWidth(at: mark.upperBound, bytes) != nil else { return false }
        var next = mark.upperBound
        while next < end, let width = spaceWidth(at: next, bytes) {
            if bytes[next] == UInt8(ascii: "\n") { return true }
            next += width
        }
        guard next < end else { return true }
        if beginsSmall(at: next, bytes) { return false }
        guard let stop = decidingStop(of: mark, bytes) else { return true }
        return !isAbbreviation(endingAt: stop, sentenceFrom: start, next: bytes[next], bytes)
    }

    /// Where the full stop lies that may belong to an abbreviation; `nil` when the mark ends a sentence whatever
    /// stands before it.
    private func decidingStop(of mark: Range<Int>, _ bytes: [UInt8]) -> Int? {
        var last = mark.upperBound - 1
        if rules.looksBehindClosers {
            while isCloser(bytes[last]) { last -= 1 }
        } else if mark.count > 1 {
            return nil
        }
        return bytes[last] == UInt8(ascii: ".") ? last : nil
    }

    private func isAbbreviation(
        endingAt end: Int, sentenceFrom start: Int, next: UInt8, _ bytes: [UInt8]
    ) -> Bool {
        var lower = end
        while lower > start, !partsWords(bytes[lower - 1]) { lower -= 1 }
        let word = String(decoding: bytes[lower..<end], as: UTF8.self).lowercased()
        if rules.abbreviations.contains(word) { return true }
        let isDigitNext = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
        if isDigitNext && rules.abbreviationsBeforeNumbers.contains(word) { return true }
        switch rules.stepNumbers {
        case .atLineStart:
            // No word at all before a line's first full stop is as good as a number.
            if lower == start && word.allSatisfy(\.isNumber) { return true }
        case .atSentenceStart:
            guard !word.isEmpty else { return false }
            if word.allSatisfy(\.isNumber) { return trimmed(start..<lower, bytes).isEmpty }
        }
        guard rules.joinsDottedLetters else { return word.count == 1 && word.allSatisfy(\.isLetter) }
        return word.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            $0.count == 1 && $0.allSatisfy(\.isLetter)
        }
    }

    private func beginsSmall(at offset: Int, _ bytes: [UInt8]) -> Bool {
        let byte = bytes[offset]
        if byte < 0x80 || !isUnicode { return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        let scalar = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
        return scalar.unicodeScalars.first?.properties.isLowercase ?? false
    }

    private func partsWords(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "(") || (isUnicode ? WhiteSpace.contains(byte) : byte == UInt8(ascii: " "))
    }

    private func spaceWidth(at offset: Int, _ bytes: [UInt8]) -> Int? {
        isUnicode ? WhiteSpace.width(at: offset, of: bytes) : bytes[offset] == UInt8(ascii: " ") ? 1 : nil
    }

    private func trimmed(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
        if isUnicode { return WhiteSpace.trimmed(range, of: bytes) }
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper, bytes[lower] <= UInt8(ascii: " ") { lower += 1 }
        while upper > lower, bytes[upper - 1] <= UInt8(ascii: " ") { upper -= 1 }
        return lower..<upper
    }
}
