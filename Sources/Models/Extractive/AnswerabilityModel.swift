import Text

/// What is known of a unit once it was read.
struct EvidenceFeatures: Sendable, Hashable {
    /// In the order of ``names``.
    var values: [Double]

    /// The names under which `millrace evidence` writes them, in order.
    static let names = [
        "similarity", "own_words", "context_words", "missing", "unknown", "fixed_missing", "fixed_absent",
        "agreement", "passage_similarity", "rank", "reader", "span", "lead", "is_row", "yes_no", "past",
    ]

    /// - Parameters:
    ///   - rank: of the unit's passage among those found for what is asked, from 1.
    ///   - lead: how much more the unit promises than the best unit of any other passage.
    init(
        _ candidate: EvidenceCandidate, _ reading: Reading?, question: AskedQuestion, unknown: Double,
        passageSimilarity: Double, rank: Int, lead: Double
    ) {
        values = [
            candidate.similarity ?? passageSimilarity, candidate.ownWords, candidate.contextWords,
            candidate.missing, unknown, candidate.fixedMissing, candidate.fixedAbsent,
            AnswerShape(candidate.statement).agreement(with: question.kind),
            passageSimilarity, 1 / Double(rank),
            max(-8, min(8, Double(reading?.answers ?? 0))),
            reading.map { max(-8, min(16, Double($0.bestSpan()?.score ?? -8))) } ?? 0, lead,
            candidate.unit.kind == .row ? 1 : 0,
            question.kind == .yesOrNo ? 1 : 0,
            Tense.isPast(candidate.statement) && !question.isAboutPast ? 1 : 0,
        ]
    }
}

/// The probability that a unit answers, from its features: a logistic regression.
///
/// Fitted by `scripts/train-answerability` on the development half of the questions in `fixtures/`; figures are
/// reported on the other half and on a space that it never saw.
struct AnswerabilityModel: Sendable {
    var weights: [Double]
    var bias: Double

    /// - Parameter less: logits that are taken off.
    func probability(_ features: EvidenceFeatures, less: Double = 0) -> Double {
        logistic(zip(weights, features.values).reduce(bias - less) { $0 + $1.0 * $1.1 })
    }
}
