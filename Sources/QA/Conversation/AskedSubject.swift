/// What an English question says something of: “the crane” in “How many approvals does the crane need in review?”.
///
/// Found by the auxiliary before it and the verb or preposition behind it. A question without an auxiliary is of what
/// stands behind its verb: “Who keeps the Python library?”. A question about whoever asks it has none here.
struct AskedSubject: Sendable, Hashable {
    /// As it stands in the question, without its article; with what belongs to it by an “of”.
    let text: String
    /// The same as it is called when it was named before: with “the”, or whose it is.
    let named: String
    /// What narrows it, from its preposition on: “in the Netherlands”; empty if nothing does.
    let narrowing: String
    /// Whose it is where it is a mere measure, which nobody asks more of: “the seal” of “the price of the seal”.
    let owner: Owner?

    /// What has a measure.
    struct Owner: Sendable, Hashable {
        /// With its article.
        let named: String
        /// As ``AskedSubject/narrowing``.
        let narrowing: String
    }

    init?(of question: String) {
        let words = question.split { $0.isWhitespace || "?!,;:".contains($0) }.map(String.init)
        let auxiliary = words.firstIndex { ConversationWords.auxiliaries.contains($0.lowercased()) }
        guard let start = auxiliary.map({ $0 + 1 }) ?? Self.object(words) else { return nil }
        let lower = words.map { $0.lowercased() }
        var rest = words[start...]
        // “before we must freeze it” is of us.
        if let auxiliary, auxiliary > 0, ["i", "we", "you"].contains(lower[auxiliary - 1]) { return nil }
        let isBeing = auxiliary.map { ["is", "are", "was", "were"].contains(lower[$0]) } ?? false
        // “How many records were merged?” is of the records.
        if let auxiliary, isBeing, let state = lower[start...].first,
            ConversationWords.isParticiple(state) || Self.states.contains(state)
                || ConversationWords.prepositions.contains(state)
        {
            guard let length = ConversationWords.askingLength(lower), length < auxiliary else { return nil }
            rest = words[length..<auxiliary]
            guard rest.count <= 4, ConversationWords.prepositions.isDisjoint(with: lower[length..<auxiliary])
            else { return nil }
            text = rest.joined(separator: " ")
            (named, narrowing, owner) = ("the \(text)", "", nil)
            return
        }
        guard let first = rest.first, !Self.speakers.contains(first.lowercased()) else { return nil }
        // “Who may change the tariff?” is of the tariff.
        if lower[0] == "who", let auxiliary, auxiliary == 1, !isBeing, rest.count > 1,
            !Self.articles.contains(first.lowercased()), Self.articles.contains(lower[start + 1])
        {
            rest = rest.dropFirst()
        }
        guard let first = rest.first else { return nil }
        let article = Self.articles.contains(first.lowercased()) ? first.lowercased() : nil
        if article != nil { rest = rest.dropFirst() }
        // What stands first is no verb, whatever it can be elsewhere: “the support director”.
        var end =
            auxiliary == nil
            ? rest.endIndex
            : rest.indices.dropFirst().first {
                // “Has the crane a name?”
                ConversationWords.articles.contains(lower[$0])
                    || (isBeing ? Self.endsState(lower[$0]) : Self.ends(lower[$0...]))
            } ?? rest.endIndex
        var subject = rest[..<end]
        // “When is the pump oiled?”
        if auxiliary != nil, let last = subject.last, subject.count > 1, last.hasSuffix("ed") {
            subject = subject.dropLast()
        }
        guard (1...(auxiliary == nil ? 6 : 4)).contains(subject.count) else { return nil }
        let isMeasure =
            lower.first == "what" && auxiliary == 1
            && subject.last.map { Self.measures.contains($0.lowercased()) } == true
        var owned: ArraySlice<String> = []
        if end < rest.endIndex, rest[end].lowercased() == "of", end == subject.endIndex {
            let owner = rest[(end + 1)...].prefix {
                let word = $0.lowercased()
                return isBeing
                    ? !Self.endsState(word)
                    : !Self.enders.contains(word) && !ConversationWords.isParticiple(word)
            }
            if !owner.isEmpty, owner.count <= 4 {
                subject = rest[subject.startIndex..<owner.endIndex]
                end = owner.endIndex
                owned = owner
            }
        }
        let told = subject.joined(separator: " ")
        text = told
        named = article.map { ["a", "an"].contains($0) ? "the \(told)" : "\($0) \(told)" } ?? told
        let narrows = end < rest.endIndex && ConversationWords.prepositions.contains(rest[end].lowercased())
        narrowing = narrows ? rest[end...].joined(separator: " ") : ""
        if owned.isEmpty, narrows, rest[end].lowercased() == "for", end + 1 < rest.endIndex {
            owner = isMeasure ? Owner(named: Self.known(rest[(end + 1)...]), narrowing: "") : nil
        } else {
            owner =
                isMeasure && !owned.isEmpty
                ? Owner(named: Self.known(owned), narrowing: narrowing) : nil
        }
    }

