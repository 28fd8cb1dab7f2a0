import Corpus
import HTTPTypes

/// `GET /healthz` (the process answers) and `GET /readyz` (it can answer questions).
struct HealthRoute: Sendable {
    private struct State: Encodable {
        var status: String
    }

    let corpus: any EmbeddingStore
    /// The embedding model whose passages must be indexed.
    let model: String
    let indexCount: @Sendable () -> Int

    var routes: [Route] {
        [
            Route(.get, "/healthz") { _, _ in try .json(State(status: "ok")) },
            Route(.get, "/readyz") { _, _ in
                let reasons = await self.reasons()
                guard reasons.isEmpty else { throw RequestFault.notReady(reasons: reasons) }
                return try .json(State(status: "ready"))
            },
        ]
    }

    /// Without numbers: how much there is depends on who asks.
    private func reasons() async -> [String] {
        let stored: Int
        do {
            stored = try await corpus.countChunks(model: model)
        } catch {
            return ["The corpus cannot be read."]
        }
        guard stored == indexCount() else {
            return [
                "The index does not hold every passage of the corpus: it is being rebuilt, or an ingest is under way."
            ]
        }
        return []
    }
}
