/// “Which one applies?”, “the one in Boise”: “one” for a thing of the kind that was asked about.
enum StandIn {
    /// - Parameters:
    ///   - parts: the question's words as they stand.
    ///   - words: the same in lower case, without what is no letter.
    /// - Returns: `nil` where no “one” stands for a thing, or nothing was asked about.
    static func replaced(
        in parts: [String], _ words: [String], after previous: FollowUp.Standing
    ) -> String? {
        guard let place = words.firstIndex(where: { $0 == "one" || $0 == "ones" }), place > 0,
            !BoundReference(words).isBound(at: place)
        else { return nil }
        let next = place + 1 < words.count ? words[place + 1] : ""
        let isOfKind =
            words[place - 1] == "which"
            || words[place - 1] == "the" && ConversationWords.prepositions.contains(next)
        guard isOfKind, var kind = kind(of: previous.text) else { return nil }
        // “Which plans have …?” and “which one”: “which plan”.
        if words[place] == "one", kind.hasSuffix("s"), !kind.hasSuffix("ss"), !kind.hasSuffix("us") {
            kind.removeLast()
        }
        let tail = parts[place].dropFirst(words[place].count)
        return (parts[..<place] + [kind + tail] + parts[(place + 1)...]).joined(separator: " ")
    }

    /// “response time” of “Which response time applies to …”, “first response time” of “What is the first response time
    /// for …”.
    private static func kind(of question: String) -> String? {
        let words = ConversationWords.words(of: question)
        let lower = words.map { $0.lowercased() }
        if ["which", "what"].contains(lower.first), words.count > 2,
            !ConversationWords.auxiliaries.contains(lower[1])
        {
            let noun = words[1...].prefix {
                !ConversationWords.auxiliaries.contains($0.lowercased())
                    && !ConversationWords.prepositions.contains($0.lowercased())
            }
            // Without an auxiliary what stands behind the noun is a verb.
            let hasAuxiliary = lower.contains(where: ConversationWords.auxiliaries.contains)
            return hasAuxiliary && noun.count <= 3 ? noun.joined(separator: " ") : words[1]
        }
        return AskedSubject(of: question)?.text
    }
}
