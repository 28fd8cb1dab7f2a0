/// A question word with a phrase and no verb of its own: “and how many in winter?”, “how much for a cat?”, “by whom?”.
///
/// It asks what the question before asked, of what its phrase says; a bare question word asks something else of the
/// same.
struct QuestionFragment {
    /// “how many”, “by whom”, in lower case.
    private let asking: [String]
    /// From its preposition or conjunction on; empty for a bare question word.
    private let phrase: [String]

    /// - Returns: `nil` for a question with a verb of its own.
    init?(_ question: String) {
        var words = ConversationWords.bare(question).split(separator: " ").map(String.init)
        if words.count > 1, ConversationWords.openings.contains(words[0].lowercased()) { words.removeFirst() }
        let lower = words.map { $0.lowercased().trimming { ",;:".contains($0) } }
        guard let length = ConversationWords.askingLength(lower) else { return nil }
        asking = Array(lower[..<length])
        phrase = Array(words[length...])
        guard let first = phrase.first?.lowercased() else { return }
        // “What about …?” has no question word that is meant.
        guard first != "about" || length > 1, first != "of" else { return nil }
        if Self.conjunctions.contains(first), (2...12).contains(phrase.count) { return }
        // “How long before a swap must I enter it?” has its verb.
        guard (2...6).contains(phrase.count), ConversationWords.prepositions.contains(first),
            ConversationWords.auxiliaries.isDisjoint(with: lower[length...]),
            ConversationWords.questionWords.isDisjoint(with: lower[length...])
        else { return nil }
    }

    /// The question before, asked of what this one says; `nil` where the two do not fit.
    func filled(into previous: String) -> String? {
        let words = ConversationWords.bare(previous).split(separator: " ").map(String.init)
        let lower = words.map { $0.lowercased() }
        guard let verb = lower.firstIndex(where: ConversationWords.auxiliaries.contains) else { return nil }
        if verb == 0 {
            guard phrase.isEmpty, isAdverbial else { return nil }
            return (asking + [lower[0]] + words[1...]).joined(separator: " ") + "?"
        }
        guard let length = ConversationWords.askingLength(lower), length <= verb else { return nil }
        let opening = Array(lower[..<length])
        let noun = Array(words[length..<verb])
        if phrase.isEmpty { return sluiced(opening, noun, Array(words[verb...])) }
        guard let start = asked(opening, noun),
            let said = withPhrase(noun, opening, Array(words[verb...]))
        else { return nil }
        return (start + said).joined(separator: " ") + "?"
    }

    /// “How long before a swap must I ask?” and “where?”: “where must I ask before a swap?”
    private func sluiced(_ opening: [String], _ noun: [String], _ rest: [String]) -> String? {
        guard isAdverbial, Self.isAdverbial(opening),
            noun.isEmpty || ConversationWords.prepositions.contains(noun[0].lowercased())
        else { return nil }
        return (asking + rest + noun).joined(separator: " ") + "?"
    }

    /// The question word that fits: the one before where both ask for an amount, this one where both ask when, where
    /// or how.
    private func asked(_ opening: [String], _ noun: [String]) -> [String]? {
        if asking == opening || asking == ["what"] || asking == ["how", "much"] || asking == ["how", "many"] {
            let asksAmount = ["what", "which", "many", "much"].contains(opening.last)
            return asksAmount || asking == opening ? opening : nil
        }
        if asking.first == "how", opening.first == "how", !noun.isEmpty { return opening }
        return isAdverbial && Self.isAdverbial(opening) && noun.isEmpty ? asking : nil
    }

    /// What the question before says behind its question word, with the phrase in place of one of its kind.
    ///
    /// - Returns: `nil` where nothing is of its kind, and this one does not ask in the same words.
    private func withPhrase(_ noun: [String], _ opening: [String], _ rest: [String]) -> [String]? {
        let first = phrase[0].lowercased()
        let lower = rest.map { $0.lowercased() }
        let isClause = Self.conjunctions.contains(first)
        if let place = lower.lastIndex(where: {
            isClause ? Self.conjunctions.contains($0) : $0 == first
        }), place > 0 {
            let next =
                isClause
                ? nil
                : lower[(place + 1)...].firstIndex {
                    ConversationWords.prepositions.contains($0) || ConversationWords.isParticiple($0)
                }
            return noun + rest[..<place] + phrase + rest[(next ?? rest.count)...]
        }
        guard asking == opening, !isClause else { return nil }
        // “How many requests a minute does it allow?” and “how many at once?”: “How many requests at once does it allow?”
        if !noun.isEmpty, ["many", "much"].contains(opening.last) {
            let counted = noun.prefix {
                !ConversationWords.articles.contains($0.lowercased())
                    && !ConversationWords.prepositions.contains($0.lowercased())
            }
            return counted + phrase + rest
        }
        return noun + rest + phrase
    }

    private var isAdverbial: Bool { Self.isAdverbial(asking) }

    /// Whether it asks neither for a thing or person nor for an amount of things.
    private static func isAdverbial(_ asking: [String]) -> Bool {
        guard let last = asking.last else { return false }
        return asking.count > 1 && last == "whom"
            || !["who", "whom", "whose", "what", "which", "many", "much"].contains(last)
    }

    private static let conjunctions: Set<String> = ["when", "if", "while", "unless"]
}
