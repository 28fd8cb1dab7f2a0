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
        /// What took the place of something in the question before: “a stacker” of “and for a stacker?”.
        var named: String?

        init(_ text: String, topic: String, named: String? = nil, answer: String) {
            self.text = ConversationWords.expanded(text)
            self.topic = topic
            self.named = named
            found = ShortAnswer(answer, to: text)
        }
    }

    init(_ conversation: [Question.Turn]) {
        var standing: [Standing] = []
        for turn in conversation {
            let question = turn.question.trimmingWhiteSpace()
            if let last = standing.last, let joined = Self.joined(last, question) {
                let named = Ellipsis(ConversationWords.expanded(question))?.named
                standing.append(
                    Standing(joined.text, topic: joined.topic, named: named, answer: turn.answer))
                continue
            }
            var topic = Self.topic(of: question)
            // “How soon do you answer?” has nothing of its own that it is about: the thread goes on.
            if let last = standing.last, Self.isOfSpeakerAlone(question) {
                topic = Self.topic(last.topic, and: topic)
            }
            standing.append(Standing(question, topic: topic, answer: turn.answer))
        }
        earlier = standing
    }

    /// The question as it is asked when nothing was said before it.
    func standalone(_ question: String) -> String {
        guard let previous = earlier.last else { return question }
        let asked = Self.withoutAside(question)
        return Self.joined(previous, asked)?.text ?? asked
    }

    /// A question that says too little, with what was asked before, whether or not its words point back.
    func completed(_ question: String) -> String {
        guard let previous = earlier.last else { return question }
        return Self.joined(previous, question)?.text
            ?? Self.join(previous, ConversationWords.expanded(question)).text
    }

    /// A question with what it points back to; `nil` for one that says all by itself.
    private static func joined(_ previous: Standing, _ typed: String) -> (text: String, topic: String)? {
        let question = ConversationWords.expanded(typed)
        if let named = Dislocation(question) {
            let text = named.question
            let topic = topic(of: text)
            let words = ConversationWords.words(of: text).map { $0.lowercased() }
            let needsMore =
                named.isDefinite || !named.isThing || refersBack(text)
                || ConversationWords.contentCount(words) < 2
            guard needsMore, !previous.topic.isEmpty else { return (text, topic) }
            return (
                "\(ConversationWords.bare(text)), \(previous.topic)?", Self.topic(previous.topic, and: topic)
            )
        }
        if let filled = QuestionFragment(question)?.filled(into: previous.text) {
            return (filled, topic(of: filled))
        }
        let isBack = pointsBack(question) || question != typed && pointsBack(typed)
        return isBack ? join(previous, question) : nil
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
        // “We won an account, how is it scored?” says what “it” is.
        if let told = Self.told(before: question) { return refersBack(told) }
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
        return refersBack(question)
    }

    /// Whether a word of it stands for something that is not said in it.
    private static func refersBack(_ question: String) -> Bool {
        let words = ConversationWords.words(of: question).map(ConversationWords.reference)
        let bound = BoundReference(words)
        return words.indices.contains { references.contains(words[$0]) && !bound.isBound(at: $0) }
    }

    /// The beginning of the sentence that a question has in front of what it asks, up to what is named in it: “We won”
    /// of “We won an account, how is it scored?”
    private static func told(before question: String) -> String? {
        let ends = question.indices.lazy.filter { ",.;!".contains(question[$0]) }
        for end in ends.prefix(sentenceLimit) {
            let behind = question[question.index(after: end)...].drop(while: \.isWhitespace)
            let asks = behind.prefix(ConversationWords.openingLength).split(separator: " ")
                .map { $0.lowercased() }
            guard behind.startIndex > question.index(after: end), asks.count > 1,
                ConversationWords.auxiliaries.contains(asks[0]) || ConversationWords.askingLength(asks) != nil
            else { continue }
            let told = ConversationWords.words(of: String(question[..<end])).map { $0.lowercased() }
            guard let first = told.first, told.count > 3, ConversationWords.contentCount(told) > 1,
                !ConversationWords.openings.contains(first), !ConversationWords.prepositions.contains(first),
                !["when", "if", "while", "unless"].contains(first),
                !ConversationWords.auxiliaries.contains(first), ConversationWords.askingLength(told) == nil
            else { return nil }
            // What is named in it may be what is pointed to further on.
            let names: Set<String> = ["a", "an", "the", "my", "our", "your"]
            guard !names.isDisjoint(with: told), !first.hasPrefix("it") else { return nil }
            return told.prefix { !names.contains($0) }.joined(separator: " ")
        }
        return nil
    }

    /// Marks that are looked at, so that a text of nothing else costs no more.
    private static let sentenceLimit = 8

    /// Whether a question is of whoever asks or answers, and names nothing: “How soon do you answer?”
    private static func isOfSpeakerAlone(_ question: String) -> Bool {
        let words = ConversationWords.words(of: question)
        let lower = words.map { $0.lowercased() }
        return lower.contains { ["i", "we", "you"].contains($0) }
            && ConversationWords.contentCount(lower) <= 2
            && ConversationWords.determiners.isDisjoint(with: lower)
            && !words.dropFirst().contains { $0 != "I" && $0.contains { $0.isUppercase || $0.isNumber } }
    }

    // MARK: Joining

    private static func join(_ previous: Standing, _ question: String) -> (text: String, topic: String) {
        if let filled = Ellipsis(question)?.filled(into: previous.text) { return (filled, topic(of: filled)) }
        let topic = topic(previous.topic, and: topic(of: question))
        if let replaced = Antecedent.replaced(in: question, after: previous) { return (replaced, topic) }
        let words = question.split(separator: " ")
        let opens = words.first.map { ConversationWords.openings.contains($0.lowercased()) } == true
        let asked = opens && words.count > 1 ? words.dropFirst().joined(separator: " ") : question
        guard !previous.topic.isEmpty else { return (asked, topic) }
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
        var said = words.drop { ConversationWords.asking.contains($0.lowercased()) }
        // “what the fee for a dog is”
        while let last = said.last, ConversationWords.auxiliaries.contains(last.lowercased()) {
            said.removeLast()
        }
        return said.joined(separator: " ")
    }
}
