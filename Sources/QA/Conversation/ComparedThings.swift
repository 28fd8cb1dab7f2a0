/// “How does the fee of a dog differ from that of a cat?”, “Is the pay better in Porto than in Ghent?”: a question for two
/// values, which a reader compares.
struct ComparedThings {
    /// The question for each value.
    let parts: (String, String)

    init?(_ question: String) {
        let words = ConversationWords.bare(question).split(separator: " ").map(String.init)
        guard words.count >= 6,
            let parts = Self.differing(words) ?? Self.between(words) ?? Self.more(words)
                ?? Self.alternatives(words)
        else { return nil }
        self.parts = parts
    }

    /// “How does … differ from that of …?”, “How does … compare with the one …?”
    private static func differing(_ words: [String]) -> (String, String)? {
        guard words[0].lowercased() == "how", ["do", "does", "did"].contains(words[1].lowercased()),
            let verb = words.firstIndex(where: { ["differ", "compare"].contains($0.lowercased()) }), verb > 2
        else { return nil }
        let behind = words[(verb + 1)...]
        guard let from = behind.firstIndex(where: { ["from", "with", "to"].contains($0.lowercased()) }),
            from + 1 < words.count
        else { return nil }
        let right = words[(from + 1)...]
        if from == verb + 1 { return values(words[2..<verb], right) }
        // “How does the red crane differ in height from the blue one?”
        guard behind.first?.lowercased() == "in", from == verb + 3 else { return nil }
        let value = "What is the \(words[verb + 2]) of"
        return (
            "\(value) \(words[2..<verb].joined(separator: " "))?", "\(value) \(right.joined(separator: " "))?"
        )
    }

    /// “What is the difference between … and that of …?”
    private static func between(_ words: [String]) -> (String, String)? {
        guard let place = words.firstIndex(where: { $0.lowercased() == "difference" }),
            place + 2 < words.count,
            words[place + 1].lowercased() == "between",
            let joint = words.lastIndex(where: { $0.lowercased() == "and" }), joint > place + 2,
            joint + 1 < words.count
        else { return nil }
        return values(words[(place + 2)..<joint], words[(joint + 1)...])
    }

    /// What is asked of both things is said with the first one only.
    private static func values(
        _ left: ArraySlice<String>, _ right: ArraySlice<String>
    ) -> (String, String)? {
        let said = left.joined(separator: " ")
        guard let other = pointing(right), let first = other.first?.lowercased() else { return nil }
        let second = other.joined(separator: " ")
        if let place = left.lastIndex(where: { $0.lowercased() == first }), place > left.startIndex {
            return ("What is \(said)?", "What is \(left[..<place].joined(separator: " ")) \(second)?")
        }
        if let owner = left.lastIndex(where: { $0.hasSuffix("'s") || $0.hasSuffix("’s") }),
            owner + 1 < left.endIndex
        {
            return (
                "What is \(said)?", "What is the \(left[(owner + 1)...].joined(separator: " ")) \(second)?"
            )
        }
        return ("What is \(said)?", "What is \(said) \(second)?")
    }

    /// “that of a cat”, “in Ghent” as “of a cat”, “in Ghent”; `nil` for a thing by itself.
    private static func pointing(_ words: ArraySlice<String>) -> ArraySlice<String>? {
        var words = words
        if ["that", "those"].contains(words.first?.lowercased()) {
            words = words.dropFirst()
        } else if words.first?.lowercased() == "the",
            ["one", "ones"].contains(words.dropFirst().first?.lowercased())
        {
            words = words.dropFirst(2)
        }
        guard let first = words.first, words.count > 1,
            ConversationWords.prepositions.contains(first.lowercased())
        else { return nil }
        return words
    }

