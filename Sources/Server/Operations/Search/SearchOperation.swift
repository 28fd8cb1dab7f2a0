import HTTPTypes
import QA

/// `POST /v1/search`: ranked documents, with facets.
struct SearchOperation: Sendable {
    let qa: QuestionAnswering
    let runs: FlowRuns

    var operation: Operation {
        .scoped(
            .search, "search", .post, "/v1/search", summary: "documents by meaning, by words, or by both",
            section: "search", inputs: .json(SearchBody.self),
            responses: [.json(SearchDocument.self, "the best documents, each by its best passage")],
            problems: [.emptyQuestion, .questionTooLong, .outOfRange, .componentFailed, .busy, .timedOut],
            idempotency: .notKept
        ) { body, caller in
            let search = try body.request()
            let results = try await runs.limited(caller) { try await qa.search(search, scope: caller.scope) }
            return try .json(SearchDocument(results, request: search))
        }
    }
}
