import Corpus
import HTTPTypes

/// `GET /healthz` (the process answers) and `GET /readyz` (it can answer questions).
struct HealthOperations: Sendable {
    private struct State: ResponseDocument {
        var status: String

        static var schema: JSONSchema {
            .object(required: ["status": .choice(["ok", "ready", "read-only"])]).named("Health")
        }

        /// What is asked all the time is written once.
        static let alive = written("ok")
        static let ready = written("ready")
        static let readOnly = written("read-only")

        private static func written(_ status: String) -> Result<APIResponse, any Error> {
            Result { try APIResponse.json(State(status: status)) }
        }
    }

    let corpus: any EmbeddingStore
    /// The embedding model whose passages must be indexed.
    let model: String
    let indexCount: @Sendable () -> Int
    /// `nil` where nobody looks.
    var disk: DiskSpace?
    /// Those of the other tenants, who are served by the same process.
    var tenants: [HealthOperations] = []

    var operations: [Operation] {
        [
            .open(
                "healthz", .get, "/healthz", summary: "is the process alive", section: "health",
                inputs: .none, responses: [.json(State.self, "it is")]
            ) { _ in try State.alive.get() },
            .open(
                "readyz", .get, "/readyz", summary: "can it answer", section: "health", inputs: .none,
                responses: [
                    .json(
                        State.self, "every stored passage can be searched; “read-only” while the disk is full"
                    )
                ],
                problems: [.notReady]
            ) { _ in
                let reasons = await self.reasons()
                guard reasons.isEmpty else { throw RequestFault.notReady(reasons: reasons) }
                // Questions are answered all the same: no reason to send them elsewhere.
                return try (disk?.isFull == true ? State.readOnly : State.ready).get()
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
        // Which one it is, and what of it, is not for everybody to know.
        for tenant in tenants where await !tenant.reasons().isEmpty {
            return ["The documents of a tenant cannot all be searched yet."]
        }
        return []
    }
}
