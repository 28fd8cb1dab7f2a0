import Flow

/// Two ranked lists as one, by rank alone.
struct RankFusion: ImmediateComponent {
    static let type = "ReciprocalRankFusion"
    static let summary = "Merges the passages found by meaning and by words, by their ranks."
    let vector: Input<RankedPassages>
    let keyword: Input<RankedPassages>
    let k: Parameter<Double>
    let limit: Parameter<Int>
    let vectorWeight: Parameter<Double>
    let keywordWeight: Parameter<Double>
    let passages: Output<RankedPassages>

    init(_ declare: inout Declaration) {
        vector = declare.input("vector", "Found by meaning.")
        keyword = declare.input("keyword", "Found by words.")
        k = declare.number("k", 60, in: 1...1_000, "Reciprocal rank fusion's constant.")
        limit = declare.integer("limit", 50, in: 1...1_000, unit: "passages", "How many are kept.")
        vectorWeight = declare.number("vector_weight", 1, in: 0...10, "What meaning counts.")
        keywordWeight = declare.number("keyword_weight", 1, in: 0...10, "What words count.")
        passages = declare.output("passages", "Both, best first.")
    }

    func compute(_ step: Step) {
        let (meaning, words) = (step[vector].list, step[keyword].list)
        let byMeaning = Dictionary(meaning.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let byWords = Dictionary(words.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let fused = reciprocalRankFusion(
            [meaning.map(\.id), words.map(\.id)], k: step[k],
            weights: [step[vectorWeight], step[keywordWeight]])
        let list = fused.prefix(step[limit]).compactMap { entry -> RankedPassage? in
            guard var passage = byMeaning[entry.id] ?? byWords[entry.id] else { return nil }
            if let words = byWords[entry.id] { passage.takeWords(of: words) }
            passage.score = entry.score
            return passage
        }
        step.note("passages", Double(list.count))
        step.send(RankedPassages(list: list), to: passages)
    }
}
