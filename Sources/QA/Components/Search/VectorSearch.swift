import Corpus
import Flow

/// Passages nearest in meaning.
struct VectorSearch: Component {
    static let type = "VectorSearch"
    static let summary =
        "The passages nearest to the question's vector, among those that the reader may read."
    let question: Input<Question>
    let vector: Input<QuestionVector>
    let limit: Parameter<Int>
    let passages: Output<RankedPassages>
    let corpus: any PassageStore
    let retriever: any Retriever

    init(_ declare: inout Declaration, corpus: any PassageStore, retriever: any Retriever) {
        self.corpus = corpus
        self.retriever = retriever
        question = declare.input("question", "What is looked for, with its filters.")
        vector = declare.input("vector", "The question's embedding.")
        limit = declare.integer("limit", 100, in: 1...1_000, unit: "passages", "How many are ranked.")
        passages = declare.output("passages", "Nearest first.")
    }

    func run(_ step: Step) async throws {
        let question = step[question]
        let (whole, parts) = (step[vector].floats, step[vector].parts)
        let queries = try ([whole] + parts).map {
            try RetrievalQuery(question.text, vector: $0, filter: question.filter, limit: step[limit])
        }
        let found = try await corpus.withSnapshot(for: step.context.fact(ReadScope.self)) { [retriever] in
            try retriever.rank(queries, in: $0)
        }
        step.note("passages", Double(found.count))
        step.send(RankedPassages(list: found), to: passages)
    }
}
