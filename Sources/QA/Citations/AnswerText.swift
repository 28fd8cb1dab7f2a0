import Text

/// A draft cut into sentences, each with the markers that follow it.
///
/// Markers are runs such as `[2]`, `[1][3]` or `[1, 3]` behind a sentence or before its full stop. Text up
/// to a marker belongs to that marker; a sentence without one stands alone.
struct AnswerText: Sendable, Hashable {
    struct Sentence: Sendable, Hashable {
        /// Without its markers.
        var text: String
        var markers: [Int]
        /// The white space that stood before it: a space, or the line break of a list.
        var separator: String
    }

    var sentences: [Sentence] = []

    init(_ draft: String) {
        var current = Sentence(text: "", markers: [], separator: "")
        var rest = draft[...]
        while let character = rest.first {
            if character == "[", let (markers, after) = Self.markers(rest) {
                current.markers += markers
                rest = after
                continue
            }
            if !current.markers.isEmpty, !Self.closing.contains(character) {
                sentences.append(current)
                current = Sentence(text: "", markers: [], separator: "")
            }
            current.text.append(character)
            rest = rest.dropFirst()
            let endsHere =
                character == "\n" || SentenceRules.mayEnd(behind: character, before: rest.first)
            if endsHere, current.markers.isEmpty, !Self.markerFollows(rest),
                !current.text.allSatisfy(\.isWhitespace)
            {
                sentences.append(current)
                current = Sentence(text: "", markers: [], separator: "")
            }
        }
        sentences.append(current)
        sentences = sentences.compactMap(Self.trimmed)
    }

    /// What may stand behind a marker and still belongs to its sentence.
    private static let closing: Set<Character> = [".", "!", "?", "…", ",", ";", ":", ")", "”", "\""]

    private static func markerFollows(_ rest: Substring) -> Bool {
        let next = rest.drop { $0 == " " }
        return next.first == "[" && markers(next) != nil
    }

    /// Bytes between the brackets of a marker at most.
    static let markerByteLimit = 24

    /// The numbers of a marker at the start of `text`, and what follows it.
    static func markers(_ text: Substring) -> (numbers: [Int], rest: Substring)? {
        guard text.first == "[", let close = text.firstIndex(of: "]") else { return nil }
        let inside = text[text.index(after: text.startIndex)..<close]
        guard inside.utf8.count <= markerByteLimit else { return nil }
        var numbers: [Int] = []
        for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
            let digits = part.drop { $0 == " " }
            guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }), let number = Int(digits)
            else {
                return nil
            }
            numbers.append(number)
        }
        return (numbers, text[text.index(after: close)...])
    }

    private static func trimmed(_ sentence: Sentence) -> Sentence? {
        let lead = sentence.text.prefix(while: \.isWhitespace)
        var body = sentence.text[lead.endIndex...]
        while body.last?.isWhitespace == true { body = body.dropLast() }
        guard body.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
        // "fact [1]." leaves a space before the full stop.
        var text = String(body)
        if let last = text.last, closing.contains(last), text.dropLast().last == " " {
            text =
                text.dropLast().reversed().drop { $0 == " " }.reversed().map(String.init).joined()
                + String(last)
        }
        var seen: Set<Int> = []
        return Sentence(
            text: text, markers: sentence.markers.filter { seen.insert($0).inserted },
            separator: lead.contains("\n") ? "\n" : " ")
    }
}
