import Text
import TextIndex

/// What a question names exactly: identifiers that few passages have, what it quotes, and for a query of no more than
/// a few words all of them, if each is somewhere and few passages have them all.
///
/// A passage that has all of it is what was asked for; one that is only near in meaning, or shares a number of an
/// identifier, is not.
struct ExactNames {
    /// Matches what has every name.
    let query: TextQuery
    /// More matches than this are not rare, and so nothing is named.
    let limit: Int

    /// Passages that may have a name for it to be rare: this share of all, and always a few.
    private static let rareShare = 0.05
    private static let rareCount = 8
    /// Words up to which a query is nothing but names.
    private static let bareWordLimit = 3

    /// - Parameter index: whose document frequencies say what is rare; of all passages, whoever may read them.
    init(_ analysis: QueryAnalysis, _ index: any TextStore) throws(TextIndexError) {
        limit = max(Self.rareCount, Int(Self.rareShare * Double(index.count)))
        // A part of an identifier has less weight than what was written as a word.
        let written = analysis.contentWords.filter { $0.weight >= 1 }
        // A question of whole sentences is about its words; a few words without a sentence are what is looked for.
        let isBare = analysis.words.count { $0.weight >= 1 } <= Self.bareWordLimit
        var (names, words): ([TextQuery.Group], [TextQuery.Group]) = ([], [])
        var isComplete = isBare
        for word in written where isBare || Self.isName(word) {
            let terms = word.variants.filter { Self.exactForms.contains($0.form) }.map(\.term)
            var count = 0
            for term in terms { count = max(count, try index.documentFrequency(of: term)) }
            let group = TextQuery.Group(terms.map { TextQuery.Variant($0) }, isRequired: true)
            if Self.isName(word) {
                if count > 0, isBare || count <= limit { names.append(group) }
            } else {
                if count == 0 { isComplete = false }
                words.append(group)
            }
        }
        // With one of its few words nowhere, a passage with the others is no better than what is near.
        let groups = names + (isComplete ? words : [])
        let quoted = analysis.phrases.filter(\.isQuoted)
        query = TextQuery(
            groups: groups,
            phrases: quoted.map { phrase in
                TextQuery.Phrase(
                    phrase.terms.map { TermOccurrence($0.term, at: UInt32(clamping: $0.offset)) })
            })
    }

    var isEmpty: Bool { query.groups.isEmpty && query.phrases.isEmpty }

    private static let exactForms: Set<Token.Form> = [.word, .folded, .joined, .whole, .gram]

    /// Whether a word of a sentence names one thing alone: it has figures, or is written in one from several parts.
    ///
    /// A short plain number does not: it is a year or a count. Neither does an abbreviation (`DNA`, `i.e.`) or a pair of
    /// words (`and/or`), which many texts have that are about something else.
    private static func isName(_ word: QueryAnalysis.Word) -> Bool {
        guard word.isIdentifier, let term = word.variants.first?.term else { return false }
        if term.utf8.contains(where: { (0x30...0x39).contains($0) }) {
            return term.utf8.count > 4 || !term.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        return word.variants.contains { $0.form == .joined && $0.term.utf8.count >= 6 }
            && !word.variants.contains { variant in variant.term.contains { "./'’&".contains($0) } }
    }
}
