import Models
import Synchronization

/// The calls of one model.
final class ModelSeries: Sendable {
    enum Outcome: String, CaseIterable, Sendable {
        case finished, failed, cancelled
    }

    /// Tokens of one call that are believed at most: what a provider counts is its own word.
    private static let believable = 0...(1 << 32)

    private let finished = EventCounter()
    private let failed = EventCounter()
    private let cancelled = EventCounter()
    private let input = EventCounter()
    private let output = EventCounter()
    private let cacheRead = EventCounter()
    private let cacheWrite = EventCounter()
    private let dollars = AmountCounter()
    private let durations = LatencyHistogram()

    /// - Returns: what is believed of it.
    @discardableResult
    func add(_ usage: TokenUsage, price: ModelPrice?) -> TokenUsage {
        let believed = TokenUsage(
            inputTokens: Self.believed(usage.inputTokens), outputTokens: Self.believed(usage.outputTokens),
            cacheReadTokens: Self.believed(usage.cacheReadTokens),
            cacheWriteTokens: Self.believed(usage.cacheWriteTokens))
        input.add(UInt64(believed.inputTokens))
        output.add(UInt64(believed.outputTokens))
        cacheRead.add(UInt64(believed.cacheReadTokens))
        cacheWrite.add(UInt64(believed.cacheWriteTokens))
        if let price { dollars.add(price.cost(of: believed)) }
        return believed
    }

    func ended(_ outcome: Outcome, after duration: Duration) {
        counter(of: outcome).add()
        if outcome != .cancelled { durations.add(duration) }
    }

    private static func believed(_ count: Int) -> Int {
        min(max(count, believable.lowerBound), believable.upperBound)
    }

    private func counter(of outcome: Outcome) -> EventCounter {
        switch outcome {
        case .finished: finished
        case .failed: failed
        case .cancelled: cancelled
        }
    }
}

extension ModelSeries {
    /// - Parameter uses: of models that write nothing, whose tokens and dollars stand beside these.
    static func families(_ models: [(String, ModelSeries)], uses: UseMetrics? = nil) -> [MetricFamily] {
        let calls = models.flatMap { model, series in
            Outcome.allCases.map { outcome in
                sample(model, "outcome", outcome.rawValue, Double(series.counter(of: outcome).value))
            }
        }
        let tokens = models.flatMap { model, series in
            [
                ("input", series.input), ("output", series.output), ("cache_read", series.cacheRead),
                ("cache_write", series.cacheWrite),
            ].map { kind, counter in written(sample(model, "kind", kind, Double(counter.value))) }
        }
        let dollars = models.map { model, series in
            written(
                MetricFamily.Sample(
                    labels: [MetricFamily.Label(name: "model", value: model)], value: series.dollars.value))
        }
        return [
            MetricFamily(
                name: "millrace_model_calls_total", help: "Calls of models that write, by how they ended",
                kind: .counter, samples: calls),
            .latencies(
                "millrace_model_call_duration_seconds", by: "model",
                models.map { ($0, $1.durations.reading) },
                "Time from asking a model to the end of what it wrote; its reader's own time is part of it"),
            MetricFamily(
                name: "millrace_model_tokens_total",
                help: "Tokens as models' providers count them; nothing of a provider that does not",
                kind: .counter, samples: tokens + (uses?.samples(.tokens) ?? [])),
            MetricFamily(
                name: "millrace_model_cost_dollars_total",
                help: "What models were used for, by the prices of the settings",
                kind: .counter, samples: dollars + (uses?.samples(.dollars) ?? [])),
        ]
    }

    /// The same, of a model that writes.
    private static func written(_ sample: MetricFamily.Sample) -> MetricFamily.Sample {
        var sample = sample
        sample.labels.append(MetricFamily.Label(name: "purpose", value: "answer"))
        return sample
    }

    private static func sample(
        _ model: String, _ label: String, _ value: String, _ number: Double
    ) -> MetricFamily.Sample {
        MetricFamily.Sample(
            labels: [
                MetricFamily.Label(name: "model", value: model),
                MetricFamily.Label(name: label, value: value),
            ], value: number)
    }
}

/// One call of a model, from its first read on. One that is given up ends with its last reference.
final class ModelCall {
    private let series: ModelSeries
    private let price: ModelPrice?
    private let span: GenerationSpan?
    private let model: String
    private let usage: RequestUsage?
    private var start: ContinuousClock.Instant?

    init(
        _ series: ModelSeries, price: ModelPrice?, span: GenerationSpan? = nil, model: String = "",
        usage: RequestUsage? = nil
    ) {
        self.series = series
        self.model = model
        self.usage = usage
        self.price = price
        self.span = span
    }

    deinit { ended(.cancelled) }

    /// Something is read; the first time, the call begins.
    func reads() {
        if start == nil { start = .now }
    }

    func saw(_ event: GenerationEvent) {
        span?.saw(event)
        switch event {
        case .usage(let usage): add(usage)
        case .finished: ended(.finished)
        default: break
        }
    }

    private func add(_ usage: TokenUsage) {
        let believed = series.add(usage, price: price)
        self.usage?.add(believed, of: model, price: price)
    }

    /// Counts once.
    func ended(_ outcome: ModelSeries.Outcome) {
        guard !isOver else { return }
        isOver = true
        span?.ended(outcome)
        guard let start else { return }
        series.ended(outcome, after: .now - start)
    }

    private var isOver = false
}
