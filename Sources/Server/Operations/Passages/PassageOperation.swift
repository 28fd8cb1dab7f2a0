import Corpus
import HTTPTypes

/// `GET /v1/chunks/{id}/context`: a passage within its page.
struct PassageOperation: Sendable {
    let corpus: any PassageStore

    var operation: Operation {
        .scoped(
            .search, "passageContext", .get, "/v1/chunks/{id}/context",
            summary: "a cited passage with the text around it", section: "a-passage-in-its-page",
            inputs: .path("id", .text, "the passage's “chunk_id”; any other text names no passage"),
            responses: [.json(PassageDocument.self, "the passage, its section, and the text around it")],
            problems: [.noSuchPassage]
        ) { written, caller in
            // A passage that is not there and one that may not be read look alike, on purpose.
            guard let id = Int64(written),
                let context = try await corpus.context(ofChunk: id, scope: caller.scope)
            else {
                throw RequestFault.noSuchPassage(id: String(written.prefix(20)))
            }
            return try .json(PassageDocument(context))
        }
    }
}
