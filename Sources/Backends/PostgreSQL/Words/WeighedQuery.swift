import Foundation
import TextIndex

/// A query whose terms are looked up and weighed, as the index of this process does it.
struct WeighedQuery: Sendable {
    /// A term that some passage has, and the most that it can score: weight · idf · (k₁ + 1).
    struct Term: Sendable {
        var bytes: [UInt8]
        var strength: Double
        /// Passages that have it.
        var count: Int
    }

    struct Group: Sendable {
        /// Each once, with the greatest strength that it has in any way.
        var terms: [Term]
        var isRequired: Bool
        /// The most that the group can score.
        var strength: Double { terms.reduce(0) { max($0, $1.strength) } }
        /// No more passages have any of its terms.
        var count: Int { terms.reduce(0) { $0 + $1.count } }
    }

    struct Phrase: Sendable {
        var terms: [[UInt8]]
        var offsets: [Int]
        var slop: Int
        /// No more passages have all of its terms.
        var count: Int
        /// Whether a query of the server says exactly this: its terms in their order, so near that they are in one field.
        var isPlain: Bool {
            slop == 0 && zip(offsets, offsets.dropFirst()).allSatisfy { $1 - $0 < TermVector.gap }
        }
    }

    /// In the order of the query's, terms that no passage has left out.
    let groups: [Group]
    let phrases: [Phrase]
    let excluded: [[UInt8]]
    let minimumMatch: Int
    let proximity: TextQuery.Proximity?
    let scoring: TextScoring
    /// Mean length of each field.
    let means: [Double]
    /// Whether nothing can match.
    let isEmpty: Bool

    /// - Parameters:
    ///   - query: checked.
    ///   - known: of all its ``terms(of:)`` and ``beginnings(of:)``.
    init(
        _ query: TextQuery, _ known: PostgresTextFigures.Known, scoring: TextScoring, means: [Double]
    ) {
        (self.scoring, self.means, proximity) = (scoring, means, query.proximity)
        let weights = TermWeights(known, k1: scoring.k1)
        groups = query.groups.map { Group(terms: weights.terms(of: $0), isRequired: $0.isRequired) }
        let hasGroups = !groups.isEmpty
        minimumMatch = !hasGroups && query.minimumMatch <= 1 ? 0 : max(query.minimumMatch, 1)
        let wanted = query.phrases.filter { !$0.terms.isEmpty }
        phrases = wanted.compactMap { Self.phrase($0, known) }
        excluded = query.excluded.compactMap { TermVector.bytes(of: $0) }
        // A term that no vector can hold, or a phrase longer than a vector, is nowhere.
        let isImpossible =
            phrases.count < wanted.count || phrases.contains { $0.count == 0 }
            || groups.contains { $0.isRequired && $0.terms.isEmpty }
        isEmpty =
            isImpossible || known.reading.count == 0 || !hasGroups && phrases.isEmpty
            || groups.count { !$0.terms.isEmpty } < minimumMatch
    }

    private static func phrase(
        _ phrase: TextQuery.Phrase, _ known: PostgresTextFigures.Known
    ) -> Phrase? {
        let occurrences = phrase.terms.sorted { $0.position < $1.position }
        let terms = occurrences.compactMap { TermVector.bytes(of: $0.term) }
        guard terms.count == occurrences.count, let first = occurrences.first, let last = occurrences.last,
            Int(last.position) - Int(first.position) <= TermVector.lastPosition
        else { return nil }
        return Phrase(
            terms: terms, offsets: occurrences.map { Int($0.position) - Int(first.position) },
            slop: phrase.slop, count: terms.reduce(.max) { min($0, known.counts[$1] ?? 0) })
    }

    /// Whether conditions of the server's are exactly those of the query.
    var isPlain: Bool { phrases.allSatisfy { $0.terms.count == 1 || $0.isPlain } }

    // MARK: What is to be known

    /// Terms whose numbers of passages a query needs.
    static func terms(of query: TextQuery) -> Set<[UInt8]> {
        var terms: Set<[UInt8]> = []
        for group in query.groups {
            terms.formUnion(group.variants.lazy.compactMap { TermVector.bytes(of: $0.term) })
        }
        for phrase in query.phrases {
            terms.formUnion(phrase.terms.lazy.compactMap { TermVector.bytes(of: $0.term) })
        }
        return terms
    }

    static func beginnings(of query: TextQuery) -> Set<PostgresTextFigures.Beginning> {
        Set(query.groups.compactMap { $0.prefix.flatMap { beginning(of: $0) } })
    }

    fileprivate static func beginning(of prefix: TextQuery.Prefix) -> PostgresTextFigures.Beginning? {
        TermVector.bytes(of: prefix.text).map {
            PostgresTextFigures.Beginning(text: $0, limit: prefix.limit)
        }
    }

    /// The same as ``TextStore/bound(of:)``.
    func bound(of query: TextQuery, passages: Int) -> Double {
        let rarest = TermWeights.strength(weight: 1, count: 0, of: passages, k1: scoring.k1)
        return zip(query.groups, groups).reduce(0) { sum, pair in
            let weight = pair.0.variants.reduce(pair.0.prefix?.weight ?? 0) { max($0, $1.weight) }
            return sum + (pair.1.strength > 0 ? pair.1.strength : weight * rarest)
        }
    }
}

/// Weighs terms by how many passages have them.
private struct TermWeights {
    private let known: PostgresTextFigures.Known
    private let k1: Double

    init(_ known: PostgresTextFigures.Known, k1: Double) {
        (self.known, self.k1) = (known, k1)
    }

    static func strength(weight: Double, count: Int, of all: Int, k1: Double) -> Double {
        let (all, having) = (Double(all), Double(min(count, all)))
        return weight * log(1 + (all - having + 0.5) / (having + 0.5)) * (k1 + 1)
    }

    func terms(of group: TextQuery.Group) -> [WeighedQuery.Term] {
        var terms: [WeighedQuery.Term] = []
        func take(_ bytes: [UInt8], count: Int, strength: Double) {
            guard count > 0 else { return }
            if let known = terms.firstIndex(where: { $0.bytes == bytes }) {
                terms[known].strength = max(terms[known].strength, strength)
            } else {
                terms.append(WeighedQuery.Term(bytes: bytes, strength: strength, count: count))
            }
        }
        func strength(_ weight: Double, _ count: Int) -> Double {
            Self.strength(weight: weight, count: count, of: known.reading.count, k1: k1)
        }
        for variant in group.variants {
            guard let bytes = TermVector.bytes(of: variant.term) else { continue }
            let count = known.counts[bytes] ?? 0
            take(bytes, count: count, strength: strength(variant.weight, count))
        }
        if let prefix = group.prefix, let beginning = WeighedQuery.beginning(of: prefix) {
            let endings = known.endings[beginning] ?? []
            let together = min(endings.reduce(0) { $0 + $1.count }, known.reading.count)
            for ending in endings {
                take(ending.term, count: ending.count, strength: strength(prefix.weight, together))
            }
        }
        return terms
    }
}
