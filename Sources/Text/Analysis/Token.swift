/// One form of one word of a text, as an index keeps it.
public struct Token: Sendable, Hashable {
    /// How a term came from what was written.
    public enum Form: UInt8, Sendable, Hashable, CaseIterable {
        /// A word as written, but for case and width.
        case word
        /// The same without diacritics, or with umlauts spelt out: `über` is also `uber` and `ueber`.
        case folded
        /// What Snowball's stemmer of the text's language leaves of it.
        case stem
        /// A word or a number inside an identifier: `user` of `getUserById`.
        case part
        /// An identifier without what joins its parts: `e2290` of `E-2290`, `getuserbyid`.
        case joined
        /// An identifier with its marks: `10.20.31.47`, `c++`, `a.b@example.com`.
        case whole
        /// One or two characters of a script that puts no blanks between words.
        case gram
    }

    /// What is looked up. At most ``Analyzer/termByteLimit`` bytes of UTF-8.
    public var term: String
    /// The word's number in its text, from 0 and never falling. Forms of one word share it; of an identifier each
    /// part is a word, and what spans several has the position of the first.
    public var position: Int
    /// Where it was written: offsets of UTF-8 in the text.
    public var utf8Range: Range<Int>
    public var form: Form

    public init(term: String, position: Int, utf8Range: Range<Int>, form: Form) {
        self.term = term
        self.position = position
        self.utf8Range = utf8Range
        self.form = form
    }
}
