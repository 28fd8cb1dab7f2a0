/// Words of English, and a few of German, by what they do in a question.
enum ConversationWords {
    static let auxiliaries: Set<String> = [
        "do", "does", "did", "is", "are", "was", "were", "may", "can", "could", "must", "should", "shall",
        "will", "would", "has", "have", "had",
    ]
    static let prepositions: Set<String> = [
        "in", "at", "for", "on", "of", "from", "with", "by", "to", "during", "after", "before", "under",
        "over", "between", "within", "without", "about", "as", "per", "into",
    ]
    static let articles: Set<String> = ["the", "a", "an", "der", "die", "das", "ein", "eine"]
    static let openings: Set<String> = ["and", "but", "or", "so", "und", "aber", "oder"]
    /// Words before what is meant: “the”, “my”.
    static let determiners: Set<String> = articles.union([
        "my", "our", "your", "their", "its", "his", "her", "this", "that", "these", "those", "each", "every",
    ])
    static let pronouns: Set<String> = [
        "it", "its", "they", "them", "their", "he", "she", "him", "her", "his", "this",
        "that", "these", "those",
    ]
    /// What makes a sentence a question of its own.
    static let questioning: Set<String> = auxiliaries.union([
        "who", "whom", "whose", "what", "when", "where", "which", "why", "how", "since", "until", "i", "we",
        "you", "wer", "wen", "wem", "wann", "wo", "warum", "wie", "was", "welche", "welcher", "ist", "sind",
        "darf", "kann", "muss",
    ])
    /// Question words and what stands with them before a question comes to what it is about.
    static let asking: Set<String> = auxiliaries.union([
        "who", "whom", "whose", "what", "when", "where", "which", "why", "how", "many", "much", "long",
        "often", "far", "i", "we", "you", "the", "a", "an", "my", "our", "in", "until", "by", "at", "to",
        "for",
        "and", "time", "get", "so", "but", "there", "of", "soon",
    ]).subtracting(["shall"])
    static let questionWords: Set<String> = [
        "who", "whom", "whose", "what", "when", "where", "which", "why", "how", "wer", "wen", "wem", "wessen",
        "was", "wann", "wo", "wohin", "woher", "warum", "wie", "wieviel", "welche", "welcher", "welches",
        "welchem", "welchen",
    ]
    /// What may stand before a question word: “by when”, “up to how much”.
    static let fronted: Set<String> = prepositions.union([
        "until", "till", "above", "below", "up", "since", "through", "against", "into", "towards", "near",
        "behind", "beside", "out", "off", "bis", "seit", "von", "mit", "bei", "ab", "für", "auf", "nach",
        "vor", "um", "zu", "aus", "durch", "gegen", "ohne", "unter", "über",
    ])
    /// What “how” asks for the degree of.
    private static let degrees: Set<String> = [
        "many", "much", "long", "often", "far", "soon", "late", "early", "high", "big", "large", "old",
        "fast", "quickly", "viel", "viele", "lange", "oft", "hoch",
    ]
    private static let participles: Set<String> = [
        "kept", "held", "paid", "sent", "given", "taken", "made", "done", "written", "sold", "bought",
        "found",
        "shown", "told", "met", "left", "lost", "cut", "put", "set", "read", "built", "stored", "known",
    ]
    static let days: Set<String> = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend", "weekends",
        "weekday", "weekdays", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays",
        "sundays", "holiday", "holidays",
    ]

    /// Characters in which it shows what a text begins with, whatever follows.
    static let openingLength = 80

    static func words(of text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber && !"'’-_./@".contains($0) }
            .map { $0.trimming { $0 == "." } }.filter { !$0.isEmpty }
    }

    /// “What's the limit?”: “What is the limit?” A text in capitals alone is taken as if it had none: its “IT” is “it”.
    static func expanded(_ text: String) -> String {
        let text = text.contains(where: \.isLowercase) ? text : text.lowercased()
        return text.split(separator: " ", omittingEmptySubsequences: false).map { part in
            let lower = part.lowercased()
            for word in ["what", "who", "where", "when", "how", "there"]
            where lower == word + "'s" || lower == word + "’s" {
                return part.prefix(word.count) + " is"
            }
            return part
        }.joined(separator: " ")
    }

    /// A word as it may stand for something: in lower case, without marks; “it's” stays whole.
    static func reference(_ part: String) -> String {
        let word = part.prefix { $0.isLetter }
        // “Who works at the IT corner?”
        if word.count > 1, word.allSatisfy(\.isUppercase) { return String(word) }
        let isJoined = part.dropFirst(word.count + 1).first?.isLetter == true && !word.isEmpty
        return (isJoined ? part : String(word)).lowercased()
    }

    /// Without white space and the mark at its end.
    static func bare(_ question: String) -> String {
        question.trimming { $0.isWhitespace || "?？.!".contains($0) }
    }

    /// How many words a question begins with before it says anything: two of “by when”, three of “up to how much”;
    /// `nil` for what does not begin with a question word.
    static func askingLength(_ lower: [String]) -> Int? {
        let front = lower.prefix(2).prefix { fronted.contains($0) }.count
        guard front < lower.count, questionWords.contains(lower[front]),
            front > 0 || lower[front] != "was" || lower.contains(where: { $0 == "ist" || $0 == "sind" })
        else { return nil }
        let behind = front + 1
        guard ["how", "wie"].contains(lower[front]), behind < lower.count, degrees.contains(lower[behind])
        else { return behind }
        return behind + 1
    }

    /// Whether a word says what was done with what the question is about: “kept”, “waived”.
    static func isParticiple(_ word: String) -> Bool {
        participles.contains(word) || word.count > 4 && word.hasSuffix("ed")
    }

    /// Words that say what a text is about.
    static func contentCount(_ words: some Sequence<String>) -> Int {
        words.count { !asking.contains($0) && !pronouns.contains($0) && !prepositions.contains($0) }
    }
}

extension StringProtocol {
    func trimmingWhiteSpace() -> String { trimming(\.isWhitespace) }

    /// Without what stands at either end.
    func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        String(drop(while: isTrimmed).reversed().drop(while: isTrimmed).reversed())
    }
}
