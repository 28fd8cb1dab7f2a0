/// The sums that a report compares.
struct MetricsTotals: Sendable, Hashable {
    /// Whatever looks at the server all the time. Its requests would hide those of people.
    static let probes: Set<String> = ["healthz", "readyz", MetricsOperation.id]

    var requests = 0.0
    var clientErrors = 0.0
    var serverErrors = 0.0
    var latencies = LatencyHistogram.Reading.none
    var inFlight = 0.0
    var modelCalls = 0.0
    /// Those of the provider's prompt cache included.
    var inputTokens = 0.0
    var outputTokens = 0.0
    var dollars = 0.0
    /// What another request's work served included.
    var cacheHits = 0.0
    var cacheLookups = 0.0
    /// By state.
    var runs: [String: Double] = [:]
    var turnsWaiting = 0.0
    var residentBytes: Double?

    init() {}

    /// - Parameters:
    ///   - families: as ``ServerMetrics/families()`` made them.
    ///   - requests: has the times that they were made of.
    init(_ families: [MetricFamily], _ requests: RequestMetrics) {
        let samples = Dictionary(
            families.map { ($0.name, $0.samples) }, uniquingKeysWith: { first, _ in first })
        func sum(_ name: String, where condition: (MetricFamily.Sample) -> Bool = { _ in true }) -> Double {
            samples[name, default: []].lazy.filter(condition).reduce(0) { $0 + $1.value }
        }
        let counted = "millrace_http_requests_total"
        func asked(_ sample: MetricFamily.Sample) -> Bool { !Self.probes.contains(sample["operation"] ?? "") }
        self.requests = sum(counted, where: asked)
        clientErrors = sum(counted) { asked($0) && $0["status"] == "4xx" }
        serverErrors = sum(counted) { asked($0) && $0["status"] == "5xx" }
        latencies = requests.all.filter { !Self.probes.contains($0.0) }
            .reduce(.none) { $0 + $1.1.durations.reading }
        inFlight = sum("millrace_http_requests_in_flight")
        modelCalls = sum("millrace_model_calls_total")
        outputTokens = sum("millrace_model_tokens_total") { $0["kind"] == "output" }
        inputTokens = sum("millrace_model_tokens_total") - outputTokens
        dollars = sum("millrace_model_cost_dollars_total")
        cacheHits = sum("millrace_cache_hits_total") + sum("millrace_cache_shared_total")
        cacheLookups = cacheHits + sum("millrace_cache_misses_total")
        for sample in samples["millrace_runs", default: []] {
            runs[sample["state"] ?? ""] = sample.value
        }
        turnsWaiting = sum("millrace_turns") { $0["state"] == "waiting" }
        residentBytes = samples["process_resident_memory_bytes"]?.first?.value
    }
}

extension MetricFamily.Sample {
    /// A label's value.
    subscript(label: String) -> String? { labels.first { $0.name == label }?.value }
}
