/// What a ``SentenceSplitter`` goes by: what may end a sentence, and which full stops do not.
public struct SentenceRules: Sendable {
    /// Which marks and which white space count.
    enum Repertoire: Sendable {
        /// `.`, `!`, `?`; a space behind them; small letters `a` to `z`. Control characters are trimmed.
        case ascii
        /// Also `…`, `。！？`, typographic closing quotes, any white space, small letters of all scripts.
        case unicode
    }

    /// Where a number with a full stop is that of a step, as in “3. Restart it”.
    enum StepNumbers: Sendable { case atLineStart, atSentenceStart }

    var repertoire: Repertoire
    /// Never followed by a new sentence, however the next word begins; without the last full stop.
    var abbreviations: Set<String>
    /// Abbreviations only before a number.
    var abbreviationsBeforeNumbers: Set<String>
    /// Whether an abbreviation stays one when a quote or a bracket closes behind it.
    var looksBehindClosers: Bool
    var stepNumbers: StepNumbers
    /// Whether letters that stand alone between full stops are an abbreviation (“e.g.”, “U.S.”), as one letter
    /// is (“J. Smith”) in any case.
    var joinsDottedLetters: Bool

    /// For cutting long prose where a reader would pause.
    public static let prose = SentenceRules(
        repertoire: .unicode,
        abbreviations: [
            "mr", "mrs", "ms", "dr", "prof", "st", "vs", "cf", "approx", "ca", "dept", "resp", "incl", "excl",
            "bzw", "vgl", "ggf", "evtl", "inkl", "sog",
        ],
        abbreviationsBeforeNumbers: [
            "no", "nos", "nr", "fig", "figs", "eq", "sec", "ch", "vol", "pp", "p", "art", "abb", "ver", "v",
            "ext", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        ],
        looksBehindClosers: false, stepNumbers: .atSentenceStart, joinsDottedLetters: true)

    /// For quoting from a passage: whoever is quoted must not be cut short, so more abbreviations count.
    public static let quotation = SentenceRules(
        repertoire: .ascii,
        abbreviations: [
            "e.g", "i.e", "etc", "vs", "cf", "approx", "mr", "mrs", "ms", "dr", "st", "no", "fig", "inc",
            "ltd", "dept", "min", "max", "resp", "incl", "excl",
        ],
        abbreviationsBeforeNumbers: [], looksBehindClosers: true, stepNumbers: .atLineStart,
        joinsDottedLetters: false)

    /// Whether a sentence may end behind `character`, for who reads a draft character by character and looks
    /// for no abbreviation: `.`, `!`, `?` or `…` before white space or the end.
    public static func mayEnd(behind character: Character, before next: Character?) -> Bool {
        terminators.contains(character) && next?.isWhitespace ?? true
    }

    private static let terminators: Set<Character> = [".", "!", "?", "…"]
}