    /// “Do I get more holidays in Ghent than in Porto?”, “Is the life of a key longer than that of a cursor?”
    private static func more(_ words: [String]) -> (String, String)? {
        let lower = words.map { $0.lowercased() }
        guard ConversationWords.auxiliaries.contains(lower[0]), let than = lower.lastIndex(of: "than"),
            lower.count(where: { $0 == "than" }) == 1, (1...7).contains(words.count - than - 1),
            let degree = lower[..<than].lastIndex(where: { degrees[$0] != nil }), degree > 1,
            let asking = degrees[lower[degree]]
        else { return nil }
        let right = words[(than + 1)...]
        let compared =
            (pointing(right) ?? right).drop { ConversationWords.articles.contains($0.lowercased()) }.first
            ?? ""
        guard !compared.contains(where: \.isNumber), !plain.contains(compared.lowercased()) else {
            return nil
        }
        let left = Array(words[..<than])
        guard let other = other(left, right) else { return nil }
        let word = lower[degree]
        func asked(_ words: [String]) -> String? {
            guard let degree = words.lastIndex(where: { $0.lowercased() == word }) else { return nil }
            let head = [words[0].lowercased()] + words[1..<degree]
            let rest = words[(degree + 1)...]
            // What there is more of stands behind the word: “more holidays in Ghent”.
            // “a bigger budget”
            let isOfThing = ["a", "an"].contains(head.last)
            // “more expensive”
            if ["more", "less"].contains(word), rest.count == 1,
                ["is", "are", "was", "were"].contains(head[0])
            {
                return (["How"] + rest + head).joined(separator: " ") + "?"
            }
            let isCounted = asking == "many" || word == "less" || isOfThing
            let counted =
                isCounted ? rest.prefix { !ConversationWords.prepositions.contains($0.lowercased()) } : []
            // “Does it cost more …?” asks for an amount.
            let amount = word == "more" && counted.isEmpty ? "much" : asking
            var all = isOfThing ? ["What"] : asking.isEmpty ? ["How"] : ["How", amount]
            all += counted
            all += isOfThing ? head.dropLast() : head
            all += rest.dropFirst(counted.count)
            return all.joined(separator: " ") + "?"
        }
        guard let first = asked(left), let second = asked(other) else { return nil }
        return (first, second)
    }

    /// The words before “than” with the other thing in the first one's place.
    private static func other(_ left: [String], _ right: ArraySlice<String>) -> [String]? {
        if let pointing = pointing(right), let first = pointing.first?.lowercased() {
            guard let place = left.lastIndex(where: { $0.lowercased() == first }), place > 1 else {
                return nil
            }
            // What stands behind the first thing stays: “Is the life of a key longer”.
            let end = left[(place + 1)...].firstIndex {
                degrees[$0.lowercased()] != nil || ConversationWords.prepositions.contains($0.lowercased())
            }
            return Array(left[..<place]) + Array(pointing) + Array(left[(end ?? left.count)...])
        }
        let head = left.prefix { degrees[$0.lowercased()] == nil }
        guard let subject = AskedSubject(of: head.joined(separator: " ")) else { return nil }
        let said = left.joined(separator: " ")
        let called =
            ["the ", "a ", "an ", ""].map { $0 + subject.text }.first { said.contains($0) } ?? subject.text
        return said.replacing(called, with: right.joined(separator: " "), maxReplacements: 1)
            .split(separator: " ").map(String.init)
    }

    /// How one asks for what is compared.
    static let degrees = [
        "more": "many", "fewer": "many", "less": "much", "better": "", "worse": "", "longer": "long",
        "shorter": "long", "higher": "high", "lower": "high", "larger": "large", "bigger": "large",
        "smaller": "large", "earlier": "early", "later": "late", "sooner": "soon", "faster": "fast",
        "quicker": "fast", "slower": "fast", "cheaper": "much", "dearer": "much", "older": "old",
        "hotter": "hot", "colder": "cold", "warmer": "warm", "wider": "wide", "thicker": "thick",
        "lighter": "heavy", "deeper": "deep", "taller": "tall", "stronger": "strong", "oftener": "often",
        "heavier": "heavy", "stricter": "strict", "farther": "far", "further": "far",
    ]
    private static let plain: Set<String> = [
        "usual", "normal", "expected", "before", "planned", "allowed", "one", "two", "three", "four", "five",
        "six", "seven", "eight", "ten", "that", "this", "half", "once", "twice", "needed", "necessary", "i",
        "we", "you", "they", "it",
    ]
}
