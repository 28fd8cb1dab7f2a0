extension AskedQuestion {
    /// Judged by the question words of English and German, wherever in the question they stand.
    static func kind(_ text: String) -> Kind {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" && $0 != "’" }
            .map(String.init)
        let runs = Set(
            words.indices.flatMap { first in
                words[first...].prefix(longestPhrase).indices.map {
                    words[first...$0].joined(separator: " ")
                }
            })
        func says(_ phrases: Set<String>) -> Bool { !runs.isDisjoint(with: phrases) }
        if says(timePhrases) { return .time }
        if says(amountPhrases) { return .amount }
        if says(procedurePhrases) { return .procedure }
        if says(["who", "whom", "whose", "wer", "wen", "wem"]) { return .person }
        if says(["why", "warum", "wieso", "weshalb"]) { return .reason }
        if says(["where", "wo", "wohin"]) { return .place }
        let isAsked = !says(["what", "which", "how", "was", "welche", "welcher", "welches", "wie"])
        if isAsked, let first = words.first, auxiliaries.contains(first) {
            return says(["or", "oder"]) ? .choice : .yesOrNo
        }
        // “My screen is broken, can I get another one?”
        if isAsked, text.hasSuffix("?"),
            says(["may i", "can i", "do i", "am i", "is it", "may we", "can we"])
        {
            return .yesOrNo
        }
        return .open
    }

    /// Words of a phrase at most.
    private static let longestPhrase = 5

    private static let timePhrases: Set<String> = [
        "when", "what time", "in what time", "which day", "what day", "what date", "which date", "which year",
        "what year", "how long", "how soon", "how often", "how fast", "how quickly", "until what",
        "by what time",
        "how late", "how early", "which month", "what month", "wann", "wie lange", "wie oft", "seit wann",
        "bis wann",
    ]
    private static let amountPhrases: Set<String> = [
        "how many", "how much", "how far", "how big", "how large", "how high", "how old", "how heavy",
        "what percentage",
        "what share", "wie viel", "wie viele", "wieviel", "wieviele", "wie hoch", "wie schwer", "wie groß",
    ]
    private static let procedurePhrases: Set<String> = [
        "how do", "how can", "how to", "how should", "how does one", "what do i do", "what should i do",
        "what to do",
        "what do we do", "what must i do", "what now", "what steps", "was mache ich", "was tun", "wie kann",
        "wie mache",
    ]
    private static let auxiliaries: Set<String> = [
        "may", "can", "could", "is", "are", "was", "were", "do", "does", "did", "must", "should", "shall",
        "will",
        "has", "have", "am", "need", "darf", "dürfen", "kann", "können", "muss", "müssen", "ist", "sind",
        "gibt",
        "hat", "haben",
    ]
}
