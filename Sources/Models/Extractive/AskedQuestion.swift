import Text

/// What a question asks for, as far as its words say.
struct AskedQuestion: Sendable, Hashable {
    /// What kind of words would answer.
    enum Kind: String, Sendable, CaseIterable {
        case person, time, amount, place, yesOrNo, choice, procedure, reason, open
    }

    let text: String
    /// What was typed, without what it was completed by.
    let typed: String
    let kind: Kind
    /// The words that carry meaning.
    let words: SoughtWords
    /// Which of ``words`` the question fixes: names, figures, identifiers, quoted words. Evidence must be about these.
    let fixed: Set<Int>
    /// Whether the embedded models, which know English, can be expected to read it.
    let isReadable: Bool
    /// Whether it asks what was.
    let isAboutPast: Bool

    /// - Parameter typed: what was typed, when `text` was completed from what was said before.
    init(_ text: String, typed: String? = nil) {
        self.text = text
        self.typed = typed ?? text
        words = SoughtWords(text)
        kind = Self.kind(self.typed) == .open ? Self.kind(text) : Self.kind(self.typed)
        isReadable = Self.isReadable(text)
        isAboutPast = Tense.isPast(text)
        fixed = words.found(in: Self.fixed(text).joined(separator: " "))
    }

    // MARK: What is fixed

    /// Words with a figure, in capitals, begun large inside a sentence, or quoted.
    private static func fixed(_ text: String) -> [String] {
        let words = text.split { !$0.isLetter && !$0.isNumber }
        let isGerman = words.contains { german.contains($0.lowercased()) }
        var result: [String] = []
        for (offset, word) in words.enumerated() {
            let hasFigure = word.contains(where: \.isNumber)
            let capitals = word.filter(\.isUppercase).count
            let beginsSentence = offset == 0 || endsSentence(before: word.startIndex, in: text)
            let isName = capitals > 0 && !beginsSentence && !isGerman && word.lowercased() != "i"
            let isAcronym = capitals >= 2 && word.count >= 2
            if hasFigure || isName || isAcronym { result.append(String(word)) }
        }
        return result + quotes(in: text)
    }

    private static let german: Set<String> = [
        "der", "die", "das", "und", "ist", "wie", "wann", "wer", "welche", "welcher", "welches", "wo", "darf",
        "muss", "kann", "ich", "wir", "ein", "eine", "einen", "im", "den", "dem", "für", "nicht", "wird",
        "sind",
    ]

    private static func endsSentence(before index: String.Index, in text: String) -> Bool {
        guard let mark = text[..<index].last(where: { !$0.isWhitespace }) else { return true }
        return ".!?:".contains(mark)
    }

    private static func quotes(in text: String) -> [String] {
        var result: [String] = []
        for (open, close) in [("\"", "\""), ("“", "”"), ("„", "“"), ("«", "»")] as [(Character, Character)] {
            var rest = text[...]
            while let start = rest.firstIndex(of: open) {
                let behind = rest[rest.index(after: start)...]
                guard let end = behind.firstIndex(of: close) else { break }
                result.append(String(behind[..<end]))
                rest = behind[behind.index(after: end)...]
            }
        }
        return result
    }

    /// Latin letters for the most part.
    private static func isReadable(_ text: String) -> Bool {
        let letters = text.unicodeScalars.filter(\.properties.isAlphabetic)
        let foreign = letters.filter { $0.value > 0x24F }.count
        return foreign * 4 <= letters.count
    }
}
