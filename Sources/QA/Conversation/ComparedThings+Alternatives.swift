extension ComparedThings {
    /// “Which is longer, the red course or the blue one?”, “Which costs more, a dog or a cat?”
    static func alternatives(_ words: [String]) -> (String, String)? {
        let lower = words.map { $0.lowercased() }
        guard ["which", "what", "who"].contains(lower[0]), lower.count(where: { $0 == "or" }) == 1,
            let or = lower.lastIndex(of: "or"),
            let comma = words[..<or].lastIndex(where: { $0.hasSuffix(",") }), comma > 1,
            (1...6).contains(or - comma - 1), (1...6).contains(words.count - or - 1)
        else { return nil }
        let head = Array(words[1..<comma]) + [String(words[comma].dropLast())]
        let left = Array(words[(comma + 1)..<or])
        var right = Array(words[(or + 1)...])
        // “the red course or the blue one”
        if let last = right.last, right.count > 1, ["one", "ones"].contains(last.lowercased()) {
            right = right.dropLast() + left.suffix(1)
        }
        guard let first = asked(of: left, head), let second = asked(of: right, head) else { return nil }
        return (first, second)
    }

    /// “How long is the red course?” for “is longer”, “How much does a dog cost?” for “costs more”.
    private static func asked(of thing: [String], _ head: [String]) -> String? {
        let lower = head.map { $0.lowercased() }
        guard let degree = lower.lastIndex(where: { degrees[$0] != nil }), degree > 0,
            let asking = degrees[lower[degree]]
        else { return nil }
        let verb = lower[degree - 1]
        let rest = Array(head[(degree + 1)...])
        let isMore = ["more", "less", "fewer"].contains(lower[degree])
        if ["is", "are", "was", "were"].contains(verb) {
            if isMore, let quality = rest.first {
                return (["How", quality, verb] + thing + rest.dropFirst()).joined(separator: " ") + "?"
            }
            guard !asking.isEmpty else { return nil }
            return (["How", asking, verb] + thing + rest).joined(separator: " ") + "?"
        }
        guard let base = base(of: verb), !asking.isEmpty else { return nil }
        let counted =
            isMore ? rest.prefix { !ConversationWords.prepositions.contains($0.lowercased()) } : []
        let amount = !isMore ? asking : counted.last?.hasSuffix("s") == true ? "many" : "much"
        let start = ["How", amount] + counted + ["does"] + thing + [base]
        return (start + rest.dropFirst(counted.count)).joined(separator: " ") + "?"
    }

    /// “cost” of “costs”; `nil` for what is no verb of one thing.
    private static func base(of verb: String) -> String? {
        let irregular = ["has": "have", "does": "do", "goes": "go"]
        if let base = irregular[verb] { return base }
        guard verb.count > 3, verb.hasSuffix("s"), !verb.hasSuffix("ss") else { return nil }
        if verb.hasSuffix("ies") { return verb.dropLast(3) + "y" }
        if ["ches", "shes", "sses", "xes"].contains(where: verb.hasSuffix) {
            return String(verb.dropLast(2))
        }
        return String(verb.dropLast())
    }
}
