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

    init?(of question: String) {
        let words = question.split { $0.isWhitespace || "?!,;:".contains($0) }.map(String.init)
        let auxiliary = words.firstIndex { ConversationWords.auxiliaries.contains($0.lowercased()) }
        guard let start = auxiliary.map({ $0 + 1 }) ?? Self.object(words) else { return nil }
        var rest = words[start...]
        guard let first = rest.first, !Self.speakers.contains(first.lowercased()) else { return nil }
        let article = Self.articles.contains(first.lowercased()) ? first.lowercased() : nil
        if article != nil { rest = rest.dropFirst() }
        // What stands first is no verb, whatever it can be elsewhere: “the support director”.
        var end =
            auxiliary == nil
            ? rest.endIndex
            : rest.dropFirst().firstIndex { Self.enders.contains($0.lowercased()) } ?? rest.endIndex
        var subject = rest[..<end]
        // “When is the pump oiled?”
        if auxiliary != nil, let last = subject.last, subject.count > 1, last.hasSuffix("ed") {
            subject = subject.dropLast()
        }
        guard (1...(auxiliary == nil ? 6 : 4)).contains(subject.count) else { return nil }
        if end < rest.endIndex, rest[end].lowercased() == "of", end == subject.endIndex {
            let owner = rest[(end + 1)...].prefix { !Self.enders.contains($0.lowercased()) }
            if !owner.isEmpty, owner.count <= 4 {
                subject = rest[subject.startIndex..<owner.endIndex]
                end = owner.endIndex
            }
        }
        let told = subject.joined(separator: " ")
        text = told
        named = article.map { ["a", "an"].contains($0) ? "the \(told)" : "\($0) \(told)" } ?? told
        let narrows = end < rest.endIndex && ConversationWords.prepositions.contains(rest[end].lowercased())
        narrowing = narrows ? rest[end...].joined(separator: " ") : ""
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
    private static let enders: Set<String> = ConversationWords.prepositions.union([
        "when", "if", "while", "because", "until", "since", "who", "whom", "which", "that", "where", "and",
        "or", "than", "be", "been", "have", "not", "also", "only", "still", "usually", "normally",
        "always", "need", "needs", "require", "allow", "allowed", "cost", "last", "take", "promise", "answer",
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
