import Corpus
import Flow

/// What the conversation was about when a question points back to it.
struct RecallPassages: Component {
    static let type = "RecallPassages"
    static let summary =
        "The passages that the last answer of the conversation was taken from, when the question points back to it."
    let question: Input<Question>
    let limit: Parameter<Int>
    let passages: Output<RankedPassages>
    let corpus: any PassageStore
    let retriever: any Retriever

    /// A passage that has less of the answer's words is not where it came from.
    private static let leastShare = 0.4

    init(_ declare: inout Declaration, corpus: any PassageStore, retriever: any Retriever) {
        self.corpus = corpus
        self.retriever = retriever
        question = declare.input("question", "What is asked, made to stand alone, with its conversation.")
        limit = declare.integer("limit", 2, in: 1...20, unit: "passages", "How many are recalled.")
        passages = declare.output("passages", "Best first, by BM25; none for a question that stands alone.")
    }

    func run(_ step: Step) async throws {
        let question = step[question]
        guard !question.typed.isEmpty, let last = question.conversation.last else {
            step.send(RankedPassages(list: []), to: passages)
            return
        }
        let said = [last.question] + AnswerText(last.answer).sentences.map(\.text)
        let query = try RetrievalQuery(
            String(decoding: said.joined(separator: " ").utf8.prefix(Question.byteLimit), as: UTF8.self),
            filter: question.filter, limit: step[limit])
        let found = try await corpus.withSnapshot(for: step.context.fact(ReadScope.self)) { [retriever] in
            try retriever.rank(query, in: $0)
        }
        let recalled = found.filter { ($0.keywordShare ?? 0) >= Self.leastShare }.map {
            RankedPassage(id: $0.id, score: $0.keywordShare ?? 0)
        }
        step.note("passages", Double(recalled.count))
        step.send(RankedPassages(list: recalled), to: passages)
    }
}
