import Flow

/// Two ranked lists as one.
struct FusePassages: ImmediateComponent {
    static let type = "FusePassages"
    static let summary =
        "Merges the passages found by meaning and by words, by what their scores mean, and leaves out what is not relevant."
    let vector: Input<RankedPassages>
    let keyword: Input<RankedPassages>
    let limit: Parameter<Int>
    let vectorWeight: Parameter<Double>
    let keywordWeight: Parameter<Double>
    let floor: Parameter<Double>
    let passages: Output<RankedPassages>

    init(_ declare: inout Declaration) {
        vector = declare.input("vector", "Found by meaning.")
        keyword = declare.input("keyword", "Found by words.")
        limit = declare.integer("limit", 50, in: 1...1_000, unit: "passages", "How many are kept.")
        vectorWeight = declare.number("vector_weight", 1, in: 0...10, "What meaning counts.")
        keywordWeight = declare.number("keyword_weight", 1.2, in: 0...10, "What words count.")
        floor = declare.number(
            "floor", RelevanceFloor().score, in: 0...20,
            "The least score of a relevant passage; 0 keeps everything.")
        passages = declare.output("passages", "Both, best first.")
    }

    func compute(_ step: Step) {
        let fusion = FusionParameters(
            vectorWeight: step[vectorWeight], keywordWeight: step[keywordWeight],
            floor: RelevanceFloor(score: step[floor]))
        let fused = fusion.fuse(
            vector: step[vector].list, keyword: step[keyword].list, limit: step[limit])
        step.note("passages", Double(fused.count))
        step.send(RankedPassages(list: fused), to: passages)
    }
}
