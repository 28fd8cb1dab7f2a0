import Foundation
import TextIndex
import VectorIndex

/// BM25F as the documentation states it, over documents as they were given, in doubles, one document after
/// the other: nothing in common with the index but the formula.
struct Oracle {
    var documents: [UInt64: TextDocument] = [:]
    var scoring: TextScoring

    init(scoring: TextScoring) {
        self.scoring = scoring
    }

    mutating func upsert(_ added: [TextDocument]) {
        for document in added { documents[document.id] = document }
    }

    mutating func remove(_ ids: [UInt64]) {
        for id in ids { documents[id] = nil }
    }

    /// Distinct positions of a term in each field.
    private func positions(_ term: String, _ document: TextDocument) -> [[UInt32]] {
        document.fields.map { field in
            Set(field.occurrences.filter { Array($0.term.utf8) == Array(term.utf8) }.map(\.position)).sorted()
        }
    }

    private func has(_ term: String, _ document: TextDocument) -> Bool {
        positions(term, document).contains { !$0.isEmpty }
    }

    func documentFrequency(_ term: String) -> Int { documents.values.count { has(term, $0) } }

    private var means: [Double] {
        scoring.fields.indices.map { field in
            let sum = documents.values.reduce(0) { $0 + $1.fields[field].length }
            return sum == 0 ? 1 : Double(sum) / Double(documents.count)
        }
    }

    private func idf(_ count: Int) -> Double {
        log(1 + (Double(documents.count - count) + 0.5) / (Double(count) + 0.5))
    }

    /// Terms of a group and their weight · idf.
    private func terms(_ group: TextQuery.Group) -> [(term: String, strength: Double)] {
        var terms = group.variants.map { ($0.term, $0.weight * idf(documentFrequency($0.term))) }
        guard let prefix = group.prefix else { return terms }
        var counts: [String: Int] = [:]
        for document in documents.values {
            let all = Set(document.fields.flatMap { $0.occurrences.map(\.term) })
            for term in all where term.hasPrefix(prefix.text) { counts[term, default: 0] += 1 }
        }
        let chosen = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(prefix.limit)
        let together = min(chosen.reduce(0) { $0 + $1.value }, documents.count)
        terms += chosen.map { ($0.key, prefix.weight * idf(together)) }
        return terms
    }

    private func hasPhrase(_ phrase: TextQuery.Phrase, _ document: TextDocument) -> Bool {
        let places = phrase.terms.map { positions($0.term, document) }
        return document.fields.indices.contains { field in
            func extend(_ term: Int, _ low: Int, _ high: Int) -> Bool {
                if term == places.count { return true }
                return places[term][field].contains { position in
                    let place = Int(position) - Int(phrase.terms[term].position)
                    let (low, high) = (min(low, place), max(high, place))
                    return high - low <= phrase.slop && extend(term + 1, low, high)
                }
            }
            return places[0][field].contains { position in
                let place = Int(position) - Int(phrase.terms[0].position)
                return extend(1, place, place)
            }
        }
    }

    /// No less than what any document can score.
    func greatestScore(_ query: TextQuery) -> Double {
        query.groups.reduce(0) { sum, group in
            sum + (scoring.k1 + 1) * (terms(group).map(\.strength).max() ?? 0)
        }
    }

    /// Every match, best first, ties by id.
    func ranking(_ query: TextQuery, filter: IDBitmap? = nil) -> [TextMatch] {
        let means = means
        let groups = query.groups.map(terms)
        let phrases = query.phrases.filter { !$0.terms.isEmpty }
        if groups.isEmpty && phrases.isEmpty || query.minimumMatch > groups.count && query.minimumMatch > 1 {
            return []
        }
        var matches: [TextMatch] = []
        for document in documents.values where filter?.contains(document.id) != false {
            var (score, matched, fails) = (0.0, 0, false)
            for (group, terms) in zip(query.groups, groups) {
                var best = 0.0
                for (term, strength) in terms {
                    best = max(best, strength * saturation(term, document, means))
                }
                if best > 0 { matched += 1 } else if group.isRequired { fails = true }
                score += best
            }
            if fails || !groups.isEmpty && matched < max(1, query.minimumMatch) { continue }
            if query.excluded.contains(where: { has($0, document) }) { continue }
            if !phrases.allSatisfy({ hasPhrase($0, document) }) { continue }
            matches.append(TextMatch(id: document.id, score: score))
        }
        return matches.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
    }

