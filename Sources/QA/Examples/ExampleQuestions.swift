import Corpus
import Models
import TextIndex

/// Questions to begin with, each one that has a good answer: it was asked, and the answer cites the page that it was
/// made of with confidence.
///
/// They belong to what a reader may see and to one state of the corpus, and are found anew after it has changed. Only
/// quoted answers are tried, which cost milliseconds and nothing else; with a model behind the answers the questions
/// come untried.
public actor ExampleQuestions {
    private struct Key: Hashable {
        var classes: Set<AccessClassID>
        var sequence: Int64
    }

    private struct Source: Sendable {
        var title: String
        var candidates: [String]
    }

    private let qa: QuestionAnswering
    private var known: [Key: [String]] = [:]

    /// Sets of rights that are remembered.
    private static let memory = 64
    /// Pages that are looked at.
    private static let pages = 12
    /// Questions that are tried.
    private static let attempts = 16
    private static let requiredConfidence = 0.8

    public init(_ qa: QuestionAnswering) {
        self.qa = qa
    }

    /// At most `limit` questions, each about another page.
    public func questions(for scope: ReadScope, limit: Int = 4) async throws -> [String] {
        let (key, sources) = try await sources(scope)
        if let found = known[key] { return found }
        var questions: [String] = []
        var attempts = 0
        for source in sources where questions.count < limit {
            for candidate in source.candidates {
                guard attempts < Self.attempts else { break }
                attempts += 1
                guard try await isAnswered(candidate, by: source.title, scope) else { continue }
                questions.append(candidate)
                break
            }
        }
        known = known.filter { $0.key.sequence == key.sequence }
        if known.count >= Self.memory { known = [:] }
        known[key] = questions
        return questions
    }

    private func sources(_ scope: ReadScope) async throws -> (Key, [Source]) {
        let known = Set(known.keys)
        return try await qa.corpus.withSnapshot(for: scope) { [qa] snapshot in
            let key = Key(classes: snapshot.classes, sequence: try snapshot.changeSequence())
            guard !known.contains(key) else { return (key, []) }
            let sources = try snapshot.recentTitles(limit: Self.pages).map { title in
                Source(title: title, candidates: try Self.candidates(title, qa.keyword, snapshot))
            }
            return (key, sources)
        }
    }

    private static func candidates(
        _ title: String, _ keyword: KeywordRetriever, _ snapshot: any CorpusSnapshot
    ) throws -> [String] {
        guard let query = try? RetrievalQuery(title, limit: 8) else { return [] }
        let passages = try snapshot.load(try keyword.rank(query, in: snapshot)).map(\.chunk)
            .filter { $0.title == title }
        return ExampleCandidates.all(title: title, passages: passages)
    }

    private func isAnswered(_ text: String, by title: String, _ scope: ReadScope) async throws -> Bool {
        guard let question = try? Question(text) else { return false }
        guard qa.generator is ExtractiveGenerator else { return true }
        let answer = try await qa.run(question, scope: scope).answer
        return !answer.abstained && (answer.confidence ?? 0) >= Self.requiredConfidence
            && answer.citations.contains { $0.passage.chunk.title == title }
    }
}
