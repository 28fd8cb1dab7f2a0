/// A query taken apart into what a text index can run: words with their variants, quoted phrases, a beginning.
///
/// Plain values, made by ``QueryAnalysis/init(_:languages:completesLastWord:)`` with the same ``Analyzer`` as the
/// documents. A document meets a word when it has one of its variants.
public struct QueryAnalysis: Sendable, Hashable {
    /// A term that a word may be indexed under.
    public struct Variant: Sendable, Hashable {
        public var term: String
        /// From 0 to 1: how near to what was written.
        public var weight: Double
        public var form: Token.Form

        public init(term: String, weight: Double, form: Token.Form) {
            self.term = term
            self.weight = weight
            self.form = form
        }
    }

    /// One word, one identifier, or one part of an identifier.
    public struct Word: Sendable, Hashable {
        /// The nearest first; never empty.
        public var variants: [Variant]
        /// Its first position in the query, as ``Token/position``.
        public var position: Int
        /// Where it was written first: offsets of UTF-8 in the query.
        public var utf8Range: Range<Int>
        /// 1 for what was written as a word; less for a part of an identifier, which is looked up as well but
        /// says less than the whole.
        public var weight: Double
        /// Whether it says nothing of what is asked, as articles and question words.
        public var isStopWord: Bool
        /// Whether it looks like a name that is meant exactly: with digits, marks or capitals inside.
        public var isIdentifier: Bool
        /// How often it was written.
        public var count = 1
    }

    /// Words that stand one behind the other.
    public struct Phrase: Sendable, Hashable {
        public struct Element: Sendable, Hashable {
            public var variants: [Variant]
            /// From the phrase's first position.
            public var offset: Int
        }

        public var elements: [Element]
        /// Whether somebody wrote it in quotes. Others are the parts of an identifier and the characters of a
        /// word without blanks: their order is worth something, and not asked for.
        public var isQuoted: Bool

        /// The spelling of each element that every document with the word has: without marks, where it has some.
        public var terms: [(term: String, offset: Int)] {
            elements.compactMap { element in
                let folded = element.variants.first { $0.form == .folded } ?? element.variants.first
                return folded.map { ($0.term, element.offset) }
            }
        }
    }

    /// Beginnings of the word that is still being written.
    public struct Prefix: Sendable, Hashable {
        public var terms: [String]
        public var position: Int
    }

    /// Each once, in order, at most ``wordLimit``.
    public var words: [Word]
    /// At most ``phraseLimit``, quoted ones first.
    public var phrases: [Phrase]
    public var prefix: Prefix?
    /// What stems were made in, the likeliest first.
    public var languages: [Language]

    /// Words that are looked up at most; a pasted page is no question.
    public static let wordLimit = 64
    public static let phraseLimit = 16

    /// The words to look up: without stop words, unless there are no others.
    public var contentWords: [Word] {
        let content = words.filter { !$0.isStopWord }
        return content.isEmpty ? words : content
    }

    public var isEmpty: Bool { words.isEmpty && prefix == nil }

    /// - Parameters:
    ///   - text: anything; no character is an operator but pairs of quotes.
    ///   - languages: those that the documents are in, the commonest first. Words are stemmed in them too when the
    ///     query's own language is not sure.
    ///   - completesLastWord: whether the last word may be the beginning of one, when no blank follows it.
    public init(_ text: String, languages: [Language] = [], completesLastWord: Bool = false) {
        self = Analyzer.withWorker { worker in
            var builder = QueryBuilder(text, worker, languages)
            return builder.analysis(completesLastWord: completesLastWord)
        }
    }

    init(words: [Word], phrases: [Phrase], prefix: Prefix?, languages: [Language]) {
        self.words = words
        self.phrases = phrases
        self.prefix = prefix
        self.languages = languages
    }
}
