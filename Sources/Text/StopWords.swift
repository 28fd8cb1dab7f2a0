/// Words that stand in any text and say nothing of what it is about, by language and by what they are left out
/// for.
public enum StopWords {
    /// English articles, pronouns, prepositions, conjunctions, auxiliaries and question words, left out of what
    /// is looked up: in a question they outnumber the words that matter. What an apostrophe leaves behind
    /// (`don`, `ll`, `ve`) counts as one.
    public static let englishLookup = english.union(
        words(
            """
            above again below between both d don down during few further hers ll m re
            same ve
            """))

    /// Those left out when two texts are compared by their words, as a question with a sentence or an answer
    /// with its passage. A few that say where or how often count there.
    public static let englishOverlap = english.union(words("also done per please"))

    /// In both.
    private static let english = words(
        """
        a about after all am an and any are as at be because been before being but by can
        could did do does doing each for from had has have having he her here him his how i
        if in into is it its itself just me more most my no nor not now of off on once only
        or other our out over own s she should so some such t than that the their them then
        there these they this those through to too under until up us very was we were what
        when where which while who whom whose why will with would you your
        """)

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
