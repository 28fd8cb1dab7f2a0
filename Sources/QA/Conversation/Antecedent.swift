/// What a pronoun stands for in a conversation.
enum Antecedent {
    /// “When does it lapse?” after “How long is the warranty?”: “When does the warranty lapse?”
    ///
    /// - Returns: `nil` where no pronoun stands for something that was said.
    static func replaced(in question: String, after previous: FollowUp.Standing) -> String? {
        var parts = question.split(separator: " ").map(String.init)
        if let first = parts.first, parts.count > 1, ConversationWords.openings.contains(first.lowercased()) {
            parts.removeFirst()
        }
        let words = parts.map { String($0.prefix { $0.isLetter }).lowercased() }
        if let there = replacedPlace(parts, words, after: previous) { return there }
        guard
            let place = words.indices.first(where: {
                ConversationWords.pronouns.contains(words[$0]) && !isWithin(words[$0], at: $0, in: words)
            })
        else { return nil }
        let pronoun = words[place]
        let next = place + 1 < words.count ? words[place + 1] : ""
        let isPair = demonstratives.contains(pronoun) && (next == "one" || next == "ones")
        // “How long is this period?” has its noun.
        if demonstratives.contains(pronoun), !isPair, !standsAlone(before: next) { return nil }
        let antecedent = antecedent(of: pronoun, in: previous)
        guard !antecedent.text.isEmpty else { return nil }
        let last = place + (isPair ? 1 : 0)
        let owns = owners.contains(pronoun) || pronoun == "her" && !next.isEmpty
        let tail = parts[last].dropFirst(words[last].count)
        let standing =
            (parts[..<place] + [antecedent.text + (owns ? "’s" : "") + tail] + parts[(last + 1)...])
            .joined(separator: " ")
        return antecedent.narrowing.isEmpty
            ? standing : "\(ConversationWords.bare(standing)), \(antecedent.narrowing)?"
    }

    /// Whether a word that could point back stands for something in the same question, or for nothing: “the form that
    /// staff fill in”, “if it rains”, “does a key lose its value”.
    static func isWithin(_ word: String, at offset: Int, in words: [String]) -> Bool {
        switch word {
        case "that":
            offset > 1 && !["is", "does", "was", "of", "for", "about", "in"].contains(words[offset - 1])
                && !standsAlone(before: offset + 1 < words.count ? words[offset + 1] : "")
        case "it":
            offset + 1 < words.count
                && (["rains", "snows", "possible", "okay", "ok"].contains(words[offset + 1])
                    || ["whether", "that", "true"].contains { words[(offset + 1)...].contains($0) })
        case "its", "their", "his", "her":
            offset + 1 < words.count && ConversationWords.contentCount(words[..<offset]) >= 2
        case "there": offset > 0 && ["is", "are", "was", "were"].contains(words[offset - 1])
        case "one": offset > 0 && ["which", "no", "any"].contains(words[offset - 1])
        default: false
        }
    }

    /// “Can I bring my dog there?”: “… at the Leeds office?”, or “… in Leeds?” where that is what was found.
    private static func replacedPlace(
        _ parts: [String], _ words: [String], after previous: FollowUp.Standing
    ) -> String? {
        guard let place = words.lastIndex(of: "there"), place > 0, !isWithin("there", at: place, in: words)
        else {
            return nil
        }
        let asksPlace = ["where", "which"].contains(
            ConversationWords.words(of: previous.text).first?.lowercased())
        let found = asksPlace ? previous.found.flatMap { $0.isName ? "in \($0.text)" : nil } : nil
        guard let named = found ?? AskedSubject(of: previous.text).map({ "at \($0.named)" }) else {
            return nil
        }
        let tail = parts[place].dropFirst("there".count)
        return (parts[..<place] + [named + tail] + parts[(place + 1)...]).joined(separator: " ")
    }

    /// Whether a demonstrative before this word has no noun of its own.
    private static func standsAlone(before next: String) -> Bool {
        next.isEmpty || verbs.contains(next) || next.hasSuffix("ed")
    }

    /// What was found, where the question before asked which one; else what that was about.
    private static func antecedent(
        of pronoun: String, in previous: FollowUp.Standing
    ) -> (text: String, narrowing: String) {
        let subject = AskedSubject(of: previous.text)
        if let found = previous.found, stands(found, for: pronoun, in: previous, subject) {
            return (found.text, "")
        }
        if let subject { return (subject.named, subject.narrowing) }
        // “May I keep passwords in my browser?” is about what I do, which no pronoun stands for.
        let asking = ConversationWords.words(of: previous.text).map { $0.lowercased() }
        let isOfSpeaker = asking.contains { ["i", "we", "you"].contains($0) }
        return (isOfSpeaker ? "" : previous.topic, "")
    }

    private static func stands(
        _ found: ShortAnswer, for pronoun: String, in previous: FollowUp.Standing, _ subject: AskedSubject?
    ) -> Bool {
        var asking = ConversationWords.words(of: previous.text).map { $0.lowercased() }
        if let first = asking.first, ConversationWords.prepositions.contains(first) { asking.removeFirst() }
        guard let first = asking.first else { return false }
        let asksPerson = first == "who" || first == "whom" || first == "whose"
        if ["he", "she", "him", "her", "his"].contains(pronoun) { return asksPerson || found.isName }
        if ["they", "them", "their"].contains(pronoun) {
            return asksPerson || asksThing(asking) && found.isName && subject?.text.hasSuffix("s") != true
        }
        return pronoun != "this" && asksThing(asking)
            && (found.isName || !asking.contains(where: ConversationWords.auxiliaries.contains)
                || asking.count > 2 && isPassive(asking))
    }

    /// “Which pump …”, “What feeds …”, “What was removed …”, and not “What is the …”.
    private static func asksThing(_ asking: [String]) -> Bool {
        guard asking[0] != "which" else { return true }
        guard asking[0] == "what", asking.count > 1 else { return false }
        return !ConversationWords.auxiliaries.contains(asking[1])
            && !["happens", "happened", "if"].contains(asking[1])
            || isPassive(asking)
    }

    private static func isPassive(_ asking: [String]) -> Bool {
        asking.count > 2 && ["is", "are", "was", "were"].contains(asking[1])
            && (asking[2].hasSuffix("ed") || asking[2].hasSuffix("en"))
    }

    private static let demonstratives: Set<String> = ["this", "that", "these", "those"]
    private static let owners: Set<String> = ["its", "their", "his"]
    /// What may stand behind such a demonstrative.
    private static let verbs: Set<String> = ConversationWords.auxiliaries.union([
        "happens", "happened", "if", "allowed", "for", "in", "at", "to", "by", "on", "apply", "applies",
        "possible", "mean", "means", "work", "happen", "cost", "costs", "take", "last", "and", "or",
        "written", "paid", "kept", "done", "be", "need", "needs", "also", "the", "too", "then", "again",
        "true", "still", "usually", "normally", "really", "ever", "go", "goes", "off", "out", "up", "through",
        "with", "from", "before", "after", "change", "include", "count",
    ])
}
