import Corpus
import HTTPTypes
import QA

/// `GET /v1/status`: what there is to search, counted for this reader.
struct StatusOperation: Sendable {
    let qa: QuestionAnswering
    let version: String

    var operation: Operation {
        .scoped(
            .search, "status", .get, "/v1/status", summary: "what there is to search", section: "status",
            inputs: .none, responses: [.json(StatusDocument.self, "counts of what the caller may read")]
        ) { _, caller in
            try await .json(
                StatusDocument(
                    qa.corpus.summary(reader: caller.reader),
                    titles: qa.corpus.recentTitles(reader: caller.reader, limit: 12),
                    syncedAt: qa.corpus.state("synced_at"), version: version, model: qa.modelName,
                    generator: qa.generatorName))
        }
    }
}
