import Flow

/// Two ranked lists as one.
struct FusePassages: ImmediateComponent {
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
        k = declare.number("k", 10, in: 1...1_000, "Reciprocal rank fusion's constant.")
        limit = declare.integer("limit", 50, in: 1...1_000, unit: "passages", "How many are kept.")
        vectorWeight = declare.number("vector_weight", 1, in: 0...10, "What meaning counts.")
        keywordWeight = declare.number("keyword_weight", 0.7, in: 0...10, "What words count.")
        passages = declare.output("passages", "Both, best first.")
    }

    func compute(_ step: Step) {
        let fusion = FusionParameters(
            k: step[k], vectorWeight: step[vectorWeight], keywordWeight: step[keywordWeight])
        let fused = fusion.fuse(
            vector: step[vector].list, keyword: step[keyword].list, limit: step[limit])
        step.note("passages", Double(fused.count))
        step.send(RankedPassages(list: fused), to: passages)
    }
}
