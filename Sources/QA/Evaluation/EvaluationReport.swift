/// What a set of questions says about retrieval and answers, with all that it follows from.
public struct EvaluationReport: Sendable, Codable {
    /// The number of this layout; it grows when a key changes its meaning or goes.
    public var layout = 2
    /// Names the settings, in comparisons.
    public var name: String
    public var questions: Int
    public var half: EvaluationHalf?
    /// Questions that were asked at once; latencies are those under this load.
    public var concurrency: Int
    public var resamples: Int
    public var seed: UInt64
    /// By ``EvaluationFigure/name``. Those without a value are absent.
    public var figures: [String: Bootstrap.Interval] = [:]
    /// By mode (`vector`, `keyword`, `hybrid`), `rrf60` (both fused by rank alone) and `ask` (what the writer was given).
    public var retrieval: [String: RetrievalScores] = [:]
    /// Of `hybrid`, by the questions' kind.
    public var byKind: [String: RetrievalScores] = [:]
    public var abstention: AbstentionScores
    public var riskCoverage: RiskCoverage
    /// `nil` when answers do not say how sure they are.
    public var calibration: Calibration?
    public var latency: LatencySummary
    public var strayMarkers: Int
    public var forgedCitations: Int
    /// Restricted pages that reached a reader who may not see them: must be 0.
    public var leaks: Int
    public var failures: [Failure]
    /// In the order of the questions.
    public var outcomes: [EvaluationOutcome]

    /// A question that went wrong, for a person to look at; its trace is in ``outcomes``.
    public struct Failure: Sendable, Codable, Hashable {
        public var id: String
        public var question: String
        public var problem: String
    }

    public init(
        _ outcomes: [EvaluationOutcome], name: String, half: EvaluationHalf? = nil, concurrency: Int = 1,
        bootstrap: Bootstrap = Bootstrap()
    ) {
        self.name = name
        self.half = half
        self.concurrency = concurrency
        self.outcomes = outcomes
        questions = outcomes.count
        (resamples, seed) = (bootstrap.resamples, bootstrap.seed)
        for figure in EvaluationFigure.all(of: outcomes) {
            figures[figure.name] = bootstrap.interval(outcomes, figure.value)
        }
        for mode in Set(outcomes.flatMap(\.retrieval.keys)) {
            retrieval[mode] = RetrievalScores(meanOf: outcomes.compactMap { $0.retrieval[mode] })
        }
        for (kind, group) in Dictionary(grouping: outcomes, by: \.kind) {
            let scores = group.compactMap { $0.retrieval[SearchMode.hybrid.rawValue] }
            if !scores.isEmpty { byKind[kind] = RetrievalScores(meanOf: scores) }
        }
        abstention = AbstentionScores(outcomes)
        riskCoverage = RiskCoverage(of: outcomes)
        calibration = Calibration(of: outcomes)
        latency = LatencySummary(outcomes)
        strayMarkers = outcomes.reduce(0) { $0 + $1.citations.stray }
        forgedCitations = outcomes.reduce(0) { $0 + $1.citations.forged }
        leaks = outcomes.reduce(0) { $0 + $1.leaks.count }
        failures = outcomes.flatMap { outcome in
            outcome.problems.map { Failure(id: outcome.id, question: outcome.question, problem: $0) }
        }
    }
}

/// Saying “I don't know” as a decision: positive is to abstain.
public struct AbstentionScores: Sendable, Codable, Hashable {
    public var abstainedRightly = 0
    public var abstainedWrongly = 0
    public var answeredWrongly = 0
    /// Answerable ones that were answered, whatever the answer says.
    public var answeredRightly = 0

    init(_ outcomes: [EvaluationOutcome]) {
        for outcome in outcomes {
            switch (outcome.isAnswerable, outcome.withheld) {
            case (false, true): abstainedRightly += 1
            case (true, true): abstainedWrongly += 1
            case (false, false): answeredWrongly += 1
            case (true, false): answeredRightly += 1
            }
        }
    }
}

/// How long answers took, in milliseconds: values that 50, 95 and 99 of a hundred do not exceed.
public struct LatencySummary: Sendable, Codable, Hashable {
    public struct Quantiles: Sendable, Codable, Hashable {
        public var p50: Double
        public var p95: Double
        public var p99: Double

        /// `nil` of nothing. Nearest rank: each is a time that was measured.
        init?(_ values: [Double]) {
            let sorted = values.sorted()
            guard !sorted.isEmpty else { return nil }
            func at(_ share: Double) -> Double {
                sorted[max(0, min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1))]
            }
            (p50, p95, p99) = (at(0.5), at(0.95), at(0.99))
        }
    }

    public struct Stage: Sendable, Codable, Hashable {
        public var component: String
        public var quantiles: Quantiles
    }

    /// From question to answer; `nil` when nothing was asked.
    public var total: Quantiles?
    /// In the order in which they first ended.
    public var stages: [Stage] = []

    init(_ outcomes: [EvaluationOutcome]) {
        total = Quantiles(outcomes.map(\.milliseconds))
        var order: [String] = []
        var times: [String: [Double]] = [:]
        for stage in outcomes.flatMap(\.stages) {
            if times[stage.component] == nil { order.append(stage.component) }
            times[stage.component, default: []].append(stage.milliseconds)
        }
        stages = order.compactMap { name in
            Quantiles(times[name] ?? []).map { Stage(component: name, quantiles: $0) }
        }
    }
}
