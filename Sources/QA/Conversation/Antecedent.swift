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
        let words = parts.map(ConversationWords.reference)
        if let there = replacedPlace(parts, words, after: previous) { return there }
        if let thing = StandIn.replaced(in: parts, words, after: previous) { return thing }
        let bound = BoundReference(words)
        guard
            let place = words.indices.first(where: {
                ConversationWords.pronouns.contains(words[$0]) && !bound.isBound(at: $0)
            })
        else { return nil }
        let pronoun = words[place]
        let next = place + 1 < words.count ? words[place + 1] : ""
        let isPair = demonstratives.contains(pronoun) && (next == "one" || next == "ones")
        // “How long is this period?” has its noun.
        if demonstratives.contains(pronoun), !isPair, !standsAlone(before: next) { return nil }
        // “How long before must they do so?” is about all that was said.
        if zip(words, words.dropFirst()).contains(where: { ["do", "done"].contains($0) && $1 == "so" }) {
            return nil
        }
        let known =
            person(askedBy: words, pronoun, in: previous) ?? (isPair ? previous.named : nil)
        let antecedent =
            known.map { (text: $0, narrowing: "") } ?? antecedent(of: pronoun, in: previous)
        guard !antecedent.text.isEmpty else { return nil }
        // “Who checks that?” may ask of what happens.
        if known == nil, pronoun == "this" || pronoun == "that", place == words.count - 1,
            antecedent.text != previous.found?.text, saysMore(previous, than: antecedent.text)
        {
            return nil
        }
        let last = place + (isPair ? 1 : 0)
        let owns = owners.contains(pronoun) || pronoun == "her" && !next.isEmpty
        let ending = !owns ? "" : antecedent.text.hasSuffix("s") ? "’" : "’s"
        let tail = parts[last].dropFirst(words[last].count)
        let standing =
            (parts[..<place] + [antecedent.text + ending + tail] + parts[(last + 1)...])
            .joined(separator: " ")
        return antecedent.narrowing.isEmpty
            ? standing : "\(ConversationWords.bare(standing)), \(antecedent.narrowing)?"
    }

    /// “Who is that?” after “Who decides?” – “The plan owner.”: “the plan owner”.
    private static func person(
        askedBy words: [String], _ pronoun: String, in previous: FollowUp.Standing
    ) -> String? {
        guard words.first == "who", demonstratives.contains(pronoun), let found = previous.found,
            ConversationWords.words(of: previous.text).first?.lowercased().hasPrefix("who") == true
        else { return nil }
        return found.isName ? found.text : "the \(found.text)"
    }

    /// Verbs of going and bringing, behind which “there” is a goal.
    private static let moving: Set<String> = [
        "go", "goes", "went", "gone", "get", "sent", "send", "come", "bring", "brought", "take", "taken",
        "travel", "drive", "fly",
        "move", "moved", "walk", "deliver", "delivered",
    ]

    /// Whether the question before tells something that happens, and not only of a thing: “How long does a record stay
    /// open after breaking the glass?”
    private static func saysMore(_ previous: FollowUp.Standing, than thing: String) -> Bool {
        let told = Set(ConversationWords.words(of: thing).map { $0.lowercased() })
        let words = ConversationWords.words(of: previous.text).map { $0.lowercased() }
        return ConversationWords.contentCount(words.filter { !told.contains($0) }) >= 3
    }

    /// “Can I bring my dog there?”: “… at the Leeds office?”, or “… in Leeds?” where that is what was found.
    private static func replacedPlace(
        _ parts: [String], _ words: [String], after previous: FollowUp.Standing
    ) -> String? {
        guard let place = words.lastIndex(of: "there"), place > 0, !BoundReference(words).isBound(at: place)
        else {
            return nil
        }
        let asksPlace = ["where", "which"].contains(
            ConversationWords.words(of: previous.text).first?.lowercased())
        let isGoal = moving.contains(words[place - 1])
        let found =
            asksPlace
            ? previous.found.flatMap { $0.isName ? "\(isGoal ? "to" : "in") \($0.text)" : nil } : nil
        let preposition = isGoal ? "to" : "at"
        guard let named = found ?? AskedSubject(of: previous.text).map({ "\(preposition) \($0.named)" })
        else {
            return nil
        }
        let tail = parts[place].dropFirst("there".count)
        return (parts[..<place] + [named + tail] + parts[(place + 1)...]).joined(separator: " ")
    }

    /// Whether a demonstrative before this word has no noun of its own.
    static func standsAlone(before next: String) -> Bool {
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
        if let owner = subject?.owner, measured.contains(pronoun) { return (owner.named, owner.narrowing) }
        if let subject { return (subject.named, subject.narrowing) }
        // “May I keep passwords in my browser?” is about what I do, which no pronoun stands for.
        let asking = ConversationWords.words(of: previous.text).map { $0.lowercased() }
        let isOfSpeaker = asking.contains { ["i", "we", "you"].contains($0) }
        // What takes more words is no name for anything, nor is what points on.
        let topic = ConversationWords.words(of: previous.topic).map { $0.lowercased() }
        let isName =
            topic.count <= longestName && ConversationWords.pronouns.isDisjoint(with: topic)
        return (isOfSpeaker || !isName ? "" : previous.topic, "")
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

    private static let longestName = 6
    private static let demonstratives: Set<String> = ["this", "that", "these", "those"]
    private static let owners: Set<String> = ["its", "their", "his"]
    /// What stands for whatever has a measure, rather than for the measure.
    private static let measured: Set<String> = [
        "it", "its", "they", "them", "their", "he", "she", "his", "her",
    ]
    /// What may stand behind such a demonstrative.
    private static let verbs: Set<String> = ConversationWords.auxiliaries.union([
        "happens", "happened", "if", "allowed", "for", "in", "at", "to", "by", "on", "apply", "applies",
        "possible", "mean", "means", "work", "happen", "cost", "costs", "take", "last", "and", "or",
        "written", "paid", "kept", "done", "be", "need", "needs", "also", "the", "too", "then", "again",
        "true", "still", "usually", "normally", "really", "ever", "go", "goes", "off", "out", "up", "through",
        "with", "from", "before", "after", "not", "only", "change", "include", "count",
    ])
}
