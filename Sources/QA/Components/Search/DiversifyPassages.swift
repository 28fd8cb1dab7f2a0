import Corpus
import Flow

/// Leaves out passages that repeat a better one from the same page.
struct DiversifyPassages: ImmediateComponent {
    static let type = "LimitPerDocument"
    static let summary =
        "Keeps only so many passages of one page, so that one long page does not fill the prompt."
    let found: Input<RankedPassages>
    let perDocument: Parameter<Int>
    let kept: Output<RankedPassages>

    init(_ declare: inout Declaration) {
        found = declare.input("passages", "Best first.")
        perDocument = declare.integer("passages", 3, in: 1...50, unit: "passages", "Of one page.")
        kept = declare.output("passages", "Those that are kept, best first.")
    }

    func compute(_ step: Step) {
        let limit = step[perDocument]
        var taken: [String: Int] = [:]
        let list = step[found].list.filter { passage in
            taken[passage.chunk.documentID, default: 0] += 1
            return taken[passage.chunk.documentID, default: 0] <= limit
        }
        step.note("passages", Double(list.count))
        step.send(RankedPassages(list: list), to: kept)
    }
}
