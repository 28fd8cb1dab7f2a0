/// Two settings on the same questions.
///
/// Questions are drawn in pairs, both settings' outcomes of one question together, so that what is hard for both
/// does not blur the difference.
public struct EvaluationComparison: Sendable, Codable {
    public struct Difference: Sendable, Codable {
        public var figure: String
        public var before: Double
        public var after: Double
        /// After less before, with its interval.
        public var difference: Bootstrap.Interval
        public var isBetterWhenLarger: Bool

        /// Whether the interval leaves zero out, and on the good side: `nil` when zero is in it.
        public var isBetter: Bool? {
            if difference.low > 0 { return isBetterWhenLarger }
            if difference.high < 0 { return !isBetterWhenLarger }
            return nil
        }
    }

    public var before: String
    public var after: String
    /// Questions that both were asked.
    public var questions: Int
    /// Questions of only one of the two, left out.
    public var unpaired: Int
    public var differences: [Difference]
    /// Ids of the questions that only one got right.
    public var won: [String]
    public var lost: [String]

    public init(
        before: [EvaluationOutcome], named beforeName: String, after: EvaluationReport,
        bootstrap: Bootstrap = Bootstrap()
    ) {
        let known = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        // A question whose text changed under its id is another question.
        let pairs = after.outcomes.compactMap { outcome in
            known[outcome.id].flatMap { $0.question == outcome.question ? ($0, outcome) : nil }
        }
        self.before = beforeName
        self.after = after.name
        questions = pairs.count
        unpaired = before.count + after.outcomes.count - 2 * pairs.count
        won = pairs.filter { !$0.0.isRight && $0.1.isRight }.map(\.0.id)
        lost = pairs.filter { $0.0.isRight && !$0.1.isRight }.map(\.0.id)
        differences = EvaluationFigure.all(of: pairs.map(\.1)).compactMap { figure in
            guard let old = figure.value(pairs.map(\.0)), let new = figure.value(pairs.map(\.1)) else {
                return nil
            }
            let interval = bootstrap.interval(pairs) { drawn -> Double? in
                guard let old = figure.value(drawn.map(\.0)), let new = figure.value(drawn.map(\.1)) else {
                    return nil
                }
                return new - old
            }
            return interval.map {
                Difference(
                    figure: figure.name, before: old, after: new, difference: $0,
                    isBetterWhenLarger: figure.isBetterWhenLarger)
            }
        }
    }
}
