import HTTPTypes
import QA

/// `POST /v1/search`: ranked documents, with facets.
struct SearchRoute: Sendable {
    let qa: QuestionAnswering
    let runs: FlowRuns
    let caller: CallerReader

    var route: Route {
        Route(.post, "/v1/search") { request, _ in
            let reader = try caller.reader(of: request)
            let search = try JSONBody.decode(SearchBody.self, from: request).request(reader: reader)
            let results = try await runs.limited { try await qa.search(search) }
            return try .json(SearchDocument(results, request: search))
        }
    }
}
