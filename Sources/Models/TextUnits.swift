/// A passage's sentences and words, as extraction and the check of citations see them.
public enum TextUnits {
    /// A sentence, a list item, a table row or a line of code.
    public struct Sentence: Sendable, Hashable {
        public var text: String
        /// UTF-8 byte range in the passage.
        public var range: Range<Int>
    }

    /// Cuts at line ends, and within a line behind `.`, `!`, `?` or `…` when a new sentence follows.
    ///
    /// A full stop inside a number, a path or an address ends nothing, nor does one behind an abbreviation
    /// or a single letter.
    public static func sentences(of passage: String) -> [Sentence] {
        let bytes = Array(passage.utf8)
        var result: [Sentence] = []
        var start = 0
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\n") {
                append(bytes, start, position, &result)
                start = position + 1
            } else if endsSentence(bytes, position, from: start) {
                var end = position + 1
                while end < bytes.count, closers.contains(bytes[end]) { end += 1 }
                append(bytes, start, end, &result)
                start = end
                position = end - 1
            }
            position += 1
        }
        append(bytes, start, bytes.count, &result)
        return result
    }

    private static let closers = Set(")]\"'".utf8)
    private static let abbreviations: Set<String> = [
        "e.g", "i.e", "etc", "vs", "cf", "approx", "mr", "mrs", "ms", "dr", "st", "no", "fig", "inc", "ltd",
        "dept",
        "min", "max", "resp", "incl", "excl",
    ]

    private static func endsSentence(_ bytes: [UInt8], _ position: Int, from start: Int) -> Bool {
        let byte = bytes[position]
        guard byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") else {
            return false
        }
        var next = position + 1
        while next < bytes.count, closers.contains(bytes[next]) { next += 1 }
        guard next < bytes.count, bytes[next] == UInt8(ascii: " ") else { return false }
        while next < bytes.count, bytes[next] == UInt8(ascii: " ") { next += 1 }
        guard next < bytes.count else { return false }
        // A lower-case letter goes on; anything else (capital, digit, quote, other scripts) begins anew.
        if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[next]) { return false }
        guard byte == UInt8(ascii: ".") else { return true }
        var word = position
        while word > start, bytes[word - 1] != UInt8(ascii: " "), bytes[word - 1] != UInt8(ascii: "(") {
            word -= 1
        }
        let last = String(decoding: bytes[word..<position], as: UTF8.self).lowercased()
        let isOrdinal = word == start && last.allSatisfy(\.isNumber)
        let isInitial = last.count == 1 && last.first?.isLetter == true
        return !abbreviations.contains(last) && !isOrdinal && !isInitial
    }

    private static func append(_ bytes: [UInt8], _ start: Int, _ end: Int, _ result: inout [Sentence]) {
        var start = start
        var end = end
        while start < end, bytes[start] <= UInt8(ascii: " ") { start += 1 }
        while end > start, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
        guard start < end else { return }
        result.append(Sentence(text: String(decoding: bytes[start..<end], as: UTF8.self), range: start..<end))
    }

    /// The content words of a text, each cut down to a stem, in order with repeats.
    public static func stems(of text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.compactMap { run in
            let word = run.lowercased()
            return functionWords.contains(word) ? nil : stem(word)
        }
    }

    /// Takes English endings off, so that `rotates`, `rotated` and `rotating` meet. Errs on the side of
    /// leaving a word as it is; it decides what looks alike, never what is shown.
    static func stem(_ word: String) -> String {
        guard word.count > 3, word.allSatisfy({ $0.isASCII && $0.isLetter }) else { return word }
        for (ending, replacement) in endings where word.hasSuffix(ending) {
            let base = word.dropLast(ending.count)
            guard base.count >= 3 else { continue }
            var stem = String(base) + replacement
            if stem.count > 3, let last = stem.last, last == stem.dropLast().last, !"lsz".contains(last) {
                stem.removeLast()
            }
            if stem.count > 3, stem.hasSuffix("e") { stem.removeLast() }
            return stem
        }
        return word.count > 3 && word.hasSuffix("e") ? String(word.dropLast()) : word
    }

    private static let endings: [(String, String)] = [
        ("ations", "at"), ("ation", "at"), ("ingly", ""), ("ments", ""), ("ment", ""), ("ings", ""),
        ("ing", ""),
        ("sses", "ss"), ("ies", "y"), ("edly", ""), ("ed", ""), ("ers", ""), ("er", ""), ("ly", ""),
        ("es", ""),
        ("ss", "ss"), ("us", "us"), ("s", ""),
    ]

    static let functionWords: Set<String> = Set(
        """
        a about after all also am an and any are as at be because been before being but by can could did do does
        doing done each for from had has have having he her here him his how i if in into is it its itself just me
        more most my no nor not now of off on once only or other our out over own per please she should so some
        such than that the their them then there these they this those through to too under until up us very was
        we were what when where which while who whom whose why will with would you your s t
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
