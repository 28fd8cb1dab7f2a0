import Models

/// What one model that writes nothing is used for one purpose.
final class UseSeries: Sendable {
    private let requests = EventCounter()
    private let tokens = EventCounter()
    private let units = EventCounter()
    private let dollars = AmountCounter()
    /// Of a guardrail: its units by policy.
    private let guardrail: [GuardrailUnit: EventCounter]

    init(_ purpose: ModelUse.Purpose) {
        let kinds = purpose == .guardrail ? GuardrailUnit.allCases : []
        guardrail = Dictionary(kinds.map { ($0, EventCounter()) }, uniquingKeysWith: { first, _ in first })
    }

    func add(_ use: ModelUse, dollars cost: Double?) {
        requests.add(UInt64(use.requests))
        tokens.add(UInt64(use.tokens))
        units.add(UInt64(use.units))
        for (kind, count) in use.guardrail { guardrail[kind]?.add(UInt64(count)) }
        if let cost { dollars.add(cost) }
    }
}

/// The use of models that write nothing, by what for and by model.
final class UseMetrics: Sendable {
    private let series: [ModelUse.Purpose: LabelledSeries<UseSeries>]

    /// - Parameter limit: models that are told apart at most.
    init(limit: Int) {
        series = Dictionary(
            ModelUse.Purpose.allCases.map { purpose in
                (purpose, LabelledSeries(limit: limit) { UseSeries(purpose) })
            },
            uniquingKeysWith: { first, _ in first })
    }

    func add(_ use: ModelUse, dollars: Double?) {
        series[use.purpose]?[use.model].add(use, dollars: dollars)
    }

    /// Those of purposes that are paid by token, or are not; of each as its counter stands.
    func samples(_ figure: Figure) -> [MetricFamily.Sample] {
        ModelUse.Purpose.allCases.filter { figure.isKnown(of: $0) }.flatMap { purpose in
            (series[purpose]?.all ?? []).flatMap { model, series in
                var labels = [MetricFamily.Label(name: "model", value: model)]
                if figure == .tokens { labels.append(MetricFamily.Label(name: "kind", value: "input")) }
                labels.append(MetricFamily.Label(name: "purpose", value: purpose.rawValue))
                if figure == .units, purpose == .guardrail { return series.samples(byPolicy: labels) }
                return [MetricFamily.Sample(labels: labels, value: series.value(of: figure))]
            }
        }
    }

    enum Figure {
        case requests, tokens, units, dollars

        /// Comprehend, Kendra and guardrails read no tokens, and models that embed do nothing else.
        fileprivate func isKnown(of purpose: ModelUse.Purpose) -> Bool {
            switch self {
            case .requests: true
            case .tokens:
                purpose == .question || purpose == .passage || purpose == .rerank || purpose == .reading
            case .units: purpose == .rerank || purpose == .analysis || purpose == .guardrail
            case .dollars: purpose != .search && purpose != .reading
            }
        }
    }

    /// Families that models which write have no part in.
    var families: [MetricFamily] {
        [
            MetricFamily(
                name: "millrace_model_requests_total",
                help: "Answers of models and services that write nothing, by what they were asked for",
                kind: .counter, samples: samples(.requests)),
            MetricFamily(
                name: "millrace_model_units_total",
                help:
                    "What is paid for one by one: searches of models that rank, Comprehend's units, guardrails'",
                kind: .counter, samples: samples(.units)),
        ]
    }
}

extension UseSeries {
    /// Units of a guardrail, each policy's that looked at something.
    fileprivate func samples(byPolicy labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        GuardrailUnit.allCases.compactMap { kind in
            guard let count = guardrail[kind]?.value, count > 0 else { return nil }
            return MetricFamily.Sample(
                labels: labels + [MetricFamily.Label(name: "policy", value: kind.rawValue)],
                value: Double(count))
        }
    }

    fileprivate func value(of figure: UseMetrics.Figure) -> Double {
        switch figure {
        case .requests: Double(requests.value)
        case .tokens: Double(tokens.value)
        case .units: Double(units.value)
        case .dollars: dollars.value
        }
    }
}
