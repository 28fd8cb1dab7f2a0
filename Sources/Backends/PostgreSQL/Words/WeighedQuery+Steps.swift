extension WeighedQuery {
    /// Passages that a search looks at together.
    struct Step: Sendable, Equatable {
        /// As PostgreSQL reads it (`tsquery`).
        var query: String
        /// The most that a match can score which neither this step nor one before finds; `nil` where there is none such.
        var rest: Double?
        /// Whether there may be so many that not all are looked at.
        var isCapped: Bool
    }

    /// How a search goes about it, so that no word of half the corpus makes it look at half the corpus.
    ///
    /// Where few passages can match, the first step is all of it. Otherwise the rarest groups that few passages have come
    /// first: whoever has none of them is worth a look only while more is wanted than they give. Then what has all of the
    /// common groups, then what has all but the commonest, and so on to the rarest alone, and at last each for itself, so
    /// that there is always as much as is wanted, if it is there.
    ///
    /// - Parameter limit: passages that a step looks at, about.
    func steps(limit: Int) -> [Step] {
        let some = groups.filter { !$0.terms.isEmpty }.sorted { $0.count < $1.count }
        guard !some.isEmpty else {
            return [Step(query: conditions ?? "", rest: nil, isCapped: fewest > limit)]
        }
        if min(fewest, some.reduce(0) { $0 + $1.count }) <= limit {
            return [Step(query: meeting(Self.any(some)), rest: nil, isCapped: false)]
        }
        var sum = 0
        let rareCount = some.prefix { group in
            sum += group.count
            return sum <= limit
        }.count
        let (rare, common) = (some.prefix(rareCount), Array(some.dropFirst(rareCount)))
        let commonStrength = common.reduce(0) { $0 + $1.strength }
        var steps: [Step] = []
        if !rare.isEmpty {
            steps.append(Step(query: meeting(Self.any(rare)), rest: commonStrength, isCapped: false))
        }
        for count in (1...common.count).reversed() {
            let all = common.prefix(count).map { Self.any([$0]) }.joined(separator: " & ")
            steps.append(Step(query: meeting(all), rest: commonStrength, isCapped: true))
        }
        for group in common.dropFirst() {
            steps.append(Step(query: meeting(Self.any([group])), rest: commonStrength, isCapped: true))
        }
        return steps
    }

    /// A query of the server's that every match meets, and nothing else where ``isPlain`` and one group is enough.
    var condition: String {
        groups.isEmpty ? conditions ?? "" : meeting(Self.any(groups.filter { !$0.terms.isEmpty }))
    }

    /// No more passages match, as far as required groups and phrases tell.
    private var fewest: Int {
        let required = groups.filter(\.isRequired).map(\.count)
        return (required + phrases.map(\.count)).min() ?? .max
    }

    private func meeting(_ query: String) -> String {
        conditions.map { "(\(query)) & \($0)" } ?? query
    }

    /// What every match has, and has not; `nil` for nothing.
    private var conditions: String? {
        var parts = groups.filter(\.isRequired).map { "(\(Self.any([$0])))" }
        parts += phrases.map { "(\(Self.words(of: $0)))" }
        parts += excluded.map { "!\(TermVector.quoted($0))" }
        return parts.isEmpty ? nil : parts.joined(separator: " & ")
    }

    static func any(_ groups: some Sequence<Group>) -> String {
        let terms = groups.flatMap { $0.terms.map { TermVector.quoted($0.bytes) } }
        return "(\(terms.joined(separator: " | ")))"
    }

    private static func words(of phrase: Phrase) -> String {
        let terms = phrase.terms.map { TermVector.quoted($0) }
        guard phrase.isPlain else { return terms.joined(separator: " & ") }
        let distances = zip(phrase.offsets, phrase.offsets.dropFirst()).map { "<\($1 - $0)>" }
        return zip(terms.dropFirst(), distances).reduce(terms[0]) { "\($0) \($1.1) \($1.0)" }
    }
}
