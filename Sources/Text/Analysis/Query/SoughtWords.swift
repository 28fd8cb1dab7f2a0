/// The words of a question or a statement that carry meaning, ready to be looked for in pieces of text.
///
/// Words are told by their number, from 0.
public struct SoughtWords: Sendable, Hashable {
    /// What a word counts for beside others: 1 for one that was written, less for a part of an identifier.
    public let shares: [Double]
    /// Those with a digit.
    public let figures: Set<Int>
    /// Which words a term stands for.
    private let wordsByTerm: [String: [Int]]
    /// Of what is looked for, in which all text is stemmed that it is compared with.
    private let languages: [Language]

    public init(_ text: String) {
        let known = Analyzer().languages(of: text)
        languages = known.isEmpty ? [.english] : known
        let words = QueryAnalysis(text, languages: languages).contentWords
        shares = words.map(\.weight)
        figures = Set(
            words.indices.filter { words[$0].variants.contains { $0.term.contains(where: \.isNumber) } })
        var wordsByTerm: [String: [Int]] = [:]
        for (offset, word) in words.enumerated() {
            for variant in word.variants { wordsByTerm[variant.term, default: []].append(offset) }
        }
        self.wordsByTerm = wordsByTerm
    }

    public var count: Int { shares.count }
    public var all: Set<Int> { Set(shares.indices) }

    /// Which of the words stand in `text`, in whatever form.
    public func found(in text: String) -> Set<Int> {
        guard !text.isEmpty else { return [] }
        return Analyzer().tokens(of: text, languages: languages).reduce(into: []) { found, token in
            if let words = wordsByTerm[token.term] { found.formUnion(words) }
        }
    }

    /// The share of `text`'s words that are looked for; 0…1.
    public func coverage(of text: String) -> Double {
        let tokens = Analyzer().tokens(of: text, languages: languages)
        let positions = Set(tokens.map(\.position))
        guard !positions.isEmpty else { return 0 }
        let met = Set(tokens.filter { wordsByTerm[$0.term] != nil }.map(\.position))
        return Double(met.count) / Double(positions.count)
    }
}
