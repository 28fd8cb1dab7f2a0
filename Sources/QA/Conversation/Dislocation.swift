/// “And gloves, where are those not allowed?”: what a question is about, named before it.
struct Dislocation {
    /// “where are gloves not allowed?”
    let question: String
    /// Whether it was named with “the”, as something that was spoken of: “the extension”.
    let isDefinite: Bool
    /// Whether it surely is a thing, by its number or its article, and no word about how or when: “gloves”, “a badge”.
    let isThing: Bool

    /// - Returns: `nil` where nothing in the question stands for what is named.
    init?(_ question: String) {
        var said = ConversationWords.bare(question).split(separator: " ").map(String.init)
        // “The printer hums, may I open it?” names it in a sentence of its own.
        if said.count > 1, ConversationWords.openings.contains(said[0].lowercased()) {
            said.removeFirst()
        } else if said.count > 2, ["what", "how"].contains(said[0].lowercased()), said[1] == "about" {
            said.removeFirst(2)
        } else {
            return nil
        }
        guard let comma = said.firstIndex(where: { $0.hasSuffix(",") }), comma < 5, comma + 2 < said.count
        else { return nil }
        let named = said[..<comma] + [String(said[comma].dropLast())]
        let parts = Array(said[(comma + 1)...])
        let lower = named.map { $0.lowercased() }
        guard let first = lower.first, let last = lower.last, !Self.isAside(first),
            lower.count == 1 || ConversationWords.determiners.contains(first),
            !ConversationWords.prepositions.contains(first), !lower.contains(""),
            ConversationWords.questioning.isDisjoint(with: lower),
            ConversationWords.pronouns.isDisjoint(with: lower), !lower.contains("one"), Self.asks(parts)
        else { return nil }
        let name = named.joined(separator: " ")
        let words = parts.map(ConversationWords.reference)
        guard let place = words.indices.first(where: { Self.stands(words, at: $0) }) else { return nil }
        let tail = parts[place].dropFirst(words[place].count)
        let isOwner = ["its", "their", "his", "her"].contains(words[place]) && place + 1 < words.count
        let told = words[place] == "there" ? "in \(name)" : isOwner ? name + "’s" : name
        self.question =
            (parts[..<place] + [told + tail] + parts[(place + 1)...]).joined(separator: " ") + "?"
        isDefinite = first == "the"
        isThing = last.hasSuffix("s") && !last.hasSuffix("ss") || lower.count > 1
    }

    private static func stands(_ words: [String], at place: Int) -> Bool {
        let word = words[place]
        guard ConversationWords.pronouns.contains(word) || word == "there",
            !BoundReference(words).isBound(at: place)
        else { return false }
        let next = place + 1 < words.count ? words[place + 1] : ""
        return !["this", "that", "these", "those"].contains(word) || Antecedent.standsAlone(before: next)
    }

    /// Whether words begin with a question word, one behind a preposition, or an auxiliary.
    private static func asks(_ words: [String]) -> Bool {
        let lower = words.map { $0.lowercased() }
        return lower.first.map(ConversationWords.auxiliaries.contains) == true
            || ConversationWords.askingLength(lower) != nil
    }

    /// “roughly”, “once” of “once emptied”, “thanks”.
    private static func isAside(_ word: String) -> Bool {
        asides.contains(word) || word.hasSuffix("ly") || BoundReference.clauses.contains(word)
    }

    /// What is said before a question without being what it is about.
    private static let asides: Set<String> = [
        "yes", "no", "ok", "okay", "thanks", "thank", "sorry", "great", "hi", "hello", "well", "now", "then",
        "also", "actually", "please", "so", "alright", "good", "right", "sure", "fine", "hmm", "oh", "again",
        "still", "first", "second", "next", "today", "tomorrow", "yesterday", "later", "afterwards",
        "otherwise",
        "instead", "meanwhile", "besides", "anyway", "perhaps", "maybe", "overall", "often", "sometimes",
        "always", "never", "nowadays", "therefore", "however",
    ]
}
