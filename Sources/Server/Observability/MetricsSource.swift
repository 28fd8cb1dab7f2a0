import Concurrency
import Corpus
import FlowService
import Foundation
import QA
import Workspace

/// Metrics that are worked out when they are asked for.
struct MetricsSource: Sendable {
    /// How `millrace_collector_success` calls it.
    let name: String
    let read: @Sendable () async throws -> [MetricFamily]

    init(_ name: String, read: @escaping @Sendable () async throws -> [MetricFamily]) {
        self.name = name
        self.read = read
    }
}

extension MetricsSource {
    /// What the caches hold, and what they spared; nothing of one that is switched off.
    static func caches(_ statistics: @escaping @Sendable () -> QuestionCacheStatistics) -> MetricsSource {
        MetricsSource("caches") {
            let caches = statistics().all
            func family(
                _ kind: MetricFamily.Kind, _ name: String, _ help: String,
                _ value: (CacheStatistics) -> Int
            ) -> MetricFamily {
                .labelled(
                    kind, "millrace_cache_\(name)", by: "cache",
                    caches.map { ($0.name, value($0.statistics)) }, help)
            }
            return [
                family(.counter, "hits_total", "Requests that a cache served", \.hits),
                family(.counter, "misses_total", "Requests that a cache had nothing for", \.misses),
                family(
                    .counter, "shared_total", "Requests that waited for the work of an equal one", \.shared),
                family(.gauge, "entries", "Values that a cache holds", \.entries),
                family(.gauge, "bytes", "What those values take", \.bytes),
                family(.counter, "evictions_total", "Values that went to make room", \.evictions),
                family(
                    .counter, "invalidations_total", "Values that went because what they rest on changed",
                    \.invalidations),
            ]
        }
    }

    /// Asynchronous runs that wait, go on, or have failed for good; ended ones are counted nowhere, as they expire.
    static func runs(_ flows: ServedFlows) -> MetricsSource {
        MetricsSource("runs") {
            let counts = try await flows.service.store.runCounts()
            return [
                .labelled(
                    .gauge, "millrace_runs", by: "state",
                    counts.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 },
                    "Asynchronous runs by state; the queue is those that are queued")
            ]
        }
    }

    /// What is answered at once in this process, and what waits for its turn.
    static func turns(_ limiter: RunLimiter, limits: (running: Int, waiting: Int)) -> MetricsSource {
        MetricsSource("turns") {
            let load = limiter.load
            return [
                .labelled(
                    .gauge, "millrace_turns", by: "state",
                    [("running", load.running), ("waiting", load.waiting)],
                    "Questions, searches and runs that are being answered, and those that wait for it"),
                .labelled(
                    .gauge, "millrace_turns_limit", by: "state",
                    [("running", limits.running), ("waiting", limits.waiting)],
                    "How many there may be of each; what comes on top is refused"),
            ]
        }
    }

    /// What can be found by each index.
    ///
    /// - Parameter words: `nil` where nobody says.
    static func indexes(
        vectors: @escaping @Sendable () -> Int, words: (@Sendable () -> Int)?
    ) -> MetricsSource {
        MetricsSource("indexes") {
            var counts = [("vectors", vectors())]
            if let words { counts.append(("words", words())) }
            return [
                .labelled(
                    .gauge, "millrace_index_entries", by: "index", counts, "Passages that an index can find")
            ]
        }
    }

    /// What is stored, and since when.
    ///
    /// - Parameter model: the embedding model whose passages are counted.
    static func corpus(_ corpus: any EmbeddingStore & StateStore, model: String) -> MetricsSource {
        MetricsSource("corpus") {
            var families: [MetricFamily] = [
                .single(
                    .gauge, "millrace_passages", try await corpus.countChunks(model: model),
                    "Passages stored, whoever may read them")
            ]
            if let text = try await corpus.state("synced_at"), let time = try? Date(text, strategy: .iso8601)
            {
                families.append(
                    .single(
                        .gauge, "millrace_last_sync_timestamp_seconds", time.timeIntervalSince1970,
                        "When a source was last read whole"))
            }
            return families
        }
    }

    /// What the process takes, read on a thread that may wait.
    static func process() -> MetricsSource {
        let thread = BlockingExecutor(label: "millrace.metrics", width: 1)
        return MetricsSource("process") { try await thread.run { ProcessFigures.read() }.families }
    }
}
