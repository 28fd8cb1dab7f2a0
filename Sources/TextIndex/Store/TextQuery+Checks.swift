extension TextQuery {
    /// Results that one search may be asked for.
    package static let resultLimits = 1.0...100_000

    /// - Throws: for what no store accepts.
    package func check() throws(TextIndexError) {
        let terms =
            groups.reduce(0) { $0 + $1.variants.count + ($1.prefix == nil ? 0 : 1) }
            + phrases.reduce(0) { $0 + $1.terms.count } + excluded.count
        guard terms <= Self.termLimit else {
            throw .tooManyTerms(count: terms, limit: Self.termLimit)
        }
        for group in groups {
            for variant in group.variants {
                try Self.check(variant.term)
                try TextScoring.check("variant.weight", variant.weight, 0.001...1000)
            }
            guard let prefix = group.prefix else { continue }
            try Self.check(prefix.text)
            try TextScoring.check("prefix.weight", prefix.weight, 0.001...1000)
            try TextScoring.check("prefix.limit", Double(prefix.limit), 1...Double(Self.expansionLimit))
        }
        for phrase in phrases {
            for term in phrase.terms { try Self.check(term.term) }
            try TextScoring.check("phrase.slop", Double(phrase.slop), 0...1_000_000)
        }
        for term in excluded { try Self.check(term) }
        guard let proximity else { return }
        try TextScoring.check("proximity.weight", proximity.weight, 0.001...1000)
        try TextScoring.check("proximity.depth", Double(proximity.depth), 1...10_000)
    }

    /// - Throws: for a term of no bytes or too many.
    package static func check(_ term: String) throws(TextIndexError) {
        guard 1...TextDocument.termByteLimit ~= term.utf8.count else {
            throw .invalidTerm(id: nil, byteCount: term.utf8.count, limit: TextDocument.termByteLimit)
        }
    }
}
