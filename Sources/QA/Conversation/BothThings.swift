/// “How long are both traces and build logs kept?”: the same asked of two things.
///
/// Not where somebody asks for one who has both.
struct BothThings {
    /// The question of each.
    let parts: (String, String)

    init?(_ question: String) {
        let words = ConversationWords.bare(question).split(separator: " ").map(String.init)
        let lower = words.map { $0.lowercased() }
        guard ConversationWords.askingLength(lower) != nil, let both = lower.firstIndex(of: "both"), both > 0,
            Self.isAskedOf(lower[both - 1]), Self.choosing.isDisjoint(with: lower[..<both]),
            let joint = lower[both...].firstIndex(of: "and"), (1...5).contains(joint - both - 1),
            joint + 1 < words.count, Self.joining.isDisjoint(with: lower)
        else { return nil }
        let (left, behind) = (words[(both + 1)..<joint], lower[(joint + 1)...])
        let inside = lower[(both + 2)..<joint]
        guard !inside.contains(where: ConversationWords.prepositions.contains) else { return nil }
        let leads = ConversationWords.prepositions.contains(lower[both + 1])
        guard !leads || behind.first == lower[both + 1], behind.first != "of", lower[both + 1] != "of" else {
            return nil
        }
        // Whatever the other thing is, it has a word behind its preposition and article.
        var end = behind.startIndex + (leads ? 1 : 0)
        if end < words.count, ConversationWords.determiners.contains(lower[end]) { end += 1 }
        guard end < words.count else { return nil }
        end += 1
        while end < words.count, end - joint <= 5, !AskedSubject.ends(lower[end...]),
            !ConversationWords.auxiliaries.contains(lower[end]),
            !ConversationWords.isParticiple(lower[end])
        { end += 1 }
        let (before, after) = (words[..<both], words[end...])
        parts = (
            (before + left + after).joined(separator: " ") + "?",
            (before + words[(joint + 1)..<end] + after).joined(separator: " ") + "?"
        )
    }

    private static func isAskedOf(_ before: String) -> Bool {
        ConversationWords.auxiliaries.subtracting(["have", "has", "had"]).contains(before)
            || ConversationWords.prepositions.contains(before) || ConversationWords.isParticiple(before)
    }

    /// What asks for the one that has both.
    private static let choosing: Set<String> = ["who", "whom", "which"]

    /// What joins two things to one.
    private static let joining: Set<String> = [
        "between", "difference", "differ", "compare", "common", "same", "together", "or",
    ]
}
