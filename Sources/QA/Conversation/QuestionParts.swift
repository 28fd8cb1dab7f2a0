import Text

/// Cuts a question of several parts into what is asked, each part to be answered by itself.
enum QuestionParts {
    /// Parts at most; what is asked beyond them stays in the last one.
    static let limit = 3

    /// The parts, in order; one for a question of one part.
    static func split(_ question: String) -> [String] {
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
            let asked = part.hasSuffix("?") || part.hasSuffix("？") ? part : part + "?"
            return offset > 0 ? completed(asked, after: parts[0]) : asked
        }
    }

    private static let beginnings: Set<String> = [
        "who", "whom", "whose", "what", "when", "where", "which", "why", "how", "may", "can", "is", "are",
        "do", "does",
        "did", "must", "should", "will", "has", "have", "until", "by", "in", "within", "wer", "wen", "wem",
        "was", "wann",
        "wo", "welche", "welcher", "welches", "warum", "wie", "darf", "kann", "muss", "ist", "sind",
    ]
    /// These begin a question only with a question word behind them.
    private static let prepositions: Set<String> = ["until", "by", "in", "within"]
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
                wordCount(text[..<joint.lowerBound]) >= 3 && beginsQuestion(text[..<joint.lowerBound])
                    && beginsQuestion(text[joint.upperBound...])
            }
            .min { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
    }

    private static func beginsQuestion(_ text: Substring) -> Bool {
        let words = text.split { !$0.isLetter && !$0.isNumber }.prefix(2).map { $0.lowercased() }
        guard let first = words.first, beginnings.contains(first), wordCount(text) >= 2 else { return false }
        guard prepositions.contains(first) else { return true }
        return words.count > 1 && beginnings.subtracting(prepositions).contains(words[1])
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
