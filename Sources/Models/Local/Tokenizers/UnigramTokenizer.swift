import Foundation
import Text

/// SentencePiece's Unigram tokenizer, as XLM-R has it: the token ids of Hugging Face `tokenizers`.
///
/// A text is normalised, cut into words that begin with `▁`, and each word into the pieces whose scores have
/// the largest sum (Kudo, "Subword Regularization", ACL 2018), found by dynamic programming. What no piece
/// covers is unknown; unknown characters side by side are one token.
struct UnigramTokenizer: PairTokenizer {
    let frame: PieceFrame
    let vocabularyCount: Int
    private let units: [DoubleArray.Unit]
    private let scores: [Double]
    private let unknown: Int32
    private let unknownScore: Double
    private let specials: [SpecialPiece]
    private let normalizer: UnigramNormalizer

    /// A token that the reference finds in raw text.
    struct SpecialPiece: Sendable {
        var bytes: [UInt8]
        var id: Int32
        /// Whether it takes the blanks before it.
        var takesBlanks: Bool
    }

    /// - Parameters:
    ///   - pieces: with their scores, logarithms of probabilities; a piece's id is its position.
    ///   - unknown: the id of the unknown token.
    init(
        pieces: [(text: String, score: Double)], unknown: Int, frame: PieceFrame, specials: [SpecialPiece],
        normalizer: UnigramNormalizer
    ) {
        precondition(pieces.indices.contains(unknown), "the unknown token is \(unknown) of \(pieces.count)")
        var builder = DoubleArrayBuilder()
        let keys = pieces.enumerated().map { DoubleArray.Key(bytes: Array($1.text.utf8), id: Int32($0)) }
        builder.insert(keys.filter { !$0.bytes.isEmpty }.sorted(), root: 0)
        units = builder.units
        scores = pieces.map(\.score)
        // What an unknown character costs, as in the reference.
        unknownScore = (scores.min() ?? 0) - 10
        self.unknown = Int32(unknown)
        (self.frame, self.specials, self.normalizer) = (frame, specials, normalizer)
        vocabularyCount = max(pieces.count, 1 + Int(specials.map(\.id).max() ?? 0))
    }

    func pieces(_ text: String, limit: Int) -> [Int32] {
        var ids: [Int32] = []
        scan(text) { word in
            segment(word, into: &ids)
            return ids.count < limit
        } special: { id in
            ids.append(id)
            return ids.count < limit
        }
        return ids
    }

    func count(_ text: Substring) -> Int { pieces(String(text), limit: .max).count }

    /// Hands over words and special tokens in order, until one is answered with `false`.
    private func scan(_ text: String, word: ([UInt8]) -> Bool, special: (Int32) -> Bool) {
        let bytes = Array(text.utf8)
        var start = 0
        var isFirst = true
        func words(to end: Int, takingBlanks: Bool) -> Bool {
            var end = end
            if takingBlanks {
                while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
            }
            guard start < end else { return true }
            defer { isFirst = false }
            let part = String(decoding: bytes[start..<end], as: UTF8.self)
            return normalizer.words(part, isFirst: isFirst).allSatisfy(word)
        }
        var at = 0
        while at < bytes.count {
            guard let found = specials.first(where: { bytes[at...].starts(with: $0.bytes) }) else {
                at += 1
                continue
            }
            guard words(to: at, takingBlanks: found.takesBlanks), special(found.id) else { return }
            at += found.bytes.count
            start = at
            isFirst = false
        }
        _ = words(to: bytes.count, takingBlanks: false)
    }

    /// The best pieces that end at a byte of a word.
    private struct Path {
        var score = -Double.infinity
        var start = -1
        var id: Int32 = -1
    }

    /// Appends the best pieces of `word`.
    private func segment(_ word: [UInt8], into ids: inout [Int32]) {
        var paths = [Path](repeating: Path(), count: word.count + 1)
        paths[0].score = 0
        var start = 0
        while start < word.count {
            let length = Self.length(of: word[start])
            let before = paths[start].score
            var coversOne = false
            var state = 0
            for end in start..<word.count {
                let next = Int(units[state].base) + Int(word[end])
                guard next < units.count, units[next].check == Int32(state), next != state else { break }
                state = next
                let id = units[state].id
                guard id >= 0 else { continue }
                coversOne = coversOne || end + 1 - start == length
                let score = before + scores[Int(id)]
                if score > paths[end + 1].score { paths[end + 1] = Path(score: score, start: start, id: id) }
            }
            let end = min(start + length, word.count)
            if !coversOne, before + unknownScore > paths[end].score {
                paths[end] = Path(score: before + unknownScore, start: start, id: unknown)
            }
            start = end
        }
        var best: [Int32] = []
        var end = word.count
        while end > 0 {
            // Every end of a character is reached, at the least by an unknown one.
            let path = paths[end]
            if path.id != unknown || best.last != unknown { best.append(path.id) }
            end = path.start
        }
        ids.append(contentsOf: best.reversed())
    }

    /// Bytes of the character that begins with `lead`.
    private static func length(of lead: UInt8) -> Int {
        lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    }
}
