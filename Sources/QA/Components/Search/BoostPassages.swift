import Corpus
import Flow
import Foundation

/// Passages in the order that the place, labels, title and age of their pages make.
struct BoostPassages: Component {
    static let type = "BoostPassages"
    static let summary =
        "Lets pages count more or less by their space, labels, title and age. It orders; it adds and drops nothing."
    let question: Input<Question>
    let found: Input<RankedPassages>
    let spaces: Parameter<[String: Double]>
    let labels: Parameter<[String: Double]>
    let title: Parameter<Double>
    let recency: Parameter<Double>
    let halfLifeDays: Parameter<Double>
    let passages: Output<RankedPassages>
    let corpus: any PassageStore

    init(_ declare: inout Declaration, corpus: any PassageStore) {
        self.corpus = corpus
        let standard = Boosts()
        question = declare.input("question", "What is asked.")
        found = declare.input("passages", "Best first.")
        spaces = declare.numbers("spaces", in: Boosts.factors, "A factor a space key.")
        labels = declare.numbers("labels", in: Boosts.factors, "A factor a label; those of a page multiply.")
        title = declare.number(
            "title", standard.title, in: Boosts.factors,
            "The factor of a page with all words of the question in its title.")
        recency = declare.number(
            "recency", standard.recency, in: Boosts.factors, "The factor of a page that was changed just now."
        )
        halfLifeDays = declare.number(
            "half_life_days", standard.halfLifeDays, in: Boosts.halfLives, unit: "days",
            "In which recency fades by half.")
        passages = declare.output("passages", "The same, best first.")
    }

    func run(_ step: Step) async throws {
        let boosts = Boosts(
            spaces: step[spaces], labels: step[labels], title: step[title], recency: step[recency],
            halfLifeDays: step[halfLifeDays])
        let ranked = step[found].list
        let text = step[question].text
        guard !boosts.isNone, !ranked.isEmpty else { return step.send(step[found], to: passages) }
        let ordered = try await corpus.withSnapshot(for: step.context.fact(ReadScope.self)) {
            try boosts.ordered(ranked, for: text, in: $0, now: Date())
        }
        step.send(RankedPassages(list: ordered), to: passages)
    }
}
