/// A word, sign or text of a JavaScript file. Comments and white space are none; ``gap`` tells what stood before.
struct ScriptToken: Sendable, Hashable {
    enum Kind: Sendable {
        /// A name or keyword.
        case word
        case number
        /// With its quotes.
        case string
        /// A template from a back quote or `}` to the next back quote or `${`.
        case template
        case regularExpression
        /// One sign, or `++` or `--`.
        case sign
    }

    /// What separated it from the token before; a comment counts as the white space in it.
    enum Gap: Sendable {
        case none, blank, newline
    }

    var kind: Kind
    /// Its bytes in the file.
    var range: Range<Int>
    /// 1-based.
    var line: Int
    /// Brackets of any kind that are open around it; an opening or closing one is outside of itself.
    var depth: Int
    var gap: Gap
}
