import Corpus
import Flow

/// Passages that share words.
struct KeywordSearch: Component {
    static let type = "KeywordSearch"
    static let summary =
        "The passages that share words with the question, among those that the reader may read."
    let question: Input<Question>
    let limit: Parameter<Int>
    let passages: Output<RankedPassages>
    let corpus: any PassageStore
    let retriever: any Retriever

    init(_ declare: inout Declaration, corpus: any PassageStore, retriever: any Retriever) {
        self.corpus = corpus
        self.retriever = retriever
        question = declare.input("question", "What is looked for, with its filters.")
        limit = declare.integer("limit", 100, in: 1...1_000, unit: "passages", "How many are ranked.")
        passages = declare.output("passages", "Best first, by BM25.")
    }

    func run(_ step: Step) async throws {
        let question = step[question]
        let parts = question.parts
        let queries = try ([question.text] + (parts.count > 1 ? parts : [])).map {
            try RetrievalQuery($0, filter: question.filter, limit: step[limit])
        }
        let found = try await corpus.withSnapshot(for: step.context.fact(ReadScope.self)) { [retriever] in
            try retriever.rank(queries, in: $0)
        }
        step.note("passages", Double(found.count))
        step.send(RankedPassages(list: found), to: passages)
    }
}
