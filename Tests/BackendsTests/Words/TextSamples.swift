import TestSupport
import TextIndex

/// Makes documents and queries.
///
/// Terms are drawn with probability 1/rank, as words are, so that some are in nearly all documents and some in one; two
/// documents in three are short, so that many scores are equal.
struct TextSamples {
    let vocabulary: [String]
    var numbers: SeededGenerator
    private let weights: [Double]

    init(seed: UInt64, vocabulary: Int = 80) {
        self.vocabulary = (0..<vocabulary).map { "t\(String($0, radix: 5))" }
        numbers = SeededGenerator(seed: seed)
        var sum = 0.0
        weights = (1...vocabulary).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
    }

    mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &numbers) == 0 }

    mutating func term() -> String {
        let drawn = Double.random(in: 0..<weights[weights.count - 1], using: &numbers)
        return vocabulary[weights.firstIndex { $0 > drawn } ?? 0]
    }

    mutating func document(_ id: UInt64) -> TextDocument {
        let isShort = !chance(3)
        var fields: [TextField] = []
        for field in 0..<4 {
            let longest = field == 3 || isShort ? 4 : field == 2 ? 60 : 8
            var occurrences: [TermOccurrence] = []
            var position: UInt32 = 0
            for _ in 0..<Int.random(in: 0...longest, using: &numbers) {
                position += UInt32.random(in: 0...2, using: &numbers)
                occurrences.append(TermOccurrence(term(), at: position))
            }
            if chance(2) { occurrences.shuffle(using: &numbers) }
            fields.append(
                TextField(occurrences, length: chance(4) ? Int.random(in: 0...90, using: &numbers) : nil))
        }
        let facets = (0..<Int.random(in: 0...3, using: &numbers)).map { _ in
            TextFacet(
                field: chance(2) ? "space" : "type", value: "v\(Int.random(in: 0..<6, using: &numbers))")
        }
        return TextDocument(id: id, fields: fields, facets: facets)
    }

    mutating func query() -> TextQuery {
        var groups: [TextQuery.Group] = []
        for _ in 0..<Int.random(in: 1...6, using: &numbers) {
            var variants: [TextQuery.Variant] = []
            for _ in 0..<(chance(3) ? 3 : 1) {
                variants.append(TextQuery.Variant(term(), weight: chance(3) ? 0.5 : chance(4) ? 2 : 1))
            }
            var prefix: TextQuery.Prefix?
            if chance(6) {
                prefix = TextQuery.Prefix(String(term().dropLast()), weight: 0.7, limit: chance(2) ? 3 : 32)
            }
            groups.append(TextQuery.Group(variants, prefix: prefix, isRequired: chance(6)))
        }
        var phrases: [TextQuery.Phrase] = []
        if chance(4) {
            let terms = (0..<Int.random(in: 1...3, using: &numbers)).map { _ in term() }
            phrases.append(TextQuery.Phrase(terms, slop: chance(2) ? 0 : 3))
        }
        return TextQuery(
            groups: chance(15) && !phrases.isEmpty ? [] : groups, phrases: phrases,
            excluded: chance(6) ? [term()] : [], minimumMatch: chance(5) ? 2 : 1,
            proximity: chance(3)
                ? TextQuery.Proximity(weight: .random(in: 0.1...2, using: &numbers), depth: 1_000) : nil)
    }
}
