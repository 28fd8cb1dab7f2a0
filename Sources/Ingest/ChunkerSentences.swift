/// Finds sentences without a dictionary: good enough to cut long prose where a reader would pause.
///
/// A sentence ends at a line's end, at `。！？`, and at `.`, `!`, `?` or `…` that white space follows, unless
/// the next word begins small or the full stop belongs to an abbreviation, an initial or a list number.
/// Decimals, version numbers, file names and URLs have no white space after their full stops, so they stay
/// whole by themselves.
enum SentenceSplitter {
    /// Never followed by a new sentence, however the next word begins.
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "vs", "cf", "approx", "ca", "dept", "resp", "incl", "excl",
        "bzw", "vgl", "ggf", "evtl", "inkl", "sog",
    ]
    /// Abbreviations only before a number.
    private static let beforeNumbers: Set<String> = [
        "no", "nos", "nr", "fig", "figs", "eq", "sec", "ch", "vol", "pp", "p", "art", "abb", "ver", "v",
        "ext",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    ]

    /// The sentences of `range`, in order, without the white space between them.
    static func sentences(in range: Range<Int>, of text: ChunkerText) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = range.lowerBound
        var offset = start
        func close(at end: Int) {
            let sentence = text.trimmed(start..<end)
            if !sentence.isEmpty { result.append(sentence) }
            start = end
        }
        while offset < range.upperBound {
            if text.bytes[offset] == UInt8(ascii: "\n") {
                close(at: offset)
                offset += 1
            } else if let end = ideographicEnd(at: offset, upTo: range.upperBound, text.bytes) {
                close(at: end)
                offset = end
            } else if let mark = terminator(at: offset, upTo: range.upperBound, text.bytes) {
                if ends(mark, sentenceFrom: start, upTo: range.upperBound, text) {
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

    /// The run of terminators and closing quotes or brackets at `offset`.
    private static func terminator(at offset: Int, upTo end: Int, _ bytes: [UInt8]) -> Range<Int>? {
        var upper = offset
        while upper < end {
            switch bytes[upper] {
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
                upper += 1
            case 0xE2 where follows([0x80, 0xA6], upper + 1, end, bytes):
                upper += 3
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"):
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

    private static func isClosingQuote(_ offset: Int, _ end: Int, _ bytes: [UInt8]) -> Bool {
        follows([0x80, 0x9D], offset + 1, end, bytes) || follows([0x80, 0x99], offset + 1, end, bytes)
    }

    private static func follows(_ expected: [UInt8], _ offset: Int, _ end: Int, _ bytes: [UInt8]) -> Bool {
        offset + expected.count <= end && bytes[offset..<offset + expected.count].elementsEqual(expected)
    }

    /// The end of `。`, `！` or `？` with the closing brackets behind it.
    private static func ideographicEnd(at offset: Int, upTo end: Int, _ bytes: [UInt8]) -> Int? {
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

    private static func ends(
        _ mark: Range<Int>, sentenceFrom start: Int, upTo end: Int, _ text: ChunkerText
    ) -> Bool {
        guard mark.upperBound < end else { return true }
        guard text.whiteSpaceWidth(at: mark.upperBound) != nil else { return false }
        var next = mark.upperBound
        while next < end, let width = text.whiteSpaceWidth(at: next) {
            if text.bytes[next] == UInt8(ascii: "\n") { return true }
            next += width
        }
        guard next < end else { return true }
        if beginsSmall(at: next, text) { return false }
        guard text.bytes[mark.lowerBound] == UInt8(ascii: "."), mark.count == 1 else { return true }
        return !isAbbreviation(endingAt: mark.lowerBound, sentenceFrom: start, next: text.bytes[next], text)
    }

    private static func beginsSmall(at offset: Int, _ text: ChunkerText) -> Bool {
        let byte = text.bytes[offset]
        if byte < 0x80 { return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        return text.substring(offset..<text.bytes.count).unicodeScalars.first?.properties.isLowercase ?? false
    }

    private static func isAbbreviation(
        endingAt end: Int, sentenceFrom start: Int, next: UInt8, _ text: ChunkerText
    ) -> Bool {
        var lower = end
        while lower > start, !ChunkerText.isSpace(text.bytes[lower - 1]),
            text.bytes[lower - 1] != UInt8(ascii: "(")
        {
            lower -= 1
        }
        let word = text.substring(lower..<end).lowercased()
        guard !word.isEmpty else { return false }
        if abbreviations.contains(word) { return true }
        let isDigitNext = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
        if isDigitNext && beforeNumbers.contains(word) { return true }
        // “3. Restart it”: the number of a step, not a sentence.
        if word.allSatisfy(\.isNumber) { return text.trimmed(start..<lower).isEmpty }
        // “J. Smith”, “e.g.”, “U.S.”: letters that stand alone.
        return word.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            $0.count == 1 && $0.allSatisfy(\.isLetter)
        }
    }
}
