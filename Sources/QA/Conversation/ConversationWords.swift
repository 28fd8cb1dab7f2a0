/// Words of English, and a few of German, by what they do in a question.
enum ConversationWords {
    static let auxiliaries: Set<String> = [
        "do", "does", "did", "is", "are", "was", "were", "may", "can", "could", "must", "should", "shall",
        "will", "would", "has", "have", "had",
    ]
    static let prepositions: Set<String> = [
        "in", "at", "for", "on", "of", "from", "with", "by", "to", "during", "after", "before", "under",
        "over", "between", "within", "without", "about", "as", "per",
    ]
    static let articles: Set<String> = ["the", "a", "an", "der", "die", "das", "ein", "eine"]
    static let openings: Set<String> = ["and", "but", "or", "so", "und", "aber", "oder"]
    static let pronouns: Set<String> = [
        "it", "its", "they", "them", "their", "he", "she", "him", "her", "his", "this", "that", "these",
        "those",
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
        "and", "time", "get", "so", "but", "there", "of",
    ]).subtracting(["shall"])
    static let days: Set<String> = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend", "weekends",
        "weekday", "weekdays", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays",
        "sundays", "holiday", "holidays",
    ]

    static func words(of text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber && !"'’-_./@".contains($0) }
            .map { $0.trimming { $0 == "." } }.filter { !$0.isEmpty }
    }

    /// “What's the limit?”: “What is the limit?”
    static func expanded(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { part in
            let lower = part.lowercased()
            for word in ["what", "who", "where", "when", "how", "that", "it"]
            where lower == word + "'s" || lower == word + "’s" {
                return part.prefix(word.count) + " is"
            }
            return part
        }.joined(separator: " ")
    }

    /// Without white space and the mark at its end.
    static func bare(_ question: String) -> String {
        question.trimming { $0.isWhitespace || "?？.!".contains($0) }
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
