/// Finds sentences without a dictionary: good enough to cut text where a reader would pause.
///
/// A sentence ends at a line's end, at `。！？` and the stops of other scripts (``SentenceStops``), and at `.`, `!`, `?`
/// or `…` that white space follows, unless the next word begins small or the full stop belongs to an abbreviation, an
/// initial, a step's number or an ordinal (``SentenceOrdinals``). Decimals, version numbers, file names and URLs have
/// no white space after their full stops, so they stay whole by themselves. ``SentenceRules`` has the abbreviations.
public struct SentenceSplitter: Sendable {
    private let rules: SentenceRules

    public init(_ rules: SentenceRules) { self.rules = rules }

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
            } else if let end = SentenceStops.end(at: offset, upTo: range.upperBound, bytes) {
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
            || byte == UInt8(ascii: "?") || byte >= SentenceStops.leastByte
    }

    /// The run of terminators and closing quotes or brackets at `offset`.
    private func terminator(at offset: Int, upTo end: Int, _ bytes: [UInt8]) -> Range<Int>? {
        var upper = offset
        while upper < end {
            switch bytes[upper] {
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
                upper += 1
            case 0xE2 where follows([0x80, 0xA6], upper + 1, end, bytes):
                upper += 3
            case let byte where isCloser(byte):
                guard upper > offset else { return nil }
                upper += 1
            case 0xE2 where upper > offset && isClosingQuote(upper, end, bytes):
                upper += 3
            case 0xC2 where upper > offset && follows([0xBB], upper + 1, end, bytes):
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
        return !isAbbreviation(endingAt: stop, sentenceFrom: start, next: next, upTo: end, bytes)
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
        endingAt stop: Int, sentenceFrom start: Int, next: Int, upTo end: Int, _ bytes: [UInt8]
    ) -> Bool {
        var lower = stop
        while lower > start, !partsWords(bytes[lower - 1]) { lower -= 1 }
        // A bracket or a quote before a word is none of it.
        while lower < stop, let width = openerWidth(at: lower, upTo: stop, bytes) { lower += width }
        let word = String(decoding: bytes[lower..<stop], as: UTF8.self).lowercased()
        if rules.abbreviations.contains(word) { return true }
        let isDigitNext = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[next])
        if isDigitNext && rules.abbreviationsBeforeNumbers.contains(word) { return true }
        guard let first = word.first else { return false }
        if first.isNumber {
            if word.allSatisfy({ $0.isNumber || $0 == "." }), trimmed(start..<lower, bytes).isEmpty {
                return true
            }
            return SentenceOrdinals.isOne(lower..<stop, sentenceFrom: start, next: next, upTo: end, bytes)
        }
        return word.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            $0.count == 1 && $0.allSatisfy(\.isLetter)
        }
    }

    private func beginsSmall(at offset: Int, _ bytes: [UInt8]) -> Bool {
        let byte = bytes[offset]
        if byte < 0x80 { return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        let scalar = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
        return scalar.unicodeScalars.first?.properties.isLowercase ?? false
    }

    private func partsWords(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "(") || WhiteSpace.contains(byte) }

    /// Bytes of the quote, bracket or mark of emphasis at `offset`.
    private func openerWidth(at offset: Int, upTo end: Int, _ bytes: [UInt8]) -> Int? {
        switch bytes[offset] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "["), UInt8(ascii: "*"), UInt8(ascii: "_"): 1
        case 0xE2 where follows([0x80], offset + 1, end, bytes) && offset + 3 <= end: 3
        case 0xC2 where follows([0xAB], offset + 1, end, bytes) || follows([0xBB], offset + 1, end, bytes): 2
        default: nil
        }
    }

    private func spaceWidth(at offset: Int, _ bytes: [UInt8]) -> Int? {
        WhiteSpace.width(at: offset, of: bytes)
    }

    private func trimmed(_ range: Range<Int>, _ bytes: [UInt8]) -> Range<Int> {
        WhiteSpace.trimmed(range, of: bytes)
    }
}
