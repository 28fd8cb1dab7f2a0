import Text

/// The words of a question that carry meaning, ready to be looked for in pieces of text.
struct AskedWords: Sendable, Hashable {
    /// What a word counts for beside others: 1 for one that was written, less for a part of an identifier.
    let shares: [Double]
    /// Which words a term stands for.
    private let wordsByTerm: [String: [Int]]
    /// Of the question, in which all text is stemmed that it is compared with.
    private let languages: [Language]

    init(_ question: String) {
        let known = Analyzer().languages(of: question)
        languages = known.isEmpty ? [.english] : known
        let words = QueryAnalysis(question, languages: languages).contentWords
        shares = words.map(\.weight)
        var wordsByTerm: [String: [Int]] = [:]
        for (offset, word) in words.enumerated() {
            for variant in word.variants { wordsByTerm[variant.term, default: []].append(offset) }
        }
        self.wordsByTerm = wordsByTerm
    }

    var count: Int { shares.count }
    var all: Set<Int> { Set(shares.indices) }

    /// Which of the question's words stand in `text`, in whatever form.
    func found(in text: String) -> Set<Int> {
        guard !text.isEmpty else { return [] }
        return Analyzer().tokens(of: text, languages: languages).reduce(into: []) { found, token in
            if let words = wordsByTerm[token.term] { found.formUnion(words) }
        }
    }

    /// The share of `text`'s words that are words of the question.
    func coverage(of text: String) -> Double {
        let tokens = Analyzer().tokens(of: text, languages: languages)
        let positions = Set(tokens.map(\.position))
        guard !positions.isEmpty else { return 0 }
        let met = Set(tokens.filter { wordsByTerm[$0.term] != nil }.map(\.position))
        return Double(met.count) / Double(positions.count)
    }
}
