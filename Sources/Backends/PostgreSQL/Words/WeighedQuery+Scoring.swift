import TextIndex

extension WeighedQuery {
    /// A passage that the server gave, looked at in full.
    struct Judged: Sendable {
        /// Whether a search finds it: required groups, phrases, excluded terms and the least number of groups.
        var isMatch: Bool
        /// What each group adds.
        var groups: [Double]
        /// Whether it has each phrase.
        var phrases: [Bool]
        var score: Double { groups.reduce(0, +) }
    }

    /// The terms of the query as an excerpt needs them.
    var allTerms: [[UInt8]] {
        var terms = Set(excluded)
        for group in groups { terms.formUnion(group.terms.lazy.map(\.bytes)) }
        for phrase in phrases { terms.formUnion(phrase.terms) }
        return terms.sorted { $0.lexicographicallyPrecedes($1) }
    }

    func judge(_ passage: TermVector.Excerpt) -> Judged {
        let norms = norms(of: passage.lengths)
        var (scores, matched, lacksRequired): ([Double], Int, Bool) = ([], 0, false)
        scores.reserveCapacity(groups.count)
        for group in groups {
            var best = 0.0
            var isThere = false
            for term in group.terms where passage.has(term.bytes) {
                isThere = true
                let x = zip(passage.counts(of: term.bytes), norms).reduce(0) { $0 + Double($1.0) * $1.1 }
                best = max(best, term.strength * x / (scoring.k1 + x))
            }
            if isThere { matched += 1 } else if group.isRequired { lacksRequired = true }
            scores.append(best)
        }
        let phrases = phrases.map { has($0, passage) }
        return Judged(
            isMatch: !isEmpty && !lacksRequired && matched >= minimumMatch && phrases.allSatisfy { $0 }
                && !excluded.contains { passage.has($0) },
            groups: scores, phrases: phrases)
    }

    /// What one occurrence in each field is worth.
    private func norms(of lengths: [Int]) -> [Double] {
        scoring.fields.indices.map { field in
            guard field < lengths.count, field < means.count else { return 0 }
            let settings = scoring.fields[field]
            let length = Double(max(lengths[field], 1))
            return settings.weight / (1 - settings.b + settings.b * length / means[field])
        }
    }

    private func has(_ phrase: Phrase, _ passage: TermVector.Excerpt) -> Bool {
        guard phrase.terms.allSatisfy({ passage.has($0) }) else { return false }
        guard phrase.terms.count > 1 else { return true }
        let places = phrase.terms.map { passage.places(of: [$0]) }
        return (0..<scoring.fields.count).contains { field in
            PhraseMatcher.isTogether(
                zip(places, phrase.offsets).map { places, offset in
                    field < places.count ? places[field].map { $0 - offset } : []
                }, within: phrase.slop)
        }
    }

    /// What nearness adds to a passage's score: see `TextQuery.Proximity`.
    func bonus(_ passage: TermVector.Excerpt) -> Double {
        guard let proximity, groups.count > 1 else { return 0 }
        let places = groups.map { passage.places(of: $0.terms.lazy.map(\.bytes)) }
        var bonus = 0.0
        for pair in groups.indices.dropLast() {
            let nearness = zip(places[pair], places[pair + 1]).reduce(0) { sum, field in
                let (left, right) = (
                    field.0.map { UInt32(clamping: $0) }, field.1.map { UInt32(clamping: $0) }
                )
                return sum + Nearness.nearness(left.span, right.span)
            }
            guard nearness > 0 else { continue }
            let strength = min(groups[pair].strength, groups[pair + 1].strength)
            bonus += proximity.weight * strength * nearness / (scoring.k1 + nearness)
        }
        return bonus
    }
}
