import Corpus
import Foundation
import QA
import TextIndex
import VectorIndex

/// The response of `GET /v1/index`.
struct IndexDocument: ResponseDocument {
    var vectors: Vectors
    @Nullable var words: Words?
    var level: Level
    @Nullable var recall: Recall?
    var recallState: String
    var latencies: [Latency]
    var caches: [Cache]
    var documents: Documents
    @Nullable var syncedAt: String?
    var uptimeSeconds: Double

    static var schema: JSONSchema {
        .object(required: [
            "vectors": Vectors.schema, "words": Words.schema.orNull, "level": Level.schema,
            "recall": Recall.schema.orNull,
            "recall_state": JSONSchema.choice(IndexRecall.State.allCases.map(\.rawValue)).described(
                "it is measured in the background while somebody looks, at most every five minutes"),
            "latencies": .list(of: Latency.schema), "caches": .list(of: Cache.schema),
            "documents": Documents.schema, "synced_at": JSONSchema.text.orNull, "uptime_seconds": .number,
        ]).named("IndexFigures")
    }

    init(
        vectors: Vectors, words: Words?, level: Level,
        recall: (last: IndexRecall.Measured?, state: IndexRecall.State), latencies: [Latency],
        caches: [Cache], documents: Documents, syncedAt: String?, uptime: Double
    ) {
        self.vectors = vectors
        _words = Nullable(wrappedValue: words)
        self.level = level
        _recall = Nullable(wrappedValue: recall.last.map { Recall($0) })
        recallState = recall.state.rawValue
        self.latencies = latencies
        self.caches = caches
        self.documents = documents
        _syncedAt = Nullable(wrappedValue: syncedAt)
        uptimeSeconds = uptime
    }
}

extension IndexDocument {
    struct Vectors: Encodable, Sendable {
        var count: Int
        var deleted: Int
        var dimension: Int
        var metric: String
        var elementType: String
        var m: Int
        var efConstruction: Int
        var efSearch: Int
        var layers: Int
        var bytesPerVector: Int
        var memoryBytes: Int
        var residentBytes: Int
        var mappedBytes: Int
        var diskBytes: Int
        var logBytes: Int
        var logChanges: Int

        static var schema: JSONSchema {
            .object(required: [
                "count": .integer,
                "deleted": JSONSchema.integer.described("removed or replaced, their room not free yet"),
                "dimension": .integer, "metric": .text,
                "element_type": JSONSchema.choice(VectorFormat.allCases.map(\.description))
                    .described("what the graph compares; results are compared again as float32"),
                "m": .integer, "ef_construction": .integer,
                "ef_search": JSONSchema.integer.described("of searches that name none"),
                "layers": .integer, "bytes_per_vector": .integer,
                "memory_bytes": JSONSchema.integer.described("what the vectors take when all is in memory"),
                "resident_bytes": JSONSchema.integer.described("what is in memory now"),
                "mapped_bytes": JSONSchema.integer.described("of the file that is read when it is touched"),
                "disk_bytes": .integer, "log_bytes": .integer, "log_changes": .integer,
            ])
        }

        init(
            _ store: ServedVectors, _ figures: IndexStatistics,
            _ memory: (residentByteCount: Int, mappedByteCount: Int)
        ) {
            count = figures.count
            deleted = figures.deadCount
            dimension = store.dimension
            metric = store.metric.description
            elementType = figures.format.description
            (m, efConstruction, efSearch) = store.graph
            layers = figures.layerCount
            bytesPerVector = figures.bytesPerVector
            memoryBytes = figures.bytesPerVector.multipliedReportingOverflow(by: figures.count).partialValue
            residentBytes = memory.residentByteCount
            mappedBytes = memory.mappedByteCount
            diskBytes = figures.snapshotByteCount + figures.logByteCount
            logBytes = figures.logByteCount
            logChanges = figures.logRecordCount
        }
    }

    struct Words: Encodable, Sendable {
        var count: Int
        var deleted: Int
        var terms: Int
        var postingsBytes: Int
        var memorySegments: Int
        var diskSegments: Int
        var memoryBytes: Int
        var diskBytes: Int
        var logBytes: Int

