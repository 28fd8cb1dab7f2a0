import Foundation
import Models
import Text

/// Whether a passage bears a sentence out, judged by words: cheap, explainable, and the same for every
/// generator.
///
/// A sentence that stands in the passage is borne out. Otherwise at least half of its content words must
/// occur there, compared by stems of their language or by characters, and every number, for a wrong figure is the costliest mistake; and the sentence
/// of the passage that is nearest must deny if it denies, and affirm if it affirms.
enum Support {
    /// Share of content words that a paraphrase must share with its passage.
    static let requiredOverlap = 0.5

    /// The byte range of `passage` that bears `sentence` out, or `nil`.
    static func range(of sentence: String, in passage: String) -> Range<Int>? {
        if let exact = exactRange(of: sentence, in: passage) { return exact }
        let words = SoughtWords(sentence)
        let shown = words.found(in: passage)
        guard words.count > 0, words.figures.isSubset(of: shown) else { return nil }
        var best: (overlap: Int, unit: EvidenceUnit)?
        for unit in EvidenceUnits.all(of: passage) {
            let overlap = words.found(in: unit.statement).count
            if overlap > best?.overlap ?? 0 { best = (overlap, unit) }
        }
        guard let best, Double(shown.count) >= requiredOverlap * Double(words.count) else { return nil }
        guard Negation.isNegated(best.unit.statement) == Negation.isNegated(sentence) else { return nil }
        return best.unit.range
    }

    /// Where the sentence stands in the passage, white space apart.
    private static func exactRange(of sentence: String, in passage: String) -> Range<Int>? {
        let needle = Array(sentence.utf8)
        let text = Array(passage.utf8)
        guard !needle.isEmpty, needle.count <= text.count else { return nil }
        for start in 0...(text.count - needle.count) where text[start] == needle[0] {
            if text[start..<(start + needle.count)].elementsEqual(needle) {
                return start..<(start + needle.count)
            }
        }
        return nil
    }
}
