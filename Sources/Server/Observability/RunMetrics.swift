import Flow
import Models

/// What the runs of flows take: their steps by component, and the models that they ask.
///
/// It is made before the server, because what it counts is put together before the server is:
///
/// ```swift
/// let metrics = RunMetrics()
/// let generator = metrics.metering(ConverseGenerator(…), price: price)
/// ```
public final class RunMetrics: StepObserver {
    /// Components and models that are told apart at most.
    static let limits = (components: 512, models: 64)

    final class StepSeries: Sendable {
        let finished = EventCounter()
        let failed = EventCounter()
        let cancelled = EventCounter()
        let skipped = EventCounter()
        let durations = LatencyHistogram()
    }

    private let steps = LabelledSeries(limit: limits.components) { StepSeries() }
    private let models = LabelledSeries(limit: limits.models) { ModelSeries() }
    private let uses = UseMetrics(limit: limits.models)

    public init() {}

    /// Counts a step of a run that has ended. Only its component's type, its outcome and its time count.
    public func ended(_ step: StepTrace) {
        let series = steps[step.type]
        switch step.outcome {
        case .finished: series.finished.add()
        case .failed: series.failed.add()
        case .cancelled: series.cancelled.add()
        case .skipped: series.skipped.add()
        }
        // A step that was skipped took no time, and one that was cancelled only as much as it was given.
        if step.outcome == .finished || step.outcome == .failed { series.durations.add(step.duration) }
    }

    /// The same generator, its calls, tokens and dollars counted under its name.
    ///
    /// One that quotes passages is no model, and is given back as it is.
    ///
    /// - Parameter price: what its tokens cost; `nil` and no dollars are counted.
    public func metering(_ generator: any Generator, price: ModelPrice?) -> any Generator {
        guard !(generator is ExtractiveGenerator) else { return generator }
        return MeteredGenerator(base: generator, price: price, series: models[generator.name])
    }

    /// Takes note of what models use that write nothing.
    ///
    /// It is told by the tasks that ask them, and counts for the request, the step of a flow and the ``ModelTally`` that
    /// they work for, too.
    public func meter(_ prices: UsePrices) -> any ModelUseMeter {
        UseMeter(metrics: uses, prices: prices)
    }
}

extension RunMetrics {
    /// Times of steps by the type of their component.
    var stepReadings: [(String, LatencyHistogram.Reading)] { steps.all.map { ($0, $1.durations.reading) } }

    var families: [MetricFamily] {
        stepFamilies + ModelSeries.families(models.all, uses: uses) + uses.families
    }

    private var stepFamilies: [MetricFamily] {
        let all = steps.all
        let counts = all.flatMap { component, series in
            [
                ("finished", series.finished), ("failed", series.failed), ("cancelled", series.cancelled),
                ("skipped", series.skipped),
            ].map { outcome, counter in
                MetricFamily.Sample(
                    labels: [
                        MetricFamily.Label(name: "component", value: component),
                        MetricFamily.Label(name: "outcome", value: outcome),
                    ], value: Double(counter.value))
            }
        }
        return [
            MetricFamily(
                name: "millrace_flow_steps_total", help: "Steps of flows by the type of their component",
                kind: .counter, samples: counts),
            .latencies(
                "millrace_flow_step_duration_seconds", by: "component",
                all.map { ($0, $1.durations.reading) },
                "Time of the steps that finished or failed, by the type of their component"),
        ]
    }
}
