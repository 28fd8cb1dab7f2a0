import ArgumentParser
import Corpus
import Foundation
import QA

struct WhyNotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-not",
        abstract: "Tells where a page was lost on the way to an answer, and by how much.",
        discussion: """
            The stages are rights, passages, words, meaning, fusion, floor, prompt and writer. Whoever runs this sees
            titles of all pages, also of those that --as may not read.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption
    @OptionGroup var asking: ReaderOptions

    @Argument(help: "The page: its title or id.")
    var page: String

    @Argument(help: "The question.")
    var question: String

    func run() async throws {
        let services = try await tenant.services(common)
        let reader = try asking.reader(services.settings)
        let asked = try Question(question)
        let corpus = try services.corpusThatIsThere()
        let (id, title) = try await document(corpus)
        let qa = try await services.questionAnswering()
        let journey = try await Interruption.cancelling {
            try await qa.journey(
                ofDocument: id, title: title, question: asked, scope: corpus.scope(for: reader))
        }
        print(common.json ? try JSONText.encode(journey) : JourneyText(journey).lines.joined(separator: "\n"))
    }

    private func document(_ corpus: any CorpusStore) async throws -> (id: String, title: String) {
        let ids = try await corpus.storedVersions().keys.sorted()
        let titles = try await corpus.titles(ofDocuments: ids)
        if let title = titles[page] { return (page, title) }
        let same = ids.filter { titles[$0]?.caseInsensitiveCompare(page) == .orderedSame }
        guard let id = same.first, let title = titles[id] else {
            throw CommandError(
                "There is no page “\(page)” among the \(ids.count) documents. Give its title as it stands, or its id."
            )
        }
        guard same.count == 1 else {
            throw CommandError(
                "\(same.count) documents have the title “\(title)”. Give one of their ids: "
                    + same.prefix(8).joined(separator: ", ") + ".")
        }
        return (id, title)
    }
}

/// A page's journey in words.
struct JourneyText {
    let journey: PageJourney

    init(_ journey: PageJourney) {
        self.journey = journey
    }

    var lines: [String] {
        [Terminal.styled(Terminal.safe("“\(journey.page)”: \(verdict)"), .bold)] + stages.map { "  " + $0 }
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
