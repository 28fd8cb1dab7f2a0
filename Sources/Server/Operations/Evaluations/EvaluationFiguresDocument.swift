import QA

/// What came of a run: figures with their intervals.
struct EvaluationFiguresDocument: ResponseDocument {
    struct Figure: Encodable, Sendable {
        var name: String
        var value: Double
        var low: Double
        var high: Double
        var questions: Int
        var isBetterWhenLarger: Bool
        @Nullable var wilson: WilsonInterval?
    }

    struct Kind: Encodable, Sendable {
        var kind: String
        var value: Double
        var low: Double
        var high: Double
        var questions: Int
    }

    struct Latency: Encodable, Sendable {
        var p50: Double
        var p95: Double
        var p99: Double
    }

    var figures: [Figure]
    var byKind: [Kind]
    var abstention: AbstentionScores
    @Nullable var latencyMs: Latency?
    var leaks: Int
    var forgedCitations: Int
    var failures: Int

    static var schema: JSONSchema {
        let wilson = JSONSchema.object(required: ["low": .number, "high": .number])
        let figure = JSONSchema.object(required: [
            "name": JSONSchema.text.described("as docs/evaluation.md explains them"), "value": .number,
            "low": .number, "high": JSONSchema.number.described("ends of the 95 % interval, by bootstrap"),
            "questions": .integer, "is_better_when_larger": .flag,
            "wilson": wilson.orNull.described("the interval of a share by Wilson's score"),
        ])
        return .object(required: [
            "figures": .list(of: figure),
            "by_kind": JSONSchema.list(
                of: .object(required: [
                    "kind": .text, "value": .number, "low": .number, "high": .number,
                    "questions": .integer,
                ])
            ).described("the share answered rightly, with Wilson's interval"),
            "abstention": .object(required: [
                "abstained_rightly": .integer, "abstained_wrongly": .integer,
                "answered_wrongly": .integer, "answered_rightly": .integer,
            ]),
            "latency_ms": JSONSchema.object(required: ["p50": .number, "p95": .number, "p99": .number])
                .orNull,
            "leaks": JSONSchema.integer.described("must be 0"), "forged_citations": .integer,
            "failures": JSONSchema.integer.described("things that went wrong"),
        ]).named("EvaluationFigures")
    }

    init(_ report: EvaluationReport) {
        figures = EvaluationFigure.all(of: report.outcomes).compactMap { figure in
            report.figures[figure.name].map { interval in
                Figure(
                    name: figure.name, value: interval.value, low: interval.low, high: interval.high,
                    questions: interval.questions, isBetterWhenLarger: figure.isBetterWhenLarger,
                    wilson: Nullable(wrappedValue: figure.wilson(report.outcomes)))
            }
        }
        byKind = Dictionary(grouping: report.outcomes, by: \.kind).sorted { $0.key < $1.key }
            .compactMap { kind, outcomes in
                let share = Double(outcomes.count(where: \.isRight)) / Double(outcomes.count)
                return WilsonInterval(share: share, trials: outcomes.count).map {
                    Kind(kind: kind, value: share, low: $0.low, high: $0.high, questions: outcomes.count)
                }
            }
        abstention = report.abstention
        _latencyMs = Nullable(
            wrappedValue: report.latency.total.map { Latency(p50: $0.p50, p95: $0.p95, p99: $0.p99) })
        leaks = report.leaks
        forgedCitations = report.forgedCitations
        failures = report.failures.count
    }
}
