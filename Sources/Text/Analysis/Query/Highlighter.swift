/// Finds the words of a query in a text, in any language and inside identifiers, for marking.
public struct Highlighter: Sendable {
    private let terms: Set<String>
    private let parts: Set<String>
    private let analyzer = Analyzer()

    /// What a text is marked by: the content words of a query, and of its quotes all.
    public init(_ query: QueryAnalysis) {
        let content = query.contentWords
        let quoted = query.phrases.filter(\.isQuoted).flatMap(\.elements).flatMap(\.variants).map(\.term)
        let telling = content.filter { $0.weight >= Self.tellingWeight }.flatMap(\.variants)
        terms = Set(telling.filter { $0.weight >= Self.tellingWeight }.map(\.term))
        parts = Set(quoted)
    }

    /// Less have numbers of identifiers, which other identifiers share, and stems in languages that nothing speaks
    /// for.
    private static let tellingWeight = 0.5

    public var isEmpty: Bool { terms.isEmpty && parts.isEmpty }

    /// The terms of a token's form that the query asks for.
    public func matches(_ token: Token) -> Bool { terms.contains(token.term) || parts.contains(token.term) }

    /// UTF-8 ranges of the words found, in order, apart from each other.
    public func ranges(in text: String) -> [Range<Int>] { ranges(of: analyzer.tokens(of: text)) }

    /// The same of tokens already made.
    public func ranges(of tokens: [Token]) -> [Range<Int>] {
        let found = tokens.filter(matches).map(\.utf8Range)
            .sorted { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }
        var result: [Range<Int>] = []
        for range in found {
            if let last = result.last, range.lowerBound < last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
