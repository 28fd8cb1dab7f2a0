/// Words that could point back and do not: they stand for something in the same question, or for nothing.
///
/// “the form that staff fill in”, “if it rains”, “does a key lose its value”, “is it allowed to smoke”, “what happens to
/// badges after they are returned”, “one ticket”, “this year”.
struct BoundReference {
    /// As ``ConversationWords/reference(_:)`` has them.
    private let words: [String]

    init(_ words: [String]) { self.words = words }

    /// - Parameter offset: of a word that could point back.
    func isBound(at offset: Int) -> Bool {
        switch words[offset] {
        case "that": isRelative(offset) || isOfTime(offset)
        case "this", "these", "those": isOfTime(offset)
        case "it":
            isExpletive(offset) || isNamedInFront(of: offset) || hasSubject(before: offset)
                || words[(offset + 1)...].contains { ["whether", "that", "true"].contains($0) }
        case "they", "them": isNamedInFront(of: offset) || hasPlural(before: offset)
        case "he", "she", "him": hasPerson(before: offset)
        case "its", "their", "his", "her":
            offset + 1 < words.count && ConversationWords.contentCount(words[..<offset]) >= 2
                || hasPlural(before: offset) && words[offset] == "their"
                || hasPerson(before: offset) && words[offset] != "its" && words[offset] != "their"
        case "there":
            Self.being.contains(before(offset)) || Self.being.contains(after(offset))
                || ["up", "over", "down", "out", "still"].contains(before(offset))
        case "one": isOneOfItself(offset)
        // “someone else”
        case "else":
            ["someone", "somebody", "anyone", "anybody", "something", "anything"].contains(before(offset))
        case "former", "latter": before(offset) != "the"
        // “too many”, “the same mail as yesterday”
        case "too", "then": offset + 1 < words.count
        case "same", "also", "instead":
            ConversationWords.contentCount(words) > 4 || words[offset] == "same" && after(offset) == "time"
        default: false
        }
    }

    private func before(_ offset: Int) -> String { offset > 0 ? words[offset - 1] : "" }
    private func after(_ offset: Int) -> String { offset + 1 < words.count ? words[offset + 1] : "" }

    // MARK: That

    /// “the form that staff fill in”, “a licence that was withdrawn”, “check that the note is genuine”.
    private func isRelative(_ offset: Int) -> Bool {
        let (before, next) = (before(offset), after(offset))
        guard offset > 1, !next.isEmpty, next != "one", next != "ones",
            !ConversationWords.auxiliaries.contains(before),
            !ConversationWords.prepositions.contains(before),
            !ConversationWords.questionWords.contains(before), !Self.clauses.contains(before)
        else { return false }
        return next == "the" || before == "so" || ConversationWords.auxiliaries.contains(next)
            || !Antecedent.standsAlone(before: next)
    }

    /// “this year”, “that day”.
    private func isOfTime(_ offset: Int) -> Bool { Self.times.contains(after(offset)) }

    // MARK: It

    /// “if it rains”, “is it allowed to smoke”, “how long does it take to print a poster”.
    private func isExpletive(_ offset: Int) -> Bool {
        let rest = words[(offset + 1)...].drop { Self.adverbs.contains($0) }
        let next = rest.first?.lowercased() ?? ""
        if ["rains", "snows", "possible", "okay", "ok"].contains(next) { return true }
        let behind = Array(rest.dropFirst())
        if Self.judgements.contains(next) || ["too", "a"].contains(next),
            ["is", "was", "be", "would"].contains(before(offset)),
            behind.contains(where: { ["to", "when", "if", "that"].contains($0) })
        {
            return true
        }
        guard ["take", "takes", "cost", "costs", "need"].contains(next), let joint = behind.first else {
            return false
        }
        // “does it take to come if …” is of what comes; “to lift a ban” of the lifting.
        if joint == "until" {
            return behind.count > 2 && !ConversationWords.pronouns.contains(behind[1])
        }
        guard joint == "to", behind.count > 2 else { return false }
        return !ConversationWords.prepositions.contains(behind[2]) && !Self.clauses.contains(behind[2])
            && behind[2] != "there"
    }

