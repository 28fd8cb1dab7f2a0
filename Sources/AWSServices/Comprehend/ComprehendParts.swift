/// A piece of a text that one item of a call takes.
struct ComprehendPart: Sendable, Hashable {
    /// The text's place among those that were given.
    var textIndex: Int
    /// Where the piece begins in its text, in UTF-8 bytes.
    var offset: Int
    var content: String
}

/// Cuts texts into pieces that Comprehend takes.
enum ComprehendParts {
    /// The pieces of a text, in order, those without a visible character left out.
    ///
    /// A piece ends after a sentence or a line where one ends in its second half, else after white space
    /// there, else between two characters; a character longer than a piece is cut between code points.
    ///
    /// - Parameters:
    ///   - limitBytes: of UTF-8, 8 or more.
    ///   - overlapBytes: how much of a piece's end stands at the beginning of the next one too, at most an
    ///     eighth of the limit, so that what lies on the cut is whole in one of them. Up to as much again is
    ///     added, so that the next piece begins with a whole word.
    static func of(
        _ text: String, at textIndex: Int = 0, limitBytes: Int, overlapBytes: Int = 0
    ) -> [ComprehendPart] {
        precondition(
            limitBytes >= 8 && overlapBytes * 8 <= limitBytes, "\(overlapBytes) of \(limitBytes) bytes")
        var text = text
        text.makeContiguousUTF8()
        var parts: [ComprehendPart] = []
        var start = text.startIndex
        var offset = 0
        while start < text.endIndex {
            let end = cut(text, start, limitBytes)
            let content = String(text[start..<end])
            if content.contains(where: { !$0.isWhitespace }) {
                parts.append(ComprehendPart(textIndex: textIndex, offset: offset, content: content))
            }
            guard end < text.endIndex else { break }
            let next = overlapBytes == 0 ? end : back(text, from: end, by: overlapBytes, to: start)
            offset += text.utf8.distance(from: start, to: next)
            start = next
        }
        return parts
    }

    private static func cut(_ text: String, _ start: String.Index, _ limitBytes: Int) -> String.Index {
        let most = text.utf8.index(start, offsetBy: limitBytes, limitedBy: text.endIndex) ?? text.endIndex
        guard most < text.endIndex else { return text.endIndex }
        let last = boundary(text, at: most)
        guard last > start else { return codePoint(text, at: most) }
        let half = text.utf8.index(start, offsetBy: limitBytes / 2)
        var space: String.Index?
        var end = last
        while end > half, end > start {
            let before = text.index(before: end)
            let character = text[before]
            if character.isNewline { return end }
            if character.isWhitespace {
                if space == nil { space = end }
                if before > start, isStop(text[text.index(before: before)]) { return end }
            } else if isWideStop(character) {
                return end
            }
            end = before
        }
        return space ?? last
    }

    /// A place some bytes before `end`, at the beginning of a word if one is near, and behind `start`; else
    /// `end`.
    private static func back(
        _ text: String, from end: String.Index, by bytes: Int, to start: String.Index
    ) -> String.Index {
        guard let raw = text.utf8.index(end, offsetBy: -bytes, limitedBy: start), raw > start else {
            return end
        }
        let place = boundary(text, at: raw)
        guard place > start else { return end }
        let least = text.utf8.index(raw, offsetBy: -bytes, limitedBy: start) ?? start
        var word = place
        while word > least, word > start {
            let before = text.index(before: word)
            if text[before].isWhitespace { return word }
            word = before
        }
        return place
    }

    /// The beginning of the character that `index`, before the text's end, lies in.
    private static func boundary(_ text: String, at index: String.Index) -> String.Index {
        text.index(before: text.index(after: index))
    }

    private static func codePoint(_ text: String, at index: String.Index) -> String.Index {
        text.unicodeScalars.index(before: text.unicodeScalars.index(after: index))
    }

    private static func isStop(_ character: Character) -> Bool { ".!?…".contains(character) }

    /// Ends a sentence without white space behind it.
    private static func isWideStop(_ character: Character) -> Bool { "。！？｡".contains(character) }
}
