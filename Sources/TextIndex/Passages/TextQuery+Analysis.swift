import Text

extension TextQuery {
    /// What of words beside each other is told by their nearness; measured on questions that nothing is reported on.
    public static let passageProximity = Proximity(weight: 0.5, depth: 200)

    /// A query as it is asked of passages: any of its words, in any of their forms; what stands in quotes must be
    /// there as it stands.
    ///
    /// Words that say nothing are left out where there are others. A part of an identifier counts less than the
    /// identifier. A word that was written *n* times counts (k₃ + 1) · *n* / (k₃ + *n*) times, k₃ = 8 (Robertson et
    /// al., “Okapi at TREC-3”, 1994).
    public init(_ analysis: QueryAnalysis, proximity: Proximity? = passageProximity) {
        let words = analysis.contentWords.sorted { $0.position < $1.position }
        var groups = words.map {
            Group($0.variants.map(\.scored), scaledBy: $0.weight * Self.repetition($0.count))
        }
        if let prefix = analysis.prefix {
            let beginnings = prefix.terms.filter { !$0.isEmpty }
            groups += beginnings.prefix(1).map { Group([], prefix: Prefix($0, weight: 0.8)) }
        }
        self.init(
            groups: groups,
            phrases: analysis.phrases.filter(\.isQuoted).map { phrase in
                Phrase(phrase.terms.map { TermOccurrence($0.term, at: UInt32(clamping: $0.offset)) })
            },
            proximity: groups.count > 1 ? proximity : nil)
    }
}

extension TextQuery {
    private static func repetition(_ count: Int) -> Double {
        let k3 = 8.0
        return (k3 + 1) * Double(count) / (k3 + Double(count))
    }
}

extension TextQuery.Group {
    fileprivate init(_ variants: [TextQuery.Variant], scaledBy weight: Double) {
        self.init(variants.map { TextQuery.Variant($0.term, weight: max(0.001, $0.weight * weight)) })
    }
}

extension QueryAnalysis.Variant {
    fileprivate var scored: TextQuery.Variant { TextQuery.Variant(term, weight: weight) }
}
