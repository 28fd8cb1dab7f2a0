import Text

/// Cuts a question of several parts into what is asked, each part to be answered by itself.
enum QuestionParts {
    /// Parts at most; what is asked beyond them stays in the last one.
    static let limit = 3

    /// The parts, in order; one for a question of one part.
    static func split(_ question: String) -> [String] {
        if let compared = ComparedThings(question) { return [compared.parts.0, compared.parts.1] }
        if let both = BothThings(question) { return [both.parts.0, both.parts.1] }
        if let indirect = IndirectQuestion(question) {
            let parts =
                indirect.isThing
                ? SharedOpening(indirect.asked[...])?.parts.map { $0 + "?" } ?? []
                : asked(indirect.asked, isTold: true)
            return parts.count > 1 ? parts : [question]
        }
        if let (place, rest) = place(in: question) {
            let parts = asked(rest, isToldBefore: true)
            return parts.count > 1 ? parts.map { "\(ConversationWords.bare($0)) \(place)?" } : [question]
        }
        if let (situation, rest) = situation(in: question) {
            let parts = asked(named(situation, in: rest), isToldBefore: true)
            return parts.count > 1 ? parts.map { told($0, in: situation) } : [question]
        }
        return asked(question)
    }

    /// - Parameters:
    ///   - isTold: the parts are told as somebody asks for them: “when it opens and who has the key”.
    ///   - isToldBefore: what they are about was told before them, and is added to what says too little.
    private static func asked(
        _ question: String, isTold: Bool = false, isToldBefore: Bool = false
    ) -> [String] {
        var parts: [String] = []
        var rest = question[...]
        while parts.count < limit - 1, let cut = cut(rest, isFirst: parts.isEmpty, isTold: isTold) {
            parts.append(String(rest[..<cut.lowerBound]).trimmingWhiteSpace())
            rest = rest[cut.upperBound...]
        }
        parts.append(String(rest).trimmingWhiteSpace())
        if let last = parts.last {
            let bare = last.hasSuffix("?") || last.hasSuffix("？") ? last.dropLast() : last[...]
            if let shared = SharedOpening(bare), parts.count - 1 + shared.parts.count <= limit {
                parts = parts.dropLast() + shared.parts
            }
        }
        parts = parts.filter { $0.contains { $0.isLetter || $0.isNumber } }
        guard parts.count > 1 else { return [question] }
        return parts.enumerated().map { offset, part in
            let words = part.split(separator: " ")
            let opens = words.first.map { ConversationWords.openings.contains($0.lowercased()) } == true
            let part = offset > 0 && opens ? words.dropFirst().joined(separator: " ") : part
            let asked = part.hasSuffix("?") || part.hasSuffix("？") ? part : part + "?"
            return offset > 0 ? completed(asked, after: parts[0], isToldBefore) : asked
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

    /// What a question begins with that asks for yes or no.
    private static let auxiliaries: Set<String> = [
        "may", "can", "is", "are", "was", "do", "does", "did", "must", "should", "will", "has", "have",
        "darf", "kann", "muss", "ist", "sind",
    ]
    private static let joints = [", and ", " and ", ", und ", " und ", "; ", ", "]

    /// Where the next part ends, with what joins it to the one behind.
    private static func cut(_ text: Substring, isFirst: Bool, isTold: Bool) -> Range<Substring.Index>? {
        // “…? …?”: two sentences.
        if let mark = text.firstIndex(where: { $0 == "?" || $0 == "？" }) {
            let behind = text[text.index(after: mark)...]
            if behind.contains(where: { $0.isLetter || $0.isNumber }) {
                let end = text.index(after: mark)
                if earliestJoint(text[..<mark], isFirst, isTold) == nil { return end..<end }
            }
        }
        return earliestJoint(text, isFirst, isTold)
    }

    private static func earliestJoint(
        _ text: Substring, _ isFirst: Bool, _ isTold: Bool
    ) -> Range<Substring.Index>? {
        joints.flatMap { joint in text.ranges(of: joint) }
            .filter { joint in
                // “the rate, above which it is stopped” is one thing.
                guard text[joint] != ", " || !isRelative(text[joint.upperBound...]) else { return false }
                // “My screen is dark, what do I do?” is one question: a part asks something.
                return saysEnough(text[..<joint.lowerBound], isFirst)
                    && beginsQuestion(text[..<joint.lowerBound], isTold)
                    && beginsQuestion(text[joint.upperBound...], isTold)
            }
            .min { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    }

    private static func beginsQuestion(_ text: Substring, _ isTold: Bool = false) -> Bool {
        let words = text.prefix(ConversationWords.openingLength).split { !$0.isLetter && !$0.isNumber }
            .prefix(4).map { $0.lowercased() }
        guard let first = words.first, words.count >= 2 else { return false }
        // “When I leave, what happens to my badge?” asks once.
        if first == "when", !ConversationWords.auxiliaries.contains(words[1]) { return isTold }
        return auxiliaries.contains(first) || ConversationWords.askingLength(words) != nil
    }

    /// “above which …”, “with whom …”, as a clause of what stands before.
    private static func isRelative(_ text: Substring) -> Bool {
        let words = text.split(separator: " ").prefix(2).map { $0.lowercased() }
        return words.count == 2 && ConversationWords.fronted.contains(words[0])
            && ["which", "whom", "whose"].contains(words[1])
    }

    /// “On what day and at what hour do I start?” asks nothing before its “and”.
    private static func saysEnough(_ text: Substring, _ isFirst: Bool) -> Bool {
        let text = text.prefix(ConversationWords.openingLength)
        let words = text.split { !$0.isLetter }.map { $0.lowercased() }
        let first = words.first ?? ""
        // “…, by whom, and where …?”
        if !isFirst, words.count > 1, ConversationWords.askingLength(words) == words.count { return true }
        return wordCount(text) >= (ConversationWords.fronted.contains(first) ? 5 : 3)
    }

    private static func wordCount(_ text: Substring) -> Int {
        text.split { !$0.isLetter && !$0.isNumber }.count
    }

    /// A part that has no words of its own to be found by is asked about the first one's subject.
    private static func completed(_ part: String, after first: String, _ isToldBefore: Bool) -> String {
        if let filled = QuestionFragment(part)?.filled(into: first) { return filled }
        let thread = FollowUp([Question.Turn(question: first, answer: "")])
        // “door” is a word for nothing in Dutch, and not here.
        let words = ConversationWords.words(of: part).map { $0.lowercased() }
        let saysLittle = SoughtWords(part).count < 2 && ConversationWords.contentCount(words) < 2
        // “I lost my badge: whom do I ring, and when do I get one?” is about the badge, which is added.
        if isToldBefore, SoughtWords(first).count < 2 { return part }
        if saysLittle, !isToldBefore { return thread.completed(part) }
        return saysLittle || FollowUp.pointsBack(part) ? thread.standalone(part) : part
    }
}
