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
        let content = all.filter { !Self.functionWords.contains($0) }
        words = Array((content.isEmpty ? all : content).prefix(Self.limit))
    }

    public var isEmpty: Bool { words.isEmpty }

    /// English articles, pronouns, prepositions, conjunctions, auxiliaries and question words.
    static let functionWords: Set<String> = Set(
        """
        a about above after again all am an and any are as at be because been before being below between
        both but by can could d did do does doing don down during each few for from further had has have
        having he her here hers him his how i if in into is it its itself just ll m me more most my no nor
        not now of off on once only or other our out over own re s same she should so some such t than that
        the their them then there these they this those through to too under until up us ve very was we were
        what when where which while who whom whose why will with would you your
        """.split(whereSeparator: \.isWhitespace).map(String.init))
}