    /// “How long before a swap must I enter it?”: a thing that was named in front of the verb.
    private func isNamedInFront(of offset: Int) -> Bool {
        guard let article = words[..<offset].firstIndex(where: ["a", "an", "my", "our", "your"].contains),
            article > 0, ["before", "after"].contains(words[article - 1]), article + 2 < offset,
            ConversationWords.auxiliaries.isDisjoint(with: words[..<article])
        else { return false }
        return words[(article + 2)..<offset].contains(where: ConversationWords.auxiliaries.contains)
    }

    /// “How long can the bottle stand before it is thrown away?”: what the question is of.
    private func hasSubject(before offset: Int) -> Bool {
        guard offset > 3, Self.clauses.contains(before(offset)) else { return false }
        return words.indices.prefix(offset - 2).contains {
            ConversationWords.auxiliaries.contains(words[$0]) && ["the", "a", "an"].contains(words[$0 + 1])
        }
    }

    // MARK: They, he and she

    /// “When do drivers get their deposit back?”, “What happens to badges after they are returned?”
    private func hasPlural(before offset: Int) -> Bool {
        // “How many days do they last?” is of others than the days.
        guard !ConversationWords.auxiliaries.contains(before(offset)) else { return false }
        return words.indices.prefix(offset).contains { place in
            let word = words[place]
            guard word.count > 3, word.hasSuffix("s") || word == "people", !word.hasSuffix("ss"),
                !word.hasSuffix("us"), !word.hasSuffix("’s"), !word.hasSuffix("'s"), place > 0,
                !ConversationWords.auxiliaries.contains(word)
            else { return false }
            return opensPlural(words[place - 1], isNear: true)
                || place > 1 && opensPlural(words[place - 2], isNear: false)
                    && !ConversationWords.questioning.contains(words[place - 1])
        }
    }

    private func opensPlural(_ word: String, isNear: Bool) -> Bool {
        ConversationWords.auxiliaries.contains(word) || ConversationWords.prepositions.contains(word)
            || ConversationWords.determiners.contains(word) || word == "many"
            || isNear && (word == "which" || word == "what")
    }

    /// “Can my boss say no because she dislikes it?”
    private func hasPerson(before offset: Int) -> Bool {
        guard offset > 2, !ConversationWords.auxiliaries.contains(before(offset)) else { return false }
        return words.indices.prefix(offset - 1).contains {
            ["a", "an", "my", "our", "your"].contains(words[$0]) && $0 + 1 < offset
        }
    }

    // MARK: One

    private func isOneOfItself(_ offset: Int) -> Bool {
        let (before, next) = (before(offset), after(offset))
        if ["no", "any"].contains(before) || Self.counted.contains(before) { return true }
        if before == "which" { return next == "of" || words.contains("or") }
        // “on one of the pictures”
        if next == "of" { return true }
        if offset == 0 { return !next.isEmpty }
        if before == "the" { return ["i", "we", "you", "that", "who"].contains(next) }
        // “what would one more cost”, “if one fails”
        guard !["that", "this", "another", "if"].contains(before), !next.isEmpty, next != "more" else {
            return false
        }
        return !ConversationWords.prepositions.contains(next) && !ConversationWords.questioning.contains(next)
            && !ConversationWords.openings.contains(next)
    }

    private static let adverbs: Set<String> = [
        "usually", "normally", "generally", "typically", "still", "really", "actually", "ever",
    ]
    private static let being: Set<String> = ["is", "are", "was", "were", "will", "been", "be", "must"]
    static let clauses: Set<String> = [
        "when", "if", "while", "unless", "because", "before", "after", "until", "once", "although", "since",
        "though",
    ]
    private static let times: Set<String> = [
        "year", "month", "week", "day", "morning", "afternoon", "evening", "weekend", "quarter", "summer",
        "winter", "spring", "autumn", "season", "term",
    ]
    /// What “it” is said to be without being anything: “is it allowed to …”.
    private static let judgements: Set<String> = [
        "allowed", "worth", "possible", "necessary", "fine", "safe", "true", "legal", "forbidden",
        "mandatory",
        "compulsory", "required", "better", "best", "smarter", "wise", "normal", "permitted", "enough",
    ]
    /// “day one”, “step one”.
    private static let counted: Set<String> = [
        "day", "week", "step", "level", "phase", "year", "part", "page", "line", "room", "version", "stage",
        "round", "number", "twenty", "thirty", "class", "grade", "tier",
    ]
}
