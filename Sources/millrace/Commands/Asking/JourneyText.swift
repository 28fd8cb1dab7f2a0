import Foundation
import QA

/// A page's journey in words.
struct JourneyText {
    let journey: PageJourney
    let hasColor: Bool

    /// - Parameter hasColor: whether there is colour where it is shown.
    init(_ journey: PageJourney, hasColor: Bool) {
        self.journey = journey
        self.hasColor = hasColor
    }

    var lines: [String] {
        [Terminal.styled(Terminal.safe("“\(journey.page)”: \(verdict)"), .bold, hasColor: hasColor)]
            + stages.map { "  " + $0 }
    }

    private var verdict: String {
        switch journey.lostAt {
        case .rights: "the asking person may not read it."
        case .passages: "it has no passages by the present embedding model. Ingest it again."
        case .words, .meaning: "it is not among what is nearest, neither by words nor in meaning."
        case .fusion: "others are nearer, by words and in meaning together."
        case .floor: "it is too far from the question to count as relevant."
        case .prompt: "it is relevant, but others stood before it when passages were chosen."
        case .writer: "its passages were read, and nothing in them was taken for the answer."
        case .cited: "the answer cites it."
        }
    }

    private var stages: [String] {
        var lines: [String] = []
        if journey.lostAt == .rights { return ["rights   not readable"] }
        lines.append("rights   readable; \(journey.passages) passages")
        if journey.lostAt == .passages { return lines }
        lines.append(
            "words    " + place(journey.words, "share of the question's words", none: "none of its words"))
        lines.append("meaning  " + place(journey.meaning, "similarity", none: "not among the nearest 1,000"))
        lines.append("fusion   " + place(journey.fusion, "score", none: "not among those fused"))
        if let floor = journey.floor, let fused = journey.fusion {
            let isAbove = fused.score >= floor
            lines.append(
                "floor    \(number(floor)): \(isAbove ? "reached" : "missed by " + number(floor - fused.score))"
            )
        }
        guard [.prompt, .writer, .cited].contains(journey.lostAt) else { return lines }
        lines.append(
            "prompt   \(journey.lostAt == .prompt ? "not among" : "among") the \(journey.given) passages given"
        )
        guard journey.lostAt != .prompt else { return lines }
        if let probability = journey.probability, let statement = journey.statement {
            let required = journey.requiredConfidence.map { "; \(number($0)) is required" } ?? ""
            lines.append("writer   \(number(probability)) for “\(Terminal.safe(statement))”\(required)")
        } else {
            lines.append("writer   none of its sentences were read closely")
        }
        let cited = journey.cited.isEmpty ? "nothing" : journey.cited.joined(separator: ", ")
        lines.append("answer   cites \(Terminal.safe(cited))")
        return lines
    }

    private func place(_ place: PageJourney.Place?, _ measure: String, none: String) -> String {
        guard let place else { return none }
        return
            "rank \(place.rank) of \(place.count); \(measure) \(number(place.score)), the best \(number(place.best))"
    }

    private func number(_ value: Double) -> String {
        String(format: "%.2f", value)
    }
}
