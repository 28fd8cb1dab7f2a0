import Corpus
import Foundation
import Text

/// What a passage counts more or less for besides what it says: where it stands, what its page is labelled and
/// called, and how new that is.
///
/// A factor multiplies the score of what is relevant already; it orders, and never makes relevant what is not
/// (``RelevanceFloor``). What a question names exactly stays in front.
public struct Boosts: Sendable, Hashable, Codable {
    /// By space key, in any case; 1 for those that are not named.
    public var spaces: [String: Double]
    /// By label, in any case; those of a page multiply.
    public var labels: [String: Double]
    /// What a page counts for that has all words of the question in its title; in between, by their share.
    public var title: Double
    /// What a page counts for that was changed just now; it falls to 1, by half in each ``halfLifeDays``.
    public var recency: Double
    public var halfLifeDays: Double

    /// What a factor may be.
    public static let factors = 0.01...100.0
    public static let halfLives = 1.0...36_500.0

    /// Every factor is in ``factors``, ``halfLifeDays`` in ``halfLives``.
    public init(
        spaces: [String: Double] = [:], labels: [String: Double] = [:], title: Double = 1,
        recency: Double = 1, halfLifeDays: Double = 180
    ) {
        self.spaces = Self.lowercased(spaces)
        self.labels = Self.lowercased(labels)
        self.title = title
        self.recency = recency
        self.halfLifeDays = halfLifeDays
    }

    private static func lowercased(_ factors: [String: Double]) -> [String: Double] {
        Dictionary(factors.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
    }

    /// Whether they change nothing.
    public var isNone: Bool { spaces.isEmpty && labels.isEmpty && title == 1 && recency == 1 }

    /// What a document's passages count for.
    ///
    /// - Parameter now: the moment that ages are counted to.
    func factor(of document: DocumentFacts, words: SoughtWords, now: Date) -> Double {
        var factor = spaces[document.spaceKey.lowercased()] ?? 1
        for label in document.labels { factor *= labels[label.lowercased()] ?? 1 }
        if title != 1, words.count > 0 {
            let share = Double(words.found(in: document.title).count) / Double(words.count)
            factor *= 1 + (title - 1) * share
        }
        if recency != 1, let changed = document.updatedAt {
            let days = max(now.timeIntervalSince(changed), 0) / 86_400
            factor *= 1 + (recency - 1) * pow(0.5, days / halfLifeDays)
        }
        return factor
    }

    /// The same passages in the order that the factors make; of a question of several parts each part's by itself,
    /// in turn.
    func ordered(
        _ ranked: [RankedPassage], for question: String, in snapshot: any PassageSnapshot, now: Date
    ) throws(CorpusError) -> [RankedPassage] {
        guard !isNone, !ranked.isEmpty else { return ranked }
        let documents = try snapshot.documentIDs(ofChunks: ranked.map(\.id))
        let words = SoughtWords(title == 1 ? "" : question)
        let factors = Dictionary(
            try snapshot.facts(ofDocuments: Set(documents.values).sorted()).map {
                ($0.id, factor(of: $0, words: words, now: now))
            }, uniquingKeysWith: { $1 })
        let boosted = ranked.map { passage in
            var passage = passage
            passage.score *= documents[passage.id].flatMap { factors[$0] } ?? 1
            return passage
        }
        let parts = Set(boosted.map(\.part)).sorted { ($0 ?? .max) < ($1 ?? .max) }
        return RankedPassage.interleaved(
            parts.map { part in boosted.filter { $0.part == part }.sorted(by: Self.isBefore) })
    }

    private static func isBefore(_ one: RankedPassage, _ other: RankedPassage) -> Bool {
        if one.isExact != other.isExact { return one.isExact }
        return one.score != other.score ? one.score > other.score : one.id < other.id
    }
}

/// A ranking in the order that boosts make of it.
struct BoostedRetriever: Retriever {
    let base: any Retriever
    let boosts: Boosts

    func prepare(_ query: RetrievalQuery) async throws -> RetrievalQuery { try await base.prepare(query) }

    func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        try boosts.ordered(base.rank(query, in: snapshot), for: query.text, in: snapshot, now: Date())
    }
}
