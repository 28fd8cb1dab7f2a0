import Text

/// The words of a question that are worth looking up.
///
/// Runs of letters and digits, as FTS5's `unicode61` cuts them, each once and in order. English function
/// words are left out, because in a question they outnumber the words that matter; when nothing else is
/// left they stay.
public struct QueryTerms: Hashable, Sendable {
    public let words: [String]

    /// Words that are looked up at most; a pasted page is no question.
    public static let limit = 64

    public init(_ question: String) {
        var seen: Set<String> = []
        var all: [String] = []
        for run in question.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let word = run.lowercased()
            if seen.insert(word).inserted { all.append(word) }
        }
        let content = all.filter { !StopWords.englishLookup.contains($0) }
        words = Array((content.isEmpty ? all : content).prefix(Self.limit))
    }

    public var isEmpty: Bool { words.isEmpty }
}