    /// As it is called when it was named before.
    private static func known(_ words: ArraySlice<String>) -> String {
        guard let first = words.first, ["a", "an"].contains(first.lowercased()) else {
            return words.joined(separator: " ")
        }
        return (["the"] + words.dropFirst()).joined(separator: " ")
    }

    /// Whether what a question is about ends before these words, in lower case: before a preposition or a verb, and
    /// not before a noun that looks like one: “the lamp cover costs”.
    static func ends(_ words: ArraySlice<String>) -> Bool {
        guard let first = words.first, enders.contains(first) else { return false }
        guard nouns.contains(first), let next = words.dropFirst().first else { return true }
        return !enders.contains(next) || ConversationWords.prepositions.contains(next)
            || clauses.contains(next)
    }

    /// The same behind “is”, where no verb can stand: “parental leave”.
    private static func endsState(_ word: String) -> Bool {
        ConversationWords.prepositions.contains(word) || clauses.contains(word) || states.contains(word)
            || ConversationWords.isParticiple(word)
    }

    /// Where what a verb is about begins: “the ledger” in “Which team owns the ledger”.
    private static func object(_ words: [String]) -> Int? {
        switch words.first?.lowercased() {
        case "who": words.count > 2 ? 2 : nil
        case "which", "what": words.count > 3 && words[2].hasSuffix("s") ? 3 : nil
        default: nil
        }
    }

    private static let speakers: Set<String> = [
        "i", "we", "you", "one", "it", "they", "he", "she", "there", "this", "that", "these", "those",
        "anyone", "somebody", "someone", "people",
    ]
    private static let articles: Set<String> = [
        "the", "a", "an", "my", "our", "your", "their", "its", "his", "her",
    ]
    /// What can be asked of something, and is a figure or a name.
    private static let measures: Set<String> = [
        "price", "cost", "age", "size", "weight", "length", "height", "width", "depth", "volume", "colour",
        "color", "name", "title", "capacity", "temperature", "speed", "version", "lifetime", "location",
    ]
    /// Verbs that are nouns just as well.
    private static let nouns: Set<String> = [
        "cover", "order", "report", "charge", "answer", "check", "sign", "print", "lead", "stand",
    ]
    private static let states: Set<String> = [
        "responsible", "due", "available", "open", "closed", "free", "valid", "possible", "necessary",
        "used", "called", "big", "old", "allowed", "better", "worse",
    ]
    private static let clauses: Set<String> = [
        "when", "if", "while", "because", "until", "since", "who", "whom", "which", "that", "where", "and",
        "or", "than", "also", "only", "still", "usually", "normally", "always", "long", "not",
    ]
    private static let enders: Set<String> = ConversationWords.prepositions.union(clauses).union([
        "be", "been", "have", "need", "needs", "require", "allow", "allowed", "cost", "last", "take",
        "promise", "answer",
        "support", "get", "pay", "paid", "apply", "use", "used", "keep", "kept", "hold", "held", "run",
        "send",
        "sent", "expire", "live", "stay", "work", "start", "begin", "end", "open", "close", "closed", "carry",
        "give", "given", "go", "come", "happen", "mean", "contain", "include", "show", "accept", "offer",
        "provide", "cover", "reach", "receive", "return", "wait", "write", "read", "count", "stand",
        "belong", "grow", "lapse", "meet", "leave", "arrive", "sell", "buy", "store", "stored", "make",
        "made", "charge", "charged", "reset", "renew", "approve", "sign", "report", "listen", "point",
        "called",
        "named", "valid", "due", "available", "responsible", "possible", "necessary", "long", "big", "old",
        "free", "do", "allowed", "differ", "spend", "ask", "see", "find", "print", "lead", "own", "earn",
        "serve", "say", "tell", "check", "decide", "handle", "fill", "bring",
        "stop", "prevent", "protect", "collect", "clean", "fetch", "repair", "order", "deliver", "ship",
    ])
}