    private func saturation(_ term: String, _ document: TextDocument, _ means: [Double]) -> Double {
        var x = 0.0
        for (field, positions) in positions(term, document).enumerated() where !positions.isEmpty {
            let settings = scoring.fields[field]
            let length = Double(max(document.fields[field].length, 1))
            x +=
                settings.weight * Double(positions.count)
                / (1 - settings.b + settings.b * length / means[field])
        }
        return x == 0 ? 0 : (scoring.k1 + 1) * x / (scoring.k1 + x)
    }

    /// What nearness adds to each document: see ``TextQuery/Proximity``.
    func bonuses(_ query: TextQuery, weight: Double) -> [UInt64: Double] {
        let groups = query.groups.map(terms)
        let strongest = groups.map { group in
            let found = group.filter { documentFrequency($0.term) > 0 }
            return (scoring.k1 + 1) * (found.map(\.strength).max() ?? 0)
        }
        var bonuses: [UInt64: Double] = [:]
        for document in documents.values {
            let places = groups.map { group in
                document.fields.indices.map { field in
                    Set(group.flatMap { positions($0.term, document)[field].map { Int($0) } })
                }
            }
            var bonus = 0.0
            for pair in groups.indices.dropLast() {
                var acc = 0.0
                for field in document.fields.indices {
                    for place in places[pair][field] {
                        guard let distance = places[pair + 1][field].map({ abs($0 - place) }).min() else {
                            continue
                        }
                        acc += 1 / Double(max(distance, 1) * max(distance, 1))
                    }
                }
                bonus += weight * min(strongest[pair], strongest[pair + 1]) * acc / (scoring.k1 + acc)
            }
            bonuses[document.id] = bonus
        }
        return bonuses
    }

    func facets(_ query: TextQuery, field: String, filter: IDBitmap? = nil) -> [FacetCount] {
        var counts: [String: Int] = [:]
        for match in ranking(query, filter: filter) {
            let facets = documents[match.id]?.facets ?? []
            for value in Set(facets.filter { $0.field == field }.map(\.value)) {
                counts[value, default: 0] += 1
            }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { FacetCount(value: $0.key, count: $0.value) }
    }
}

/// What is wrong with a result, if anything.
///
/// Scores are float32 at heart, so they may differ by 1e-5 of their size, and two documents may change places
/// if theirs differ by less than that.
///
/// - Parameter greatest: what a match can score at most; scores are counted in units of about 2⁻²⁹ of it.
func difference(
    _ found: [TextMatch], from ranking: [TextMatch], limit: Int, greatest: Double
) -> String? {
    let expected = Array(ranking.prefix(limit))
    guard found.count == expected.count else { return "\(found.count) matches, not \(expected.count)" }
    let scores = Dictionary(uniqueKeysWithValues: ranking.map { ($0.id, $0.score) })
    guard Set(found.map(\.id)).count == found.count else { return "an id comes twice" }
    for (rank, (match, right)) in zip(found, expected).enumerated() {
        guard let score = scores[match.id] else { return "\(match.id) is no match" }
        let tolerance = 1e-5 * score + 2e-8 * greatest
        if abs(match.score - score) > tolerance { return "\(match.id) scores \(match.score), not \(score)" }
        if match.id != right.id, abs(score - right.score) > tolerance {
            return "rank \(rank) is \(match.id) (\(score)), not \(right.id) (\(right.score))"
        }
    }
    return nil
}
