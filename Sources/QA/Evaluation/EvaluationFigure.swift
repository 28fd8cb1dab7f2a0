/// A figure of a report: its name, what it means, and how it follows from outcomes.
///
/// A figure is a function of a list of outcomes, so that the interval of every one comes from the same resamples.
public struct EvaluationFigure: Sendable {
    /// Dotted, such as `answers.right`; `answers.right.KIND` for a kind of questions.
    public let name: String
    public let isBetterWhenLarger: Bool
    let value: @Sendable ([EvaluationOutcome]) -> Double?
    /// Of a share of questions: whether a question is one of the whole.
    private let isCounted: (@Sendable (EvaluationOutcome) -> Bool)?

    private init(
        _ name: String, larger: Bool = true, counted: (@Sendable (EvaluationOutcome) -> Bool)? = nil,
        _ value: @escaping @Sendable ([EvaluationOutcome]) -> Double?
    ) {
        self.name = name
        isBetterWhenLarger = larger
        isCounted = counted
        self.value = value
    }

    /// The interval of a share of questions by Wilson's score, which also means something where every question or none
    /// counts; `nil` for what is no such share, or of no questions.
    public func wilson(_ outcomes: [EvaluationOutcome]) -> WilsonInterval? {
        guard let isCounted, let value = value(outcomes) else { return nil }
        return WilsonInterval(share: value, trials: outcomes.count(where: isCounted))
    }

    /// A ratio of sums over questions; no value when `below` comes to nothing.
    private static func ratio(
        _ name: String, larger: Bool = true,
        _ terms: @escaping @Sendable (EvaluationOutcome) -> (Double, Double)
    ) -> EvaluationFigure {
        EvaluationFigure(name, larger: larger) { outcomes in
            var (above, below) = (0.0, 0.0)
            for outcome in outcomes {
                let (part, whole) = terms(outcome)
                above += part
                below += whole
            }
            return below == 0 ? nil : above / below
        }
    }

    private static func share(
        _ name: String, of whole: @escaping @Sendable (EvaluationOutcome) -> Bool,
        _ part: @escaping @Sendable (EvaluationOutcome) -> Bool
    ) -> EvaluationFigure {
        let figure = ratio(name) { whole($0) ? (part($0) ? 1 : 0, 1) : (0, 0) }
        return EvaluationFigure(name, counted: whole, figure.value)
    }

    private static func mean(
        _ name: String, _ value: @escaping @Sendable (EvaluationOutcome) -> Double?
    ) -> EvaluationFigure {
        ratio(name) { outcome in value(outcome).map { ($0, 1) } ?? (0, 0) }
    }

    /// All figures, in the order in which they are told; those that `outcomes` give no value are left out later.
    public static func all(of outcomes: [EvaluationOutcome]) -> [EvaluationFigure] {
        let kinds = Set(outcomes.map(\.kind)).sorted()
        let modes = Set(outcomes.flatMap(\.retrieval.keys)).sorted(by: >)
        return answers
            + kinds.map { kind in
                share("answers.right.\(kind)", of: { $0.kind == kind }, \.isRight)
            } + abstention + trust + citations
            + modes.flatMap { mode in
                [
                    mean("retrieval.\(mode).ndcg10") { $0.retrieval[mode]?.nDCGAt10 },
                    mean("retrieval.\(mode).recall10") { $0.retrieval[mode]?.recallAt10 },
                    mean("retrieval.\(mode).mrr") { $0.retrieval[mode]?.mrr },
                ]
            }
    }

    private static let answers = [
        share("answers.right", of: \.isAnswerable, \.isRight),
        share("answers.right_when_given", of: { !$0.withheld }, \.isRight),
        share("answers.exact_match", of: { $0.exactMatch != nil }) { $0.exactMatch == true },
        mean("answers.token_f1") { $0.tokenF1 },
    ]

    private static let abstention = [
        share("abstention.precision", of: \.withheld) { !$0.isAnswerable },
        share("abstention.recall", of: { !$0.isAnswerable }, \.withheld),
        // 2·TP / (2·TP + FP + FN), where positive is to withhold.
        ratio("abstention.f1") { outcome in
            switch (outcome.withheld, outcome.isAnswerable) {
            case (true, false): (2, 2)
            case (true, true), (false, false): (0, 1)
            case (false, true): (0, 0)
            }
        },
        EvaluationFigure("abstention.aurc", larger: false) { $0.isEmpty ? nil : RiskCoverage(of: $0).area },
        EvaluationFigure("abstention.excess_aurc", larger: false) {
            $0.isEmpty ? nil : RiskCoverage(of: $0).excessArea
        },
    ]

    private static let trust = [
        EvaluationFigure("calibration.ece", larger: false) { Calibration(of: $0)?.expectedError },
        EvaluationFigure("calibration.brier", larger: false) { Calibration(of: $0)?.brier },
    ]

    private static let citations = [
        ratio("citations.precision") { outcome in
            guard !outcome.expectedPages.isEmpty, !outcome.withheld else { return (0, 0) }
            return (Double(outcome.citations.grounded), Double(outcome.citations.sentences))
        },
        ratio("citations.recall") { outcome in
            guard outcome.isAnswerable, !outcome.withheld else { return (0, 0) }
            return (Double(outcome.citations.citedPages), Double(outcome.citations.rightPages))
        },
    ]
}

extension RiskCoverage {
    init(of outcomes: [EvaluationOutcome]) {
        self.init(outcomes.map { ($0.withheld ? nil : $0.confidence ?? 1, $0.isRight) })
    }
}

extension Calibration {
    /// `nil` unless every answer that was given says how sure it is.
    init?(of outcomes: [EvaluationOutcome]) {
        let given = outcomes.filter { !$0.withheld }
        let answers = given.compactMap { outcome in
            outcome.confidence.map { (confidence: $0, isRight: outcome.isRight) }
        }
        guard answers.count == given.count else { return nil }
        self.init(answers)
    }
}
