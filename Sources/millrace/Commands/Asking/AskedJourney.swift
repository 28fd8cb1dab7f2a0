import Corpus
import Foundation
import QA

/// Where a page was lost on the way to an answer, as `why-not` asks.
struct AskedJourney: FolderWork {
    /// Its title or id.
    var page: String
    var text: String
    /// Whoever asks the question.
    var principals: Set<Principal>
    var asJSON: Bool
    var hasColor = Terminal.hasColor

    var asked: AskedWork.Kind { .journey(self) }

    /// The page must be there: models are not read for one that is not.
    func check(_ services: Services) async throws { _ = try await document(services.corpus()) }

    func status(
        in services: Services, say: @escaping @Sendable (PrintedText) async throws -> Void
    ) async throws -> Int32 {
        let question = try Question(text)
        let corpus = try services.corpus()
        let (id, title) = try await document(corpus)
        let qa = try await services.questionAnswering()
        let journey = try await qa.journey(
            ofDocument: id, title: title, question: question, scope: corpus.scope(for: Reader(principals)))
        let text =
            asJSON
            ? try JSONText.encode(journey)
            : JourneyText(journey, hasColor: hasColor).lines.joined(separator: "\n")
        try await say(.line(text))
        return 0
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
