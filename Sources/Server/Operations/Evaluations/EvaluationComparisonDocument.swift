import QA
import Workspace

/// Two runs on the same questions.
struct EvaluationComparisonDocument: ResponseDocument {
    struct Difference: Encodable, Sendable {
        var figure: String
        var before: Double
        var after: Double
        var value: Double
        var low: Double
        var high: Double
        var isBetterWhenLarger: Bool
        var verdict: String
    }

    struct Side: Encodable, Sendable {
        var isRight: Bool
        var withheld: Bool
        var said: String
        @Nullable var trace: String?

        init(_ outcome: EvaluationOutcome) {
            isRight = outcome.isRight
            withheld = outcome.withheld
            said = outcome.said
            _trace = Nullable(wrappedValue: outcome.trace)
        }
    }

    struct Changed: Encodable, Sendable {
        var id: String
        var question: String
        var kind: String
        var before: Side
        var after: Side
        var change: String
    }

    var before: EvaluationRunDocument
    var after: EvaluationRunDocument
    var questions: Int
    var unpaired: Int
    var differences: [Difference]
    var changed: [Changed]

    static var schema: JSONSchema {
        let side = JSONSchema.object(required: [
            "is_right": .flag, "withheld": .flag, "said": .text, "trace": JSONSchema.text.orNull,
        ])
        return .object(required: [
            "before": EvaluationRunDocument.schema, "after": EvaluationRunDocument.schema,
            "questions": JSONSchema.integer.described("that both were asked"),
            "unpaired": JSONSchema.integer.described("that only one was asked"),
            "differences": .list(
                of: .object(required: [
                    "figure": .text, "before": .number, "after": .number,
                    "value": JSONSchema.number.described("after less before, question by question"),
                    "low": .number, "high": .number, "is_better_when_larger": .flag,
                    "verdict": JSONSchema.choice(["better", "worse", "unclear"]).described(
                        "unclear where zero is within the 95 % interval"),
                ])),
            "changed": .list(
                of: .object(required: [
                    "id": .text, "question": .text, "kind": .text, "before": side, "after": side,
                    "change": .choice(["won", "lost"]),
                ])),
        ]).named("EvaluationComparison")
    }

    init(
        _ before: (run: StoredEvaluationRun, report: EvaluationReport),
        _ after: (run: StoredEvaluationRun, report: EvaluationReport)
    ) {
        let comparison = EvaluationComparison(
            before: before.report.outcomes, named: before.run.name, after: after.report)
        self.before = EvaluationRunDocument(before.run)
        self.after = EvaluationRunDocument(after.run)
        questions = comparison.questions
        unpaired = comparison.unpaired
        differences = comparison.differences.map { difference in
            Difference(
                figure: difference.figure, before: difference.before, after: difference.after,
                value: difference.difference.value, low: difference.difference.low,
                high: difference.difference.high, isBetterWhenLarger: difference.isBetterWhenLarger,
                verdict: difference.isBetter.map { $0 ? "better" : "worse" } ?? "unclear")
        }
        let known = Dictionary(
            before.report.outcomes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let won = Set(comparison.won)
        let lost = Set(comparison.lost)
        changed = after.report.outcomes.compactMap { outcome in
            guard won.contains(outcome.id) || lost.contains(outcome.id), let old = known[outcome.id] else {
                return nil
            }
            return Changed(
                id: outcome.id, question: outcome.question, kind: outcome.kind, before: Side(old),
                after: Side(outcome), change: won.contains(outcome.id) ? "won" : "lost")
        }
    }
}
