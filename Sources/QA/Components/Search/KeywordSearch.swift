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
    let retriever: KeywordRetriever

    init(_ declare: inout Declaration, retriever: KeywordRetriever) {
        self.retriever = retriever
        question = declare.input("question", "What is looked for, with its filters.")
        limit = declare.integer("limit", 100, in: 1...1_000, unit: "passages", "How many are ranked.")
        passages = declare.output("passages", "Best first, by BM25.")
    }

    func run(_ step: Step) async throws {
        let question = step[question]
        let found = try await retriever.retrieve(
            RetrievalQuery(question.text, filter: question.filter, limit: step[limit]))
        step.note("passages", Double(found.count))
        step.send(RankedPassages(list: found), to: passages)
    }
}
