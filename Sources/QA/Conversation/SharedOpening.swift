/// “What is the door code of the office and the number of the guard?”: two questions that share their opening.
///
/// Only where both sides are built alike, each with its own article and both or neither with a preposition: “the owner
/// of the red and the blue crane” asks one thing.
struct SharedOpening {
    /// The questions, each whole but for its mark.
    let parts: [String]

    init?(_ question: Substring) {
        let words = question.split(whereSeparator: \.isWhitespace)
        for opening in Self.openings where opening.begins(words) {
            let rest = words.dropFirst(opening.length)
            for place in rest.indices where rest[place].lowercased() == opening.joint {
                let (left, right) = (rest[..<place], rest[(place + 1)...])
                guard opening.isAlike(left, right) else { continue }
                let start = words.prefix(opening.length)
                parts = (Self.listed(left, opening) + [right]).map {
                    (start + $0).joined(separator: " ").trimming { $0 == "," }
                }
                return
            }
        }
        return nil
    }

    /// “the door code, the wifi password” of “… and the number of the guard”: each for itself.
    private static func listed(
        _ words: ArraySlice<Substring>, _ opening: Opening
    ) -> [ArraySlice<Substring>] {
        guard let comma = words.dropLast().lastIndex(where: { $0.hasSuffix(",") }) else { return [words] }
        let (before, behind) = (words[...comma], words[(comma + 1)...])
        return opening.isAlike(before, behind) ? listed(before, opening) + [behind] : [words]
    }

    private struct Opening {
        var asking: Set<String>
        var verbs: Set<String>
        var articles: Set<String>
        var joint: String
        var prepositions: Set<String>
        /// What is between two, or of both, is one thing.
        var joining: Set<String>

        let length = 2

        func begins(_ words: [Substring]) -> Bool {
            words.count > length + 4 && asking.contains(words[0].lowercased())
                && verbs.contains(words[1].lowercased())
        }

        func isAlike(_ left: ArraySlice<Substring>, _ right: ArraySlice<Substring>) -> Bool {
            guard left.count > 1, right.count > 1, let first = left.first, let second = right.first,
                articles.contains(first.lowercased()), articles.contains(second.lowercased())
            else { return false }
            let (before, behind) = (Set(left.map { $0.lowercased() }), Set(right.map { $0.lowercased() }))
            guard joining.isDisjoint(with: before.union(behind)), !behind.contains(joint) else {
                return false
            }
            return isOwned(before) == isOwned(behind)
        }

        /// “of the gate”, “the gate's”.
        private func isOwned(_ words: Set<String>) -> Bool {
            !prepositions.isDisjoint(with: words)
                || words.contains { $0.hasSuffix("'s") || $0.hasSuffix("’s") }
        }
    }

    private static let openings = [
        Opening(
            asking: ["what", "who", "where", "when", "which"], verbs: ["is", "are", "was", "were"],
            articles: ["the", "a", "an", "my", "our", "your", "their"], joint: "and",
            prepositions: [
                "in", "of", "for", "at", "on", "to", "by", "from", "with", "during", "after", "before",
            ], joining: ["between", "both", "together", "difference", "differ", "same", "sum", "common"]),
        Opening(
            asking: ["was", "wer", "wo", "wann", "wie"], verbs: ["ist", "sind", "war", "waren"],
            articles: [
                "der", "die", "das", "den", "dem", "ein", "eine", "mein", "meine", "unser", "unsere",
            ], joint: "und",
            prepositions: [
                "in", "im", "von", "vom", "bei", "beim", "für", "am", "an", "auf", "zu", "zum", "zur", "mit",
                "nach",
            ], joining: ["zwischen", "beide", "beiden", "unterschied", "zusammen", "gemeinsam"]),
    ]
}
