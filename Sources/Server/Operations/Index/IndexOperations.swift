import Concurrency
import Corpus
import Foundation
import HTTPTypes
import QA
import VectorIndex

/// `GET /v1/index`: what both indexes hold and cost, how much of the truth they find, and how fast.
struct IndexOperations: Sendable {
    static let id = "index"

    let index: ServedIndex
    let recall: IndexRecall
    let qa: QuestionAnswering
    let corpus: any ServedCorpus
    let metrics: ServerMetrics
    let tracer: RequestTracer

    var operation: Operation {
        .scoped(
            .admin, Self.id, .get, "/v1/index", summary: "what the indexes hold, and how well they find it",
            section: "index", inputs: .none,
            responses: [.json(IndexDocument.self, "both indexes, latencies, caches and documents")]
        ) { _, caller in
            recall.refresh()
            let passages = try await corpus.countChunks(model: qa.modelName)
            let database = try? await index.databaseGeneration()
            let vectors = try await ServedIndex.looking.run { [index] in
                (statistics: try index.vectors.statistics(), memory: index.vectors.memory())
            }
            let words = try await ServedIndex.looking.run { [index] in index.words?() }
            let documents = try await corpus.withSnapshot(for: caller.scope) { [qa] snapshot in
                try IndexDocument.Documents(snapshot, qa)
            }
            return try .json(
                IndexDocument(
                    vectors: IndexDocument.Vectors(index.vectors, vectors.statistics, vectors.memory),
                    words: words.map { IndexDocument.Words($0) },
                    level: IndexDocument.Level(
                        passages: passages, vectors: vectors.statistics, words: words,
                        database: database.map { Int($0) }),
                    recall: recall.reading, latencies: latencies,
                    caches: qa.cacheStatistics.all.map { IndexDocument.Cache($0.name, $0.statistics) },
                    documents: documents, syncedAt: try await corpus.state("synced_at"),
                    uptime: max(0, Date().timeIntervalSince(metrics.startedAt))))
        }
    }

    private var latencies: [IndexDocument.Latency] {
        let requests = metrics.requests.all.map { ($0, $1.durations.reading) }
            .filter { !$0.0.hasPrefix("page:") && $0.1.count > 0 }
            .map { IndexDocument.Latency($0, .operation, $1) }
        let searches = tracer.core.stages.all.map {
            IndexDocument.Latency(SearchStages.prefix + $0, .stage, $1.reading)
        }
        return requests + searches
            + metrics.runs.stepReadings.map { IndexDocument.Latency($0, .stage, $1) }
    }
}
