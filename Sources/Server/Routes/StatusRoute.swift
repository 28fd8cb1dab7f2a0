import Corpus
import HTTPTypes
import QA

/// `GET /v1/status`: what there is to search, counted for this reader.
struct StatusRoute: Sendable {
    let qa: QuestionAnswering
    let caller: CallerReader
    let version: String

    var route: Route {
        Route(.get, "/v1/status") { request, _ in
            let reader = try caller.reader(of: request)
            return try await .json(
                StatusDocument(
                    qa.corpus.summary(reader: reader),
                    titles: qa.corpus.recentTitles(reader: reader, limit: 12),
                    syncedAt: qa.corpus.state("synced_at"), version: version, model: qa.modelName,
                    generator: qa.generatorName))
        }
    }
}
