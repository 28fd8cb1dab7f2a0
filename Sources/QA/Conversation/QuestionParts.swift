import Text

/// Cuts a question of several parts into what is asked, each part to be answered by itself.
enum QuestionParts {
    /// Parts at most; what is asked beyond them stays in the last one.
    static let limit = 3

    /// The parts, in order; one for a question of one part.
    static func split(_ question: String) -> [String] {
        if let compared = ComparedThings(question) { return [compared.parts.0, compared.parts.1] }
        if let (place, rest) = place(in: question) {
            let parts = asked(rest)
            return parts.count > 1 ? parts.map { "\(ConversationWords.bare($0)) \(place)?" } : [question]
        }
        if let (situation, rest) = situation(in: question) {
            let parts = asked(named(situation, in: rest))
            return parts.count > 1 ? parts.map { told($0, in: situation) } : [question]
        }
        return asked(question)
    }

    private static func asked(_ question: String) -> [String] {
        var parts: [String] = []
        var rest = question[...]
        while parts.count < limit - 1, let cut = cut(rest) {
            parts.append(String(rest[..<cut.lowerBound]).trimmingWhiteSpace())
            rest = rest[cut.upperBound...]
        }
        parts.append(String(rest).trimmingWhiteSpace())
        if parts.count < limit, let last = parts.popLast() {
            let bare = last.hasSuffix("?") || last.hasSuffix("？") ? last.dropLast() : last[...]
            parts += SharedOpening(bare).map { [$0.parts.0, $0.parts.1] } ?? [last]
        }
        parts = parts.filter { $0.contains { $0.isLetter || $0.isNumber } }
        guard parts.count > 1 else { return [question] }
        return parts.enumerated().map { offset, part in
            let words = part.split(separator: " ")
            let opens = words.first.map { ConversationWords.openings.contains($0.lowercased()) } == true
            let part = offset > 0 && opens ? words.dropFirst().joined(separator: " ") : part
            let asked = part.hasSuffix("?") || part.hasSuffix("？") ? part : part + "?"
            return offset > 0 ? completed(asked, after: parts[0]) : asked
        }
    }

    // MARK: What is told before it is asked

    /// “I lost my badge. Whom do I call, and …?”, “Payslips: which service prints them, and …?”: what is told, and what
    /// is asked behind it.
    private static func situation(in question: String) -> (String, String)? {
        let end = question.indices.first { index in
            guard ".:;!".contains(question[index]) else { return false }
            let behind = question[question.index(after: index)...]
            return behind.first?.isWhitespace == true && beginsQuestion(behind.drop(while: \.isWhitespace))
        }
        guard let end, !question[..<end].contains("?") else { return nil }
        let told = String(question[..<end]).trimmingWhiteSpace()
        guard (1...14).contains(wordCount(told[...])), !beginsQuestion(told[...]) else { return nil }
        return (told, String(question[question.index(after: end)...]).trimmingWhiteSpace())
    }

    /// “At the Leeds office, when …, and how many …?”: what holds for all that is asked, and what is asked.
    private static func place(in question: String) -> (String, String)? {
        guard let comma = question.firstIndex(of: ","), question[question.index(after: comma)...].first == " "
        else {
            return nil
        }
        let told = question[..<comma]
        let behind = question[question.index(after: comma)...].drop(while: \.isWhitespace)
        let words = told.split(separator: " ").map { $0.lowercased() }
        guard (2...6).contains(words.count), ConversationWords.prepositions.contains(words[0]),
            !words.contains(where: ConversationWords.questioning.contains), beginsQuestion(behind)
        else { return nil }
        return (told.prefix(1).lowercased() + told.dropFirst(), String(behind))
    }

    /// “Payslips: which service prints them?”: “which service prints payslips?”
    private static func named(_ situation: String, in rest: String) -> String {
        guard wordCount(situation[...]) <= 3 else { return rest }
        let name = situation.prefix(1).lowercased() + situation.dropFirst()
        return rest.split(separator: " ").map { word in
            let bare = ConversationWords.bare(String(word)).trimming { $0 == "," }
            guard ["it", "them", "they"].contains(bare.lowercased()) else { return String(word) }
            return name + word.dropFirst(bare.count)
        }.joined(separator: " ")
    }

    /// A part with the situation that it is asked in, if it says too little without.
    private static func told(_ part: String, in situation: String) -> String {
        let words = ConversationWords.words(of: part).map { $0.lowercased() }
        let says = ConversationWords.contentCount(words)
        guard says < 3 || says < 5 && FollowUp.pointsBack(part) else { return part }
        return "\(ConversationWords.bare(part)), \(situation)?"
    }

    private static let beginnings: Set<String> = [
        "who", "whom", "whose", "what", "when", "where", "which", "why", "how", "may", "can", "is", "are",
        "do", "does",
        "did", "must", "should", "will", "has", "have", "wer", "wen", "wem",
        "was", "wann",
        "wo", "welche", "welcher", "welches", "warum", "wie", "darf", "kann", "muss", "ist", "sind",
    ]
    /// These begin a question only with a question word behind them.
    private static let prepositions: Set<String> = [
        "until", "by", "in", "within", "after", "before", "for", "at", "on", "from", "to", "with", "about",
    ]
    private static let joints = [", and ", " and ", ", und ", " und ", "; ", ", "]

    /// Where the next part ends, with what joins it to the one behind.
    private static func cut(_ text: Substring) -> Range<Substring.Index>? {
        // “…? …?”: two sentences.
        if let mark = text.firstIndex(where: { $0 == "?" || $0 == "？" }) {
            let behind = text[text.index(after: mark)...]
            if behind.contains(where: { $0.isLetter || $0.isNumber }) {
                let end = text.index(after: mark)
                if earliestJoint(text[..<mark]) == nil { return end..<end }
            }
        }
        return earliestJoint(text)
    }

    private static func earliestJoint(_ text: Substring) -> Range<Substring.Index>? {
        joints.flatMap { joint in text.ranges(of: joint) }
            .filter { joint in
                // “My screen is dark, what do I do?” is one question: a part asks something.
                saysEnough(text[..<joint.lowerBound]) && beginsQuestion(text[..<joint.lowerBound])
                    && beginsQuestion(text[joint.upperBound...])
            }
            .min { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    }

    private static func beginsQuestion(_ text: Substring) -> Bool {
        let words = text.split { !$0.isLetter && !$0.isNumber }.prefix(2).map { $0.lowercased() }
        guard let first = words.first, beginnings.contains(first) || prepositions.contains(first),
            wordCount(text) >= 2
        else { return false }
        // “When I leave, what happens to my badge?” asks once.
        if first == "when", !ConversationWords.auxiliaries.contains(words[1]) { return false }
        guard prepositions.contains(first) else { return true }
        return words.count > 1 && beginnings.subtracting(prepositions).contains(words[1])
    }

    /// “On what day and at what hour do I start?” asks nothing before its “and”.
    private static func saysEnough(_ text: Substring) -> Bool {
        let first = text.split { !$0.isLetter }.first?.lowercased() ?? ""
        return wordCount(text) >= (prepositions.contains(first) ? 5 : 3)
    }

    private static func wordCount(_ text: Substring) -> Int {
        text.split { !$0.isLetter && !$0.isNumber }.count
    }

    /// A part that has no words of its own to be found by is asked about the first one's subject.
    private static func completed(_ part: String, after first: String) -> String {
        guard SoughtWords(part).count < 2 || FollowUp.pointsBack(part) else { return part }
        return FollowUp([Question.Turn(question: first, answer: "")]).standalone(part)
    }
}
