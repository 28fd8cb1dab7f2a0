import Concurrency
import Corpus
import FlowService
import Foundation
import QA
import VectorIndex
import TextIndex
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

    /// What the index of vectors and that of words cost, and how much of the truth was found when it was last measured.
    static func indexFigures(_ index: ServedIndex, _ recall: IndexRecall) -> MetricsSource {
        MetricsSource("index") {
            let (vectors, words) = try await ServedIndex.looking.run {
                (try index.vectors.statistics(), index.words?())
            }
            var bytes = [("vectors", vectors.snapshotByteCount + vectors.logByteCount)]
            var deleted = [("vectors", vectors.deadCount)]
            if let words {
                bytes.append(("words", words.diskByteCount + words.logByteCount))
                deleted.append(("words", words.deadCount))
            }
            var families: [MetricFamily] = [
                .labelled(
                    .gauge, "millrace_index_disk_bytes", by: "index", bytes,
                    "Bytes of an index on disk, its log included"),
                .labelled(
                    .gauge, "millrace_index_deleted_entries", by: "index", deleted,
                    "Passages that were removed or replaced and whose room is not free yet"),
            ]
            if let measured = recall.reading.last {
                families.append(
                    .single(
                        .gauge, "millrace_index_recall", measured.measurement.value,
                        "Share of the 10 nearest that searches found, of sampled vectors, when last measured")
                )
            }
            return families
        }
    }

    /// Times of the parts of a search, and what became of traces.
    static func traces(_ tracer: RequestTracer) -> MetricsSource {
        MetricsSource("traces") {
            let counts = tracer.core.exporter?.counts ?? TraceExporter.Counts()
            return [
                .latencies(
                    "millrace_search_stage_duration_seconds", by: "stage",
                    tracer.core.stages.all.map { ($0, $1.reading) }, "Time of the parts of a search"),
                .labelled(
                    .counter, "millrace_trace_spans_total", by: "outcome",
                    [("exported", counts.exported), ("dropped", counts.dropped)],
                    "Spans that were sent to the collector, and that were not"),
                .single(
                    .counter, "millrace_trace_export_failures_total", counts.failures,
                    "Requests to the collector that failed"),
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
