import Models
import Text

/// The few sentences of a passage that fit a question best, with the question's words marked.
struct Snippet: Sendable, Hashable {
    /// Bytes of UTF-8 that a snippet may have.
    static let byteLimit = 320

    var text: String
    /// UTF-8 byte ranges of ``text``.
    var highlights: [Range<Int>]

    /// - Parameter terms: the question's stems.
    init(of passage: String, terms: Set<String>) {
        let sentences = Sentence.all(of: passage)
        let scores = sentences.map { Set(EnglishStems.all(of: $0.text)).intersection(terms).count }
        let best = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) } ?? 0
        var chosen = ""
        for sentence in sentences.dropFirst(best) {
            let joined = chosen.isEmpty ? sentence.text : chosen + " " + sentence.text
            guard joined.utf8.count <= Self.byteLimit || chosen.isEmpty else { break }
            chosen = joined
        }
        text = Self.cut(chosen)
        highlights = Self.highlights(in: text, terms: terms)
    }

    /// Cuts at a word's end and says so.
    private static func cut(_ text: String) -> String {
        guard text.utf8.count > byteLimit else { return text }
        var result = ""
        var count = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            guard count + word.utf8.count < byteLimit else { break }
            count += word.utf8.count + 1
            result += result.isEmpty ? String(word) : " " + word
        }
        return (result.isEmpty ? String(text.prefix(byteLimit / 4)) : result) + " …"
    }

    private static func highlights(in text: String, terms: Set<String>) -> [Range<Int>] {
        guard !terms.isEmpty else { return [] }
        return text.split { !$0.isLetter && !$0.isNumber }.compactMap { word in
            guard let stem = EnglishStems.all(of: String(word)).first, terms.contains(stem) else {
                return nil
            }
            let start = text.utf8.distance(from: text.startIndex, to: word.startIndex)
            return start..<(start + word.utf8.count)
        }
    }
}
