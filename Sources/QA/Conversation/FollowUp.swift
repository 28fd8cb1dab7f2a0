import Text

/// Makes a question that points back stand alone, from everything that was said before it.
///
/// The words stay the caller's own: a pronoun is replaced by what the question before was about, a name that takes
/// another's place takes it there, and nothing is invented.
struct FollowUp: Sendable {
    /// What was asked before, oldest first.
    private let earlier: [Standing]

    /// A question that stands alone, and what it is about.
    private struct Standing: Sendable {
        var text: String
        var topic: String
    }

    init(_ conversation: [Question.Turn]) {
        var standing: [Standing] = []
        for turn in conversation {
            let question = turn.question.trimmingWhiteSpace()
            if Self.pointsBack(question), let previous = standing.last {
                standing.append(Self.join(previous, question))
            } else {
                standing.append(Standing(text: question, topic: Self.topic(of: question)))
            }
        }
        earlier = standing
    }

    /// The question as it is asked when nothing was said before it.
    func standalone(_ question: String) -> String {
        guard let previous = earlier.last, Self.pointsBack(question) else { return question }
        return Self.join(previous, question).text
    }

    // MARK: Whether something came before

    private static let pronouns: Set<String> = [
        "it", "its", "they", "them", "their", "he", "she", "him", "her", "his", "this", "that", "these",
        "those",
    ]
    private static let references: Set<String> = pronouns.union([
        "there", "then", "one", "ones", "same", "else", "also", "instead", "former", "latter", "too",
    ])
    private static let openings: Set<String> = ["and", "but", "or", "so", "und", "aber", "oder"]

    static func pointsBack(_ question: String) -> Bool {
        let words = words(of: question).map { $0.lowercased() }
        if words.count <= 3 { return true }
        if let first = words.first, openings.contains(first) { return true }
        if words.count <= 6, ["what about", "how about"].contains(words.prefix(2).joined(separator: " ")) {
            return true
        }
        return words.enumerated().contains { offset, word in
            references.contains(word) && !isConjunction(word, at: offset, in: words)
        }
    }

    /// “The form that staff fill in”, “if it rains” point nowhere back.
    private static func isConjunction(_ word: String, at offset: Int, in words: [String]) -> Bool {
        switch word {
        case "that":
            offset > 1 && !["is", "does", "was", "of", "for", "about", "in"].contains(words[offset - 1])
        case "it":
            offset + 1 < words.count
                && ["rains", "snows", "possible", "okay", "ok"].contains(words[offset + 1])
        case "there": offset > 0 && ["is", "are", "was", "were"].contains(words[offset - 1])
        case "one": offset > 0 && ["which", "no", "any"].contains(words[offset - 1])
        default: false
        }
    }

    // MARK: Joining

    private static func join(_ previous: Standing, _ question: String) -> Standing {
        if let renamed = replacingName(in: previous.text, by: question) {
            return Standing(text: renamed, topic: topic(of: renamed))
        }
        let topic = topic(previous.topic, and: topic(of: question))
        if let replaced = replacingPronoun(in: question, by: previous.topic) {
            return Standing(text: replaced, topic: topic)
        }
        let words = question.split(separator: " ")
        let asked =
            words.first.map { openings.contains($0.lowercased()) } == true && words.count > 1
            ? words.dropFirst().joined(separator: " ") : question
        let bare = asked.last.map { "?？.!".contains($0) } == true ? String(asked.dropLast()) : asked
        return Standing(text: "\(bare), \(previous.topic)?", topic: topic)
    }

    /// Words of a topic at most: what was said long ago gives way.
    private static let topicLimit = 10

    /// What a thread is about: what it was about, and what is new in it.
    private static func topic(_ old: String, and new: String) -> String {
        let known = old.split(separator: " ").map(String.init)
        let added = new.split(separator: " ").map(String.init).filter { word in
            !references.contains(word.lowercased()) && !openings.contains(word.lowercased())
                && !known.contains { $0.lowercased() == word.lowercased() }
        }
        return (known + added).suffix(topicLimit).joined(separator: " ")
    }

    /// “How many desks has the Rotterdam office?” and “and Halifax?”: the name takes the other's place.
    private static func replacingName(in previous: String, by question: String) -> String? {
        let words = words(of: question)
        guard words.count <= 7, words.allSatisfy({ !pronouns.contains($0.lowercased()) }) else { return nil }
        let new = names(in: question)
        let old = names(in: previous)
        let rest = words.map { $0.lowercased() }.filter {
            !fillers.contains($0) && !new.map { $0.lowercased() }.contains($0)
        }
        guard new.count == 1, old.count == 1, rest.isEmpty else { return nil }
        return previous.replacing(old[0], with: new[0])
    }

    private static let fillers: Set<String> = [
        "and", "but", "or", "so", "what", "how", "about", "in", "at", "for", "on", "of", "the", "a", "an",
        "to", "is",
        "it", "und", "aber", "was", "ist", "mit", "bei", "für", "der", "die", "das",
    ]

    /// Words in capitals, begun large inside the sentence, or with a figure.
    private static func names(in text: String) -> [String] {
        words(of: text).enumerated().filter { offset, word in
            word.contains(where: \.isNumber)
                || offset > 0 && word.contains(where: \.isUppercase) && word != "I"
        }.map(\.element)
    }

    /// “When do they lapse?” after “How many leave days carry over?”: “When do leave days carry over lapse?”
    private static func replacingPronoun(in question: String, by topic: String) -> String? {
        guard !topic.isEmpty else { return nil }
        var result = ""
        var isReplaced = false
        for part in question.split(separator: " ", omittingEmptySubsequences: false) {
            let word = String(part.prefix { $0.isLetter })
            if !isReplaced, pronouns.contains(word.lowercased()) {
                isReplaced = true
                result += (result.isEmpty ? "" : " ") + topic + part.dropFirst(word.count)
            } else {
                result += (result.isEmpty ? "" : " ") + part
            }
        }
        return isReplaced ? result : nil
    }

    /// What a question is about: what is left of it behind its question words and auxiliaries.
    private static func topic(of question: String) -> String {
        let words = words(of: question)
        let rest = words.drop { asking.contains($0.lowercased()) }
        return rest.joined(separator: " ")
    }

    private static let asking: Set<String> = [
        "who", "whom", "whose", "what", "when", "where", "which", "why", "how", "many", "much", "long",
        "often", "far",
        "do", "does", "did", "is", "are", "was", "were", "may", "can", "could", "must", "should", "will",
        "would", "has",
        "have", "had", "i", "we", "you", "the", "a", "an", "my", "our", "in", "until", "by", "at", "to",
        "for", "and",
        "time", "get", "so", "but", "there", "of",
    ]

    private static func words(of text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber && !"'’-_./@".contains($0) }
            .map { $0.trimmingCharacters(".") }.filter { !$0.isEmpty }
    }
}

extension StringProtocol {
    func trimmingWhiteSpace() -> String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    fileprivate func trimmingCharacters(_ character: Character) -> String {
        String(drop { $0 == character }.reversed().drop { $0 == character }.reversed())
    }
}
