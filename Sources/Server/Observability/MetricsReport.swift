/// The main figures of one period, for whoever keeps metrics without asking for them, such as CloudWatch.
public struct MetricsReport: Sendable, Hashable {
    public enum Unit: Sendable, Hashable {
        case count, milliseconds, bytes, percent
        /// Dollars, which have no unit elsewhere.
        case dollars
    }

    public struct Figure: Sendable, Hashable {
        /// In upper camel case: `LatencyP99`.
        public var name: String
        public var value: Double
        public var unit: Unit

        public init(_ name: String, _ value: Double, _ unit: Unit = .count) {
            self.name = name
            self.value = value
            self.unit = unit
        }
    }

    /// In a constant order; what there is nothing to tell of (the latency of no request) is missing.
    public var figures: [Figure]

    public init(figures: [Figure]) {
        self.figures = figures
    }

    /// The figure of this name.
    public subscript(name: String) -> Double? { figures.first { $0.name == name }?.value }
}

extension MetricsReport {
    /// - Parameters:
    ///   - start: how everything stood when the period began.
    ///   - end: how it stands now.
    init(from start: MetricsTotals, to end: MetricsTotals) {
        // A source that could not be read at one of the two moments must not count backwards.
        func grown(_ total: KeyPath<MetricsTotals, Double>) -> Double {
            max(0, end[keyPath: total] - start[keyPath: total])
        }
        let times = end.latencies.since(start.latencies)
        var figures = [
            Figure("Requests", grown(\.requests)), Figure("ClientErrors", grown(\.clientErrors)),
            Figure("ServerErrors", grown(\.serverErrors)),
        ]
        for (name, share) in [("LatencyP50", 0.5), ("LatencyP90", 0.9), ("LatencyP99", 0.99)] {
            guard let seconds = times.quantile(share) else { continue }
            figures.append(Figure(name, seconds * 1_000, .milliseconds))
        }
        figures += [
            Figure("RequestsInFlight", end.inFlight), Figure("ModelCalls", grown(\.modelCalls)),
            Figure("InputTokens", grown(\.inputTokens)), Figure("OutputTokens", grown(\.outputTokens)),
            Figure("Dollars", grown(\.dollars), .dollars),
        ]
        let (found, asked) = (grown(\.cacheHits), grown(\.cacheLookups))
        if asked > 0 { figures.append(Figure("CacheHitShare", 100 * found / asked, .percent)) }
        for (name, state) in [("RunsQueued", "queued"), ("RunsRunning", "running"), ("RunsDead", "dead")] {
            guard let count = end.runs[state] else { continue }
            figures.append(Figure(name, count))
        }
        figures.append(Figure("TurnsWaiting", end.turnsWaiting))
        if let bytes = end.residentBytes { figures.append(Figure("ResidentMemory", bytes, .bytes)) }
        self.figures = figures
    }
}
