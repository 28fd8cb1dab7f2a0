/// What a ``SentenceSplitter`` goes by: which full stops end no sentence.
public struct SentenceRules: Sendable {
    /// Never followed by a new sentence, however the next word begins; without the last full stop.
    var abbreviations: Set<String>
    /// Abbreviations only before a number: elsewhere they are words (“No.”) or units (“5 min.”).
    var abbreviationsBeforeNumbers: Set<String>
    /// Whether an abbreviation stays one when a quote or a bracket closes behind it.
    var looksBehindClosers: Bool

    /// For cutting long prose where a reader would pause.
    public static let prose = SentenceRules(
        abbreviations: words(common), abbreviationsBeforeNumbers: words(beforeNumbers),
        looksBehindClosers: false)

    /// For quoting from a passage: whoever is quoted must not be cut short, so more abbreviations count.
    public static let quotation = SentenceRules(
        abbreviations: words(common + often), abbreviationsBeforeNumbers: words(beforeNumbers),
        looksBehindClosers: true)

    /// Titles and words that go on: they end a sentence hardly ever. Letters that stand alone between full stops
    /// (“e.g.”, “z. B.”, “U.S.”) need not be named.
    private static let common = """
        mr mrs ms dr prof st vs cf approx ca dept resp incl excl messrs hon capt gen sgt
        bzw vgl ggf evtl inkl exkl sog zzgl abzgl hr fr hrn dipl ing geb gem insb str
        mme mlle env sr sra dra sig dott ud uds aprox ej ex ecc bijv blz dhr mevr
        f.eks t.ex p.ex bl.a d.v.s d.w.z np tzn tj ul напр стр рис им ул
        """

    /// These may stand at a sentence's end as well.
    private static let often = " etc inc ltd corp co jr ed eds al usw misc ref std tel"

    private static let beforeNumbers = """
        no nos nr fig figs eq sec sect ch chap vol pp p art abb ver v ext min max tab app par para abs kap bd ziff
        num núm pág pag jan feb mar apr jun jul aug sep sept oct nov dec okt dez kl
        """

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
    }

    /// Whether a sentence may end behind `character`, for who reads a draft character by character and looks
    /// for no abbreviation: `.`, `!`, `?` or `…` before white space or the end.
    public static func mayEnd(behind character: Character, before next: Character?) -> Bool {
        terminators.contains(character) && next?.isWhitespace ?? true
    }

    private static let terminators: Set<Character> = [".", "!", "?", "…"]
}
