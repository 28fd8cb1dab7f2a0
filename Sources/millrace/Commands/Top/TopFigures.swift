import Foundation
import JSONValue

/// A server's figures between two looks at it, as `--json` writes them.
struct TopFigures: Sendable, Encodable {
    struct Operation: Sendable, Encodable {
        var operation: String
        var perSecond: Double
        var errorsPerSecond: Double
        /// Of the interval; of all times since the start where there were none in it.
        var p50Ms: Double?
        var p99Ms: Double?
    }

    struct Cache: Sendable, Encodable {
        var cache: String
        var hitsPerSecond: Double
        /// Since the start; `nil` before the first lookup.
        var hitShare: Double?
        var entries: Int
        var bytes: Int
    }

    struct Index: Sendable, Encodable {
        struct Recall: Sendable, Encodable {
            var value: Double
            var low: Double
            var high: Double
        }

        var elementType: String
        var dimension: Int
        var isLevel: Bool
        var residentBytes: Int
        var diskBytes: Int
        var recall: Recall?
    }

    struct Slow: Sendable, Encodable {
        var name: String
        var durationMs: Double
        var ageSeconds: Double
        var trace: String
    }

    var version = ""
    var uptimeSeconds = 0.0
    var requestsPerSecond = 0.0
    var errorsPerSecond = 0.0
    var inFlight = 0
    var turnsRunning = 0
    var turnsWaiting = 0
    var turnsLimit = 0
    var runsQueued = 0
    var runsRunning = 0
    var runsDead = 0
    var residentBytes = 0
    /// Of one processor; more than 1 are several.
    var processorShare: Double?
    var openFiles = 0
    var inputTokensPerSecond = 0.0
    var outputTokensPerSecond = 0.0
    var dollars = 0.0
    var syncAgeSeconds: Double?
    var vectors = 0
    var words = 0
    var operations: [Operation] = []
    var caches: [Cache] = []
    /// `nil` for who may not see it.
    var index: Index?
    var slowest: [Slow]?
}

extension TopFigures {
    /// Operations that a server's watchers call themselves.
    private static let own: Set<String> = ["metrics", "index", "listTraces"]
    private static let requests = "millrace_http_requests_total"
    private static let times = "millrace_http_request_duration_seconds_bucket"

    init(from before: TopReading, to after: TopReading, now: Date = Date()) {
        let seconds = max((after.at - before.at) / .seconds(1), 0.001)
        func level(_ name: String, _ label: String? = nil, _ value: String? = nil) -> Int {
            Int((after.sum(name, where: label, is: value) ?? 0).rounded())
        }
        func perSecond(_ name: String, _ label: String? = nil, _ value: String? = nil) -> Double {
            let grown =
                (after.sum(name, where: label, is: value) ?? 0)
                - (before.sum(name, where: label, is: value) ?? 0)
            // A server that began anew counts from zero.
            return max(0, grown) / seconds
        }
        version = after.samples.first { $0.name == "millrace_build_info" }?.labels["version"] ?? ""
        uptimeSeconds = after.sum("millrace_uptime_seconds") ?? 0
        requestsPerSecond = perSecond(Self.requests)
        errorsPerSecond = perSecond(Self.requests, "status", "5xx")
        inFlight = level("millrace_http_requests_in_flight")
        turnsRunning = level("millrace_turns", "state", "running")
        turnsWaiting = level("millrace_turns", "state", "waiting")
        turnsLimit = level("millrace_turns_limit", "state", "running")
        runsQueued = level("millrace_runs", "state", "queued")
        runsRunning = level("millrace_runs", "state", "running")
        runsDead = level("millrace_runs", "state", "dead")
        residentBytes = level("process_resident_memory_bytes")
        openFiles = level("process_open_fds")
        processorShare = after.sum("process_cpu_seconds_total").map { _ in
            perSecond("process_cpu_seconds_total")
        }
        inputTokensPerSecond = perSecond("millrace_model_tokens_total", "kind", "input")
        outputTokensPerSecond = perSecond("millrace_model_tokens_total", "kind", "output")
        dollars = after.sum("millrace_model_cost_dollars_total") ?? 0
        syncAgeSeconds = after.sum("millrace_last_sync_timestamp_seconds").map {
            max(0, now.timeIntervalSince1970 - $0)
        }
        vectors = level("millrace_index_entries", "index", "vectors")
        words = level("millrace_index_entries", "index", "words")
        operations = Self.operations(before, after, seconds)
        caches = Self.caches(before, after, seconds)
        index = after.index.flatMap { Index($0) }
        slowest = after.traces.map { Self.slowest($0, now: now) }
    }

