import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Models
import Workspace

/// `POST /v1/embeddings`: texts to vectors, by the model that the corpus is embedded by.
struct OpenAIEmbeddingOperation: Sendable {
    let embedder: any Embedder
    let runs: FlowRuns

    /// Texts that are embedded at once, so that a request that is given up stops soon.
    private static let batch = 64

    var operation: Operation {
        .scoped(
            .search, "openAIEmbeddings", .post, "/v1/embeddings",
            summary: "texts to vectors, in OpenAI's form", section: "openai",
            inputs: .lenient(OpenAIEmbeddingRequest.schema, "the texts"),
            responses: [.json(OpenAIEmbeddingDocument.self, "a vector each, in the order of the texts")],
            problems: [.noSuchThing, .busy, .timedOut], idempotency: .notKept
        ) { body, caller in try await embed(body, caller) }
    }

    private func embed(_ body: JSONValue, _ caller: Caller) async throws -> APIResponse {
        let name = try body.requiredText("model")
        let known = embedder.model.name
        guard Self.is(known, called: name) else {
            throw WorkspaceError.notFound(kind: "model", id: name)
        }
        let request = try OpenAIEmbeddingRequest(body, for: embedder.model)
        let vectors: [[Float]] = try await runs.limited(caller) { try await self.vectors(of: request) }
        return try .json(OpenAIEmbeddingDocument(vectors, of: request, model: known))
    }

    /// Whether somebody means a model: a name may leave out the hash of a folder's weights behind it, which is for whoever
    /// keeps vectors.
    static func `is`(_ model: String, called name: String) -> Bool {
        name == model || name == model.prefix { $0 != "#" }
    }

    private func vectors(of request: OpenAIEmbeddingRequest) async throws -> [[Float]] {
        var vectors: [[Float]] = []
        vectors.reserveCapacity(request.texts.count)
        var place = 0
        while place < request.texts.count {
            try Task.checkCancellation()
            let end = min(place + Self.batch, request.texts.count)
            vectors += try await embedder.embed(Array(request.texts[place..<end]), purpose: request.purpose)
            place = end
        }
        return vectors
    }
}