        static var schema: JSONSchema {
            .object(required: [
                "count": .integer, "deleted": .integer,
                "terms": JSONSchema.integer.described(
                    "of all segments; one that several have counts in each"),
                "postings_bytes": .integer, "memory_segments": .integer, "disk_segments": .integer,
                "memory_bytes": .integer, "disk_bytes": .integer, "log_bytes": .integer,
            ])
        }

        init(_ figures: TextIndexStatistics) {
            count = figures.count
            deleted = figures.deadCount
            terms = figures.termCount
            postingsBytes = figures.postingsByteCount
            memorySegments = figures.memorySegmentCount
            diskSegments = figures.diskSegmentCount
            memoryBytes = figures.memoryByteCount
            diskBytes = figures.diskByteCount + figures.logByteCount
            logBytes = figures.logByteCount
        }
    }

    /// Whether both indexes hold what the database holds.
    struct Level: Encodable, Sendable {
        var passages: Int
        var vectors: Int
        @Nullable var words: Int?
        var isLevel: Bool
        @Nullable var databaseGeneration: Int?
        var vectorsGeneration: Int
        @Nullable var wordsGeneration: Int?

        static var schema: JSONSchema {
            .object(required: [
                "passages": JSONSchema.integer.described("in the database"), "vectors": .integer,
                "words": JSONSchema.integer.orNull, "is_level": .flag,
                "database_generation": JSONSchema.integer.orNull,
                "vectors_generation": JSONSchema.integer.described("the last one that was noted"),
                "words_generation": JSONSchema.integer.orNull,
            ])
        }

        init(passages: Int, vectors: IndexStatistics, words: TextIndexStatistics?, database: Int?) {
            self.passages = passages
            self.vectors = vectors.count
            _words = Nullable(wrappedValue: words?.count)
            isLevel = vectors.count == passages && (words?.count ?? passages) == passages
            _databaseGeneration = Nullable(wrappedValue: database)
            vectorsGeneration = Int(clamping: vectors.generation)
            _wordsGeneration = Nullable(wrappedValue: words.map { Int(clamping: $0.generation) })
        }
    }

    struct Recall: Encodable, Sendable {
        var k: Int
        var value: Double
        var low: Double
        var high: Double
        var sampled: Int
        var efSearch: Int
        var vectors: Int
        var measuredAt: Date
        var tookMs: Double

        static var schema: JSONSchema {
            .object(required: [
                "k": .integer,
                "value": JSONSchema.number.described(
                    "the share of the k nearest by comparing every vector that searches found"),
                "low": .number, "high": JSONSchema.number.described("ends of the 95 % interval"),
                "sampled": JSONSchema.integer.described("stored vectors that were searched for"),
                "ef_search": .integer, "vectors": .integer, "measured_at": .time, "took_ms": .number,
            ])
        }

        init(_ measured: IndexRecall.Measured) {
            let measurement = measured.measurement
            k = measurement.k
            value = measurement.value
            low = measurement.low
            high = measurement.high
            sampled = measurement.sampled
            efSearch = measurement.efSearch
            vectors = measurement.count
            measuredAt = measured.at
            tookMs = measured.took / .milliseconds(1)
        }
    }

    struct Cache: Encodable, Sendable {
        var name: String
        var hits: Int
        var misses: Int
        var shared: Int
        var entries: Int
        var bytes: Int
        var evictions: Int
        var invalidations: Int

        static var schema: JSONSchema {
            .object(required: [
                "name": .text, "hits": .integer, "misses": .integer, "shared": .integer,
                "entries": .integer, "bytes": .integer, "evictions": .integer, "invalidations": .integer,
            ])
        }

        init(_ name: String, _ figures: CacheStatistics) {
            self.name = name
            hits = figures.hits
            misses = figures.misses
            shared = figures.shared
            entries = figures.entries
            bytes = figures.bytes
            evictions = figures.evictions
            invalidations = figures.invalidations
        }
    }
}