    private static func operations(
        _ before: TopReading, _ after: TopReading, _ seconds: Double
    ) -> [Operation] {
        let names = Set(after.samples.filter { $0.name == requests }.compactMap { $0.labels["operation"] })
        func count(_ reading: TopReading, _ name: String, failed: Bool = false) -> Double {
            reading.samples.filter { sample in
                sample.name == requests && sample.labels["operation"] == name
                    && (!failed || sample.labels["status"] == "5xx")
            }.reduce(0) { $0 + $1.value }
        }
        return names.filter { !own.contains($0) && count(after, $0) > 0 }.map { name in
            let all = buckets(after, name)
            let old = Dictionary(
                buckets(before, name).map { ($0.bound, $0.count) }, uniquingKeysWith: { first, _ in first })
            let new = all.map { (bound: $0.bound, count: max(0, $0.count - (old[$0.bound] ?? 0))) }
            let shown = (new.last?.count ?? 0) > 0 ? new : all
            return Operation(
                operation: name, perSecond: max(0, count(after, name) - count(before, name)) / seconds,
                errorsPerSecond: max(
                    0, count(after, name, failed: true) - count(before, name, failed: true)) / seconds,
                p50Ms: quantile(0.5, shown).map { 1_000 * $0 },
                p99Ms: quantile(0.99, shown).map { 1_000 * $0 })
        }.sorted { ($1.perSecond, $0.operation) < ($0.perSecond, $1.operation) }
    }

    private static func buckets(
        _ reading: TopReading, _ operation: String
    ) -> [(bound: Double, count: Double)] {
        reading.samples.filter { $0.name == times && $0.labels["operation"] == operation }
            .compactMap { sample in
                sample.labels["le"].map { (bound: $0 == "+Inf" ? .infinity : Double($0) ?? 0, sample.value) }
            }
            .sorted { $0.bound < $1.bound }
    }

    /// As Prometheus' `histogram_quantile`: spread evenly within a bucket.
    private static func quantile(
        _ share: Double, _ buckets: [(bound: Double, count: Double)]
    ) -> Double? {
        guard let total = buckets.last?.count, total > 0 else { return nil }
        let rank = share * total
        var (lower, below) = (0.0, 0.0)
        for bucket in buckets {
            if bucket.count >= rank, bucket.count > below {
                guard bucket.bound.isFinite else { return lower }
                return lower + (bucket.bound - lower) * (rank - below) / (bucket.count - below)
            }
            (lower, below) = (bucket.bound, bucket.count)
        }
        return lower
    }

    private static func caches(
        _ before: TopReading, _ after: TopReading, _ seconds: Double
    ) -> [Cache] {
        let hits = "millrace_cache_hits_total"
        return after.samples.filter { $0.name == hits }.compactMap { sample in
            guard let cache = sample.labels["cache"] else { return nil }
            func value(_ name: String, _ reading: TopReading) -> Double {
                reading.sum(name, where: "cache", is: cache) ?? 0
            }
            let lookups = sample.value + value("millrace_cache_misses_total", after)
            return Cache(
                cache: cache, hitsPerSecond: max(0, sample.value - value(hits, before)) / seconds,
                hitShare: lookups > 0 ? sample.value / lookups : nil,
                entries: Int(value("millrace_cache_entries", after)),
                bytes: Int(value("millrace_cache_bytes", after)))
        }
    }

    private static func slowest(_ document: JSONValue, now: Date) -> [Slow] {
        let traces = document["traces"]?.array ?? []
        return Array(
            traces.compactMap { trace -> Slow? in
                guard let name = trace["name"]?.string, let duration = trace["duration_ms"]?.double,
                    let id = trace["id"]?.string, let start = trace["started_at"]?.string
                else { return nil }
                let age = (try? Date(start, strategy: .iso8601)).map { now.timeIntervalSince($0) }
                return Slow(name: name, durationMs: duration, ageSeconds: max(0, age ?? 0), trace: id)
            }.sorted { $0.durationMs > $1.durationMs }.prefix(5))
    }
}

extension TopFigures.Index {
    init?(_ document: JSONValue) {
        guard let vectors = document["vectors"] else { return nil }
        elementType = vectors["element_type"]?.string ?? ""
        dimension = vectors["dimension"]?.integer ?? 0
        isLevel = document["level"]?["is_level"]?.bool ?? false
        residentBytes = vectors["resident_bytes"]?.integer ?? 0
        diskBytes =
            (vectors["disk_bytes"]?.integer ?? 0) + (document["words"]?["disk_bytes"]?.integer ?? 0)
        if let found = document["recall"], let value = found["value"]?.double {
            recall = Recall(
                value: value, low: found["low"]?.double ?? value, high: found["high"]?.double ?? value)
        }
    }
}
