import Foundation
import Text

/// A text's words, made alike for comparing answers: NFKC, case and diacritics folded.
///
/// A run of letters and digits is a word; a point, comma or colon between two digits belongs to the number
/// (`10.20.31.47`, `0.5`, `14:30`), except a comma before exactly three digits (`3,500` = `3500`). Characters of scripts
/// without blanks are words of their own, so that an answer in Chinese has more than one.
struct EvaluationWords: Sendable, Hashable {
    let all: [String]

    init(_ text: String) {
        // Cased folding keeps ß; upper and lower case in turn make `Straße` and `STRASSE` one.
        let folded = text.precomposedStringWithCompatibilityMapping.uppercased().lowercased()
            .folding(options: [.diacriticInsensitive], locale: nil)
        let characters = Array(folded)
        var words: [String] = []
        var word = ""
        func finish() {
            if !word.isEmpty { words.append(word) }
            word = ""
        }
        for (offset, character) in characters.enumerated() {
            if Self.standsAlone(character) {
                finish()
                words.append(String(character))
            } else if character.isLetter || character.isNumber {
                word.append(character)
            } else if ".,:".contains(character), word.last?.isNumber == true {
                let digits = characters[(offset + 1)...].prefix { $0.isNumber }.count
                if digits == 0 { finish() } else if character != "," || digits != 3 { word.append(character) }
            } else {
                finish()
            }
        }
        finish()
        all = words
    }

    /// Whether `other` stands in it, whole words in a row.
    func contains(_ other: EvaluationWords) -> Bool {
        let count = other.all.count
        guard count > 0, count <= all.count else { return false }
        return (0...(all.count - count)).contains { all[$0..<($0 + count)].elementsEqual(other.all) }
    }

    /// The words that carry meaning: without English function words, unless nothing else is there.
    var content: [String] {
        let kept = all.filter { !StopWords.englishOverlap.contains($0) }
        return kept.isEmpty ? all : kept
    }

    var numbers: Set<String> { Set(all.filter { $0.contains(where: \.isNumber) }) }

    /// Harmonic mean of precision and recall of the words as multisets (Rajpurkar et al. 2016), 0 to 1.
    func tokenF1(_ right: EvaluationWords) -> Double {
        let (said, wanted) = (content, right.content)
        var left: [String: Int] = [:]
        for word in wanted { left[word, default: 0] += 1 }
        var shared = 0
        for word in said where left[word, default: 0] > 0 {
            left[word, default: 0] -= 1
            shared += 1
        }
        return said.count + wanted.count == 0 ? 0 : 2 * Double(shared) / Double(said.count + wanted.count)
    }

    private static func standsAlone(_ character: Character) -> Bool {
        guard let scalar = character.unicodeScalars.first else { return false }
        return switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: true  // Thai, Lao, Burmese, Khmer
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF: true  // Kana, Han
        case 0x20000...0x3FFFF: true
        default: false
        }
    }
}
