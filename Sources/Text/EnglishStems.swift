/// Content words cut down to stems, so that two texts can be compared by what they are about.
public enum EnglishStems {
    /// The content words of a text, each cut down to a stem, in order with repeats.
    public static func all(of text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.compactMap { run in
            let word = run.lowercased()
            return StopWords.englishOverlap.contains(word) ? nil : stem(word)
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
}
