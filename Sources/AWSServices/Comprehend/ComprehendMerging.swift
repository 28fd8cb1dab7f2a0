/// What was found in the pieces of a text, as of the whole text.
enum ComprehendMerging {
    /// A piece's finding, and how much of the text it is of.
    struct Piece<Value: Sendable>: Sendable {
        var value: Value
        var bytes: Int
    }

    /// The languages of the pieces, each score weighted by its piece's bytes; the likeliest first.
    static func languages(_ pieces: [Piece<[ComprehendLanguageScore]>]) -> [ComprehendLanguageScore] {
        guard pieces.count > 1 else { return (pieces.first?.value ?? []).sorted(by: isLikelier) }
        let total = Double(pieces.reduce(0) { $0 + $1.bytes })
        var scores: [String: Double] = [:]
        for piece in pieces {
            for language in piece.value {
                scores[language.code, default: 0] += language.score * Double(piece.bytes) / total
            }
        }
        return scores.map { ComprehendLanguageScore(code: $0.key, score: $0.value) }.sorted(by: isLikelier)
    }

    private static func isLikelier(_ left: ComprehendLanguageScore, _ right: ComprehendLanguageScore) -> Bool
    {
        (-left.score, left.code) < (-right.score, right.code)
    }

    /// The mean of the pieces' scores, each weighted by its piece's bytes, and the likeliest; of one piece
    /// what Comprehend said of it.
    static func sentiment(_ pieces: [Piece<ComprehendSentiment>]) -> ComprehendSentiment? {
        guard pieces.count > 1 else { return pieces.first?.value }
        let total = Double(pieces.reduce(0) { $0 + $1.bytes })
        var scores: [ComprehendSentiment.Kind: Double] = [:]
        for piece in pieces {
            for (kind, score) in piece.value.scores {
                scores[kind, default: 0] += score * Double(piece.bytes) / total
            }
        }
        // The order of the cases settles a draw.
        let kinds = ComprehendSentiment.Kind.allCases
        let kind = kinds.max { (scores[$0] ?? 0) < (scores[$1] ?? 0) } ?? .neutral
        return ComprehendSentiment(kind: kind, scores: scores)
    }

    /// Personal data of pieces that overlap: the same one twice is told once, by the better score.
    static func personalData(_ found: [ComprehendPersonalData]) -> [ComprehendPersonalData] {
        struct Place: Hashable {
            var range: Range<Int>
            var type: String
        }
        var best: [Place: ComprehendPersonalData] = [:]
        for item in found {
            let place = Place(range: item.range, type: item.type)
            if let known = best[place], known.score >= item.score { continue }
            best[place] = item
        }
        return best.values.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.type)
                < ($1.range.lowerBound, $1.range.upperBound, $1.type)
        }
    }
}
