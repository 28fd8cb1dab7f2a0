import Corpus
import HTTPTypes
import QA

/// `GET /v1/status`: what there is to search, counted for this reader.
struct StatusOperation: Sendable {
    let qa: QuestionAnswering
    let corpus: any PassageStore & StateStore
    let examples: ExampleQuestions
    let version: String

    var operation: Operation {
        .scoped(
            .search, "status", .get, "/v1/status", summary: "what there is to search", section: "status",
            inputs: .none, responses: [.json(StatusDocument.self, "counts of what the caller may read")]
        ) { _, caller in
            let summary = try await corpus.withSnapshot(for: caller.scope) { try $0.summary() }
            return try await .json(
                StatusDocument(
                    summary, examples: examples.questions(for: caller.scope),
                    syncedAt: corpus.state("synced_at"), version: version,
                    model: qa.modelName,
                    generator: qa.generatorName))
        }
    }
}
