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
    /// Of words that say nothing by themselves, such as the “out of” in “out of hours”.
    private let functionTerms: Set<String>
    /// Of what is looked for, in which all text is stemmed that it is compared with.
    private let languages: [Language]

    public init(_ text: String) {
        let known = Analyzer().languages(of: text)
        languages = known.isEmpty ? [.english] : known
        let analysis = QueryAnalysis(text, languages: languages)
        let words = analysis.contentWords
        functionTerms = Set(analysis.words.filter(\.isStopWord).flatMap { $0.variants.map(\.term) })
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

    /// The share of `text`'s words that are looked for; 0…1, and 0 if only words that say nothing are.
    ///
    /// Words that say nothing count a little, as “in hours” and “out of hours” differ by them.
    public func coverage(of text: String) -> Double {
        var known: [Int: (weight: Double, isMet: Bool)] = [:]
        var meetsContent = false
        for token in Analyzer().tokens(of: text, languages: languages) {
            let isContent = wordsByTerm[token.term] != nil
            let isFunction = !isContent && functionTerms.contains(token.term)
            meetsContent = meetsContent || isContent
            let saysNothing = isFunction || !isContent && StopWords.englishLookup.contains(token.term)
            let before = known[token.position]
            known[token.position] = (
                min(before?.weight ?? 1, saysNothing ? Self.functionShare : 1),
                before?.isMet == true || isContent || isFunction
            )
        }
        let total = known.values.reduce(0) { $0 + $1.weight }
        guard total > 0, meetsContent else { return 0 }
        return known.values.reduce(0) { $0 + ($1.isMet ? $1.weight : 0) } / total
    }

    /// What a word that says nothing counts for in a header, beside one that says something.
    private static let functionShare = 0.25
}
