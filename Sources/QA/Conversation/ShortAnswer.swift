import Text

/// What a question asked for, where its answer says it in a name or in a few words: “PgBouncer”.
struct ShortAnswer: Sendable, Hashable {
    let text: String
    /// Whether it is a name: begun large, or an identifier.
    let isName: Bool

    /// Words that stand for themselves at most.
    private static let wordLimit = 4

    /// - Returns: `nil` where the answer is a figure, or tells more than one thing.
    init?(_ answer: String, to question: String) {
        let said = Self.firstStatement(of: answer)
        let words = said.split(whereSeparator: \.isWhitespace).map {
            $0.trimming { ",;:()“”\"'’.!".contains($0) }
        }.filter { !$0.isEmpty }
        guard let first = words.first else { return nil }
        if words.count <= Self.wordLimit {
            guard !first.contains(where: \.isNumber) || first.contains(where: \.isLetter),
                !"€$£¥".contains(first.first ?? " "), !Self.saysLittle.contains(first.lowercased())
            else { return nil }
            text = words.drop { Self.articles.contains($0.lowercased()) }.joined(separator: " ")
            guard let named = words.drop(while: { Self.articles.contains($0.lowercased()) }).first else {
                return nil
            }
            // What begins a sentence is begun large without being a name.
            isName = words.count == 1 && named.contains { "-_./@".contains($0) } || Self.isName(named, at: 1)
            return
        }
        let asked = Set(
            question.lowercased().split { !$0.isLetter && !$0.isNumber && !"-_./@".contains($0) }.map(
                String.init))
        var runs: [[String]] = []
        var isOpen = false
        for (offset, word) in words.enumerated() {
            guard Self.isName(word, at: offset), !asked.contains(word.lowercased()) else {
                isOpen = false
                continue
            }
            if isOpen { runs[runs.count - 1].append(word) } else { runs.append([word]) }
            isOpen = true
        }
        guard let run = runs.first, runs.count == 1, run.count <= Self.wordLimit else { return nil }
        text = run.joined(separator: " ")
        isName = true
    }

    /// Without the numbers of its citations; of a row told as a sentence, its last cell.
    private static func firstStatement(of answer: String) -> String {
        let line = answer.split(separator: "\n").first ?? ""
        var plain = AnswerText(String(line)).sentences.first?.text ?? ""
        if plain.contains(" – "), let colon = plain.ranges(of: ": ").last {
            plain = String(plain[colon.upperBound...])
        }
        return plain.trimmingWhiteSpace()
    }

    /// Begun large inside a sentence, or written in one from letters and other signs.
    private static func isName(_ word: String, at offset: Int) -> Bool {
        guard word.contains(where: \.isLetter) else { return false }
        if word.contains(where: { "-_./@".contains($0) }), word.contains(where: \.isNumber) { return true }
        return offset > 0 && word.first?.isUppercase == true && word != "I"
            || word.dropFirst().contains(where: \.isUppercase)
    }

    private static let articles: Set<String> = ["the", "a", "an", "der", "die", "das"]
    private static let saysLittle: Set<String> = [
        "yes", "no", "never", "always", "not", "only", "up", "at", "on", "in", "after", "before", "within",
        "by", "until", "from", "ja", "nein", "one", "two", "three", "four", "five", "six", "seven", "eight",
        "nine", "ten", "twelve", "every", "each", "all", "none", "it", "they", "you", "i", "because",
    ]
}
