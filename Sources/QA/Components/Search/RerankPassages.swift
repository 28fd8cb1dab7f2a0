import Corpus
import Flow
import Models

/// The best passages in the order of a model that reads each with the question.
struct RerankPassages: Component {
    static let type = "RerankPassages"
    static let summary =
        "Orders the best passages by the cross-encoder of `rerank.model`; without one it passes them on."
    let question: Input<Question>
    let found: Input<RankedPassages>
    let candidates: Parameter<Int>
    let passages: Output<RankedPassages>
    let corpus: any PassageStore
    let reranker: (any Reranker)?

    init(_ declare: inout Declaration, corpus: any PassageStore, reranker: (any Reranker)?) {
        (self.corpus, self.reranker) = (corpus, reranker)
        question = declare.input("question", "What is asked.")
        found = declare.input("passages", "Best first.")
        candidates = declare.integer(
            "candidates", 20, in: 1...200, unit: "passages", "How many are read; the others stay behind them."
        )
        passages = declare.output("passages", "Best first; what is named exactly stays first.")
    }

    func run(_ step: Step) async throws {
        let ranked = step[found].list
        guard let reranker, ranked.count > 1 else { return step.send(step[found], to: passages) }
        // What the question names exactly needs no model to be what was asked for.
        let exact = ranked.filter(\.isExact)
        let others = ranked.filter { !$0.isExact }
        let read = Array(others.prefix(step[candidates]))
        let loaded = try await corpus.withSnapshot(for: step.context.fact(ReadScope.self)) {
            try $0.load(read)
        }
        let scores = try await reranker.scores(step[question].text, loaded.map(Self.text))
        let ordered = zip(loaded, scores).enumerated()
            .sorted { ($1.element.1, $0.offset) < ($0.element.1, $1.offset) }
            .map(\.element.0.rank)
        step.note("read", Double(loaded.count))
        step.send(
            RankedPassages(list: exact + ordered + others.dropFirst(step[candidates])), to: passages)
    }

    /// A passage as it is read: under its title and headings.
    private static func text(_ passage: RetrievedChunk) -> String {
        let names = [passage.chunk.title] + passage.chunk.headingPath.filter { $0 != passage.chunk.title }
        return names.joined(separator: " › ") + "\n" + passage.chunk.text
    }
}
