/// Makes a question that points back stand alone, from everything that was said before it.
///
/// The words stay the caller's own: a pronoun is replaced by what the question before was about or found, what has no
/// verb takes its place in the question before, and nothing is invented.
struct FollowUp: Sendable {
    /// What was asked before, oldest first.
    private let earlier: [Standing]

    /// A question that stands alone, and what it is about.
    struct Standing: Sendable {
        var text: String
        var topic: String
        /// What was found, if that is a name or a few words.
        var found: ShortAnswer?

        init(_ text: String, topic: String, answer: String) {
            self.text = ConversationWords.expanded(text)
            self.topic = topic
            found = ShortAnswer(answer, to: text)
        }
    }

    init(_ conversation: [Question.Turn]) {
        var standing: [Standing] = []
        for turn in conversation {
            let question = turn.question.trimmingWhiteSpace()
            let (text, topic) =
                standing.last.flatMap { Self.pointsBack(question) ? Self.join($0, question) : nil }
                ?? (question, Self.topic(of: question))
            standing.append(Standing(text, topic: topic, answer: turn.answer))
        }
        earlier = standing
    }

    /// The question as it is asked when nothing was said before it.
    func standalone(_ question: String) -> String {
        guard let previous = earlier.last else { return question }
        let asked = Self.withoutAside(question)
        return Self.pointsBack(asked) ? Self.join(previous, asked).text : asked
    }

    /// “Who signs the form, by the way?”: “Who signs the form?”
    private static func withoutAside(_ question: String) -> String {
        let bare = ConversationWords.bare(question)
        for aside in [", anyway", ", by the way", ", please", ", then"]
        where bare.lowercased().hasSuffix(aside) {
            return bare.dropLast(aside.count) + "?"
        }
        return question
    }

    // MARK: Whether something came before

    private static let references: Set<String> = ConversationWords.pronouns.union([
        "there", "then", "one", "ones", "same", "else", "also", "instead", "former", "latter", "too",
    ])

    private static let comparatives: Set<String> = [
        "longer", "more", "less", "fewer", "earlier", "later", "sooner", "higher", "lower", "cheaper",
        "faster",
        "slower", "bigger", "larger", "smaller", "further", "another", "extra",
    ]

    static func pointsBack(_ question: String) -> Bool {
        let words = ConversationWords.words(of: question).map { $0.lowercased() }
        if words.count <= 3 { return true }
        if Ellipsis(question) != nil { return true }
        // “Can I get longer?” compares with what was said, and says nothing else.
        if words.contains(where: comparatives.contains), !words.contains("than"),
            ConversationWords.contentCount(words.filter { !comparatives.contains($0) }) == 0
        {
            return true
        }
        if let first = words.first, ConversationWords.openings.contains(first) {
            // “And who approves the travel budget of interns?” says all by itself.
            if ConversationWords.contentCount(words.dropFirst()) < 4 { return true }
        }
        return words.enumerated().contains { offset, word in
            references.contains(word) && !Antecedent.isWithin(word, at: offset, in: words)
        }
    }

    // MARK: Joining

    private static func join(_ previous: Standing, _ question: String) -> (text: String, topic: String) {
        if let filled = Ellipsis(question)?.filled(into: previous.text) { return (filled, topic(of: filled)) }
        let topic = topic(previous.topic, and: topic(of: question))
        if let replaced = Antecedent.replaced(in: question, after: previous) { return (replaced, topic) }
        let words = question.split(separator: " ")
        let opens = words.first.map { ConversationWords.openings.contains($0.lowercased()) } == true
        let asked = opens && words.count > 1 ? words.dropFirst().joined(separator: " ") : question
        return ("\(ConversationWords.bare(asked)), \(previous.topic)?", topic)
    }

    /// Words of a topic at most: what was said long ago gives way.
    private static let topicLimit = 10

    /// What a thread is about: what it was about, and what is new in it.
    private static func topic(_ old: String, and new: String) -> String {
        let known = old.split(separator: " ").map(String.init)
        let added = new.split(separator: " ").map(String.init).filter { word in
            !references.contains(word.lowercased())
                && !ConversationWords.openings.contains(word.lowercased())
                && !known.contains { $0.lowercased() == word.lowercased() }
        }
        return (known + added).suffix(topicLimit).joined(separator: " ")
    }

    /// What a question is about: what is left of it behind its question words and auxiliaries.
    private static func topic(of question: String) -> String {
        let question = ConversationWords.expanded(question)
        let words = ConversationWords.words(of: question)
        if !words.contains(where: { ConversationWords.auxiliaries.contains($0.lowercased()) }),
            let subject = AskedSubject(of: question)
        {
            return subject.text
        }
        return words.drop { ConversationWords.asking.contains($0.lowercased()) }.joined(separator: " ")
    }
}
