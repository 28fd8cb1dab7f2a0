import Text

/// The few sentences of a passage that fit a question best, with the question's words marked.
///
/// ``text`` is a part of the passage as it stands, without an ellipsis: whoever has the passage finds it there.
struct Snippet: Sendable, Hashable {
    /// Bytes of UTF-8 that a snippet may have.
    static let byteLimit = 320

    var text: String
    /// UTF-8 byte ranges of ``text``, in order, apart from each other.
    var highlights: [Range<Int>]

    /// - Parameter query: the question's words, in any language.
    init(of passage: String, for query: Highlighter) {
        self.init(Array(passage.utf8), query.matches(in: passage))
    }

    private init(_ bytes: [UInt8], _ matches: [Highlighter.Match]) {
        let range = SnippetWindow(bytes, matches, byteLimit: Self.byteLimit).best()
        text = String(decoding: bytes[range], as: UTF8.self)
        highlights = Highlighter.Match.ranges(matches.filter { range.contains($0.utf8Range) }).map {
            ($0.lowerBound - range.lowerBound)..<($0.upperBound - range.lowerBound)
        }
    }
}

/// Finds the part of a passage that is shown: whole sentences that follow each other, with as many of the words
/// asked for as fit; of a sentence that is too long, as a line of a log or a text without full stops may be, a part
/// that is cut between words.
private struct SnippetWindow {
    private let bytes: [UInt8]
    private let matches: [Highlighter.Match]
    private let byteLimit: Int

    init(_ bytes: [UInt8], _ matches: [Highlighter.Match], byteLimit: Int) {
        (self.bytes, self.matches, self.byteLimit) = (bytes, matches, byteLimit)
    }

    func best() -> Range<Int> {
        let pieces = SentenceSplitter(.quotation).ranges(in: 0..<bytes.count, of: bytes).flatMap(parts)
        var best = 0..<0
        var bestScore = (all: -1, first: -1)
        for (index, first) in pieces.enumerated() {
            let next = pieces[index...].prefix { $0.upperBound - first.lowerBound <= byteLimit }
            let window = first.lowerBound..<(next.last ?? first).upperBound
            let score = (all: wordCount(in: window), first: wordCount(in: first))
            if score > bestScore { (best, bestScore) = (window, score) }
        }
        return best
    }

    private func wordCount(in range: Range<Int>) -> Int {
        var low = 0
        var high = matches.count
        while low < high {
            let middle = (low + high) / 2
            if matches[middle].utf8Range.lowerBound < range.lowerBound {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var words: Set<Int> = []
        for match in matches[low...] {
            guard match.utf8Range.lowerBound < range.upperBound else { break }
            if range.contains(match.utf8Range) { words.insert(match.word) }
        }
        return words.count
    }

    /// A sentence, or parts of it that fit, each from a word's start; half of one may be the next one's beginning, so
    /// that words which a cut would part are seen together.
    private func parts(of sentence: Range<Int>) -> [Range<Int>] {
        guard sentence.count > byteLimit else { return [sentence] }
        var parts: [Range<Int>] = []
        var start = sentence.lowerBound
        while start < sentence.upperBound {
            let end = cut(from: start, upTo: sentence.upperBound, byteLimit)
            parts.append(WhiteSpace.trimmed(start..<end, of: bytes))
            guard end < sentence.upperBound else { break }
            start = cut(from: start, upTo: sentence.upperBound, byteLimit / 2)
            while start < end, let width = WhiteSpace.width(at: start, of: bytes) { start += width }
        }
        return parts.filter { !$0.isEmpty }
    }

    /// The last end of a word at most `count` bytes behind `start`; where there is no blank in the second half of
    /// them, the last end of a character.
    private func cut(from start: Int, upTo end: Int, _ count: Int) -> Int {
        guard end - start > count else { return end }
        var offset = start + count
        while offset > start + count / 2 {
            if WhiteSpace.width(at: offset, of: bytes) != nil { return offset }
            offset -= 1
        }
        var fits = 0
        for character in String(decoding: bytes[start..<min(end, start + count + 64)], as: UTF8.self) {
            guard fits + character.utf8.count <= count else { break }
            fits += character.utf8.count
        }
        // One character of more bytes than a snippet may have is shown cut, at a scalar.
        if fits == 0 {
            fits = count
            while fits > 1, bytes[start + fits] & 0xC0 == 0x80 { fits -= 1 }
        }
        return start + fits
    }
}

extension Range where Bound == Int {
    fileprivate func contains(_ other: Range<Int>) -> Bool {
        lowerBound <= other.lowerBound && other.upperBound <= upperBound
    }
}
