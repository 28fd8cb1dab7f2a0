import Corpus
import Flow

/// Leaves out passages that repeat a better one from the same page.
struct DiversifyPassages: Component {
    static let type = "LimitPerDocument"
    static let summary =
        "Keeps only so many passages of one page, so that one long page does not fill the prompt."
    let found: Input<RankedPassages>
    let perDocument: Parameter<Int>
    let kept: Output<RankedPassages>
    let corpus: any PassageStore

    init(_ declare: inout Declaration, corpus: any PassageStore) {
        self.corpus = corpus
        found = declare.input("passages", "Best first.")
        perDocument = declare.integer("passages", 3, in: 1...50, unit: "passages", "Of one page.")
        kept = declare.output("passages", "Those that are kept, best first.")
    }

    func run(_ step: Step) async throws {
        let limit = step[perDocument]
        let ranked = step[found].list
        let documents = try await corpus.withSnapshot(for: step.context.fact(ReadScope.self)) {
            try $0.documentIDs(ofChunks: ranked.map(\.id))
        }
        var taken: [String: Int] = [:]
        let list = ranked.filter { passage in
            guard let document = documents[passage.id] else { return false }
            taken[document, default: 0] += 1
            return taken[document, default: 0] <= limit
        }
        step.note("passages", Double(list.count))
        step.send(RankedPassages(list: list), to: kept)
    }
}
