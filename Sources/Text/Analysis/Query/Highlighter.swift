/// Finds the words of a query in a text, in any language and inside identifiers, for marking.
public struct Highlighter: Sendable {
    /// A word of the query where a text has it.
    public struct Match: Sendable, Hashable {
        /// UTF-8 range of the text.
        public var utf8Range: Range<Int>
        /// Which word: the same number for the same word.
        public var word: Int

        public init(utf8Range: Range<Int>, word: Int) {
            self.utf8Range = utf8Range
            self.word = word
        }

        /// What is marked of some matches: in order, and overlapping ones as one.
        public static func ranges(_ matches: [Match]) -> [Range<Int>] {
            var result: [Range<Int>] = []
            for range in matches.map(\.utf8Range).sorted(by: Highlighter.isBefore) {
                if let last = result.last, range.lowerBound < last.upperBound {
                    result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
                } else {
                    result.append(range)
                }
            }
            return result
        }
    }

    private struct Phrase: Sendable {
        /// Terms and where they stand from the phrase's beginning.
        var elements: [(terms: Set<String>, offset: Int)]
        /// Number of the first; the others' follow.
        var word: Int
    }

    private var words: [String: Int] = [:]
    private var phrases: [Phrase] = []

    /// What a text is marked by: the content words of a query wherever they stand, and where a quoted phrase stands
    /// all of it.
    public init(_ query: QueryAnalysis) {
        var number = 0
        for word in query.contentWords where word.weight >= Self.tellingWeight {
            for variant in word.variants where variant.weight >= Self.tellingWeight {
                if words[variant.term] == nil { words[variant.term] = number }
            }
            number += 1
        }
        for phrase in query.phrases where phrase.isQuoted {
            let elements = phrase.elements.map { (Set($0.variants.map(\.term)), $0.offset) }
            phrases.append(Phrase(elements: elements, word: number))
            number += elements.count
        }
    }

    /// Less have numbers of identifiers, which other identifiers share, and stems in languages that nothing speaks
    /// for.
    private static let tellingWeight = 0.5

    public var isEmpty: Bool { words.isEmpty && phrases.isEmpty }

    /// The query's words in a text, by their starts.
    public func matches(in text: String) -> [Match] {
        isEmpty ? [] : matches(among: Analyzer().tokens(of: text))
    }

    /// The same of a text's tokens.
    public func matches(among tokens: [Token]) -> [Match] {
        let single = tokens.compactMap { token in
            words[token.term].map { Match(utf8Range: token.utf8Range, word: $0) }
        }
        return (single + phraseMatches(among: tokens)).sorted { Self.isBefore($0.utf8Range, $1.utf8Range) }
    }

    private func phraseMatches(among tokens: [Token]) -> [Match] {
        guard !phrases.isEmpty else { return [] }
        let places = Dictionary(grouping: tokens, by: \.position)
        var matches: [Match] = []
        for position in places.keys {
            for phrase in phrases {
                let found = phrase.elements.enumerated().compactMap { number, element in
                    places[position + element.offset]?.first { element.terms.contains($0.term) }.map {
                        Match(utf8Range: $0.utf8Range, word: phrase.word + number)
                    }
                }
                if found.count == phrase.elements.count { matches += found }
            }
        }
        return matches
    }

    /// UTF-8 ranges of the words found, in order, apart from each other.
    public func ranges(in text: String) -> [Range<Int>] { Match.ranges(matches(in: text)) }

    private static func isBefore(_ one: Range<Int>, _ other: Range<Int>) -> Bool {
        (one.lowerBound, other.upperBound) < (other.lowerBound, one.upperBound)
    }
}
