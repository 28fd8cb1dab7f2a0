/// What a word tells of its text's language.
struct LanguageHints: Sendable, Hashable {
    /// Languages that have it as a function word.
    var functionWord: LanguageSet = []
    /// Languages that its letters or its ending speak for.
    var shape: LanguageSet = []

    var isEmpty: Bool { functionWord.isEmpty && shape.isEmpty }
}

/// Guesses languages from function words, which are every second or third word of a text, and where there are few,
/// as in headings, from letters and endings. One look into a table for a word, once for each distinct word.
///
/// A word that `k` languages share gives each `1 / k` of a vote, so that what is everybody's decides nothing.
struct LanguageDetector: Sendable {
    static let shared = LanguageDetector()

    struct Votes {
        fileprivate var words = [Int](repeating: 0, count: Language.allCases.count)
        fileprivate var shapes = [Int](repeating: 0, count: Language.allCases.count)
    }

    private let functionWords: [String: LanguageSet]
    private let letters: [Unicode.Scalar: LanguageSet]
    private let endings: [String: LanguageSet]

    private init() {
        functionWords = Self.sets(FunctionWords.byLanguage)
        endings = Self.sets(LanguageShapes.endings)
        letters = Dictionary(
            uniqueKeysWithValues: Self.sets(LanguageShapes.letters).compactMap { letter, languages in
                letter.unicodeScalars.first.map { ($0, languages) }
            })
    }

    private static func sets(_ lists: [Language: String]) -> [String: LanguageSet] {
        var result: [String: LanguageSet] = [:]
        for (language, list) in lists {
            for word in list.split(whereSeparator: \.isWhitespace) {
                result[Folding.caseFolded(String(word)), default: []].insert(LanguageSet(language))
            }
        }
        return result
    }

    /// - Parameter word: folded by case, with its marks.
    func hints(of word: String) -> LanguageHints {
        var hints = LanguageHints(functionWord: functionWords[word] ?? [])
        let scalars = word.unicodeScalars
        for scalar in scalars where scalar.value > 0x7F {
            guard let set = letters[scalar] else { continue }
            hints.shape = hints.shape.isEmpty ? set : hints.shape.intersection(set)
        }
        if hints.shape.isEmpty, scalars.count >= 6 {
            for length in [5, 4, 3] where hints.shape.isEmpty {
                hints.shape = endings[String(scalars.suffix(length))] ?? []
            }
        }
        return hints
    }

    /// Whether a word says nothing of what a text is about in one of these languages.
    func isFunctionWord(_ word: String, in languages: [Language]) -> Bool {
        guard let set = functionWords[word] else { return false }
        return languages.contains { set.contains(LanguageSet($0)) }
    }

    /// Votes of one function word.
    private static let unit = 60

    func add(_ hints: LanguageHints, to votes: inout Votes) {
        guard !hints.isEmpty else { return }
        Self.add(hints.functionWord, to: &votes.words)
        Self.add(hints.shape, to: &votes.shapes)
    }

    private static func add(_ set: LanguageSet, to votes: inout [Int]) {
        guard !set.isEmpty else { return }
        let share = unit / set.rawValue.nonzeroBitCount
        var bits = set.rawValue
        while bits != 0 {
            votes[bits.trailingZeroBitCount] += share
            bits &= bits - 1
        }
    }

    /// The one with most votes, and another with nearly half as many, as in a text of two languages; none when
    /// there is less than a word's worth.
    func languages(by votes: Votes) -> [Language] {
        let totals = zip(votes.words, votes.shapes).map { $0 * 2 + $1 }
        let ranked = totals.indices.sorted { (totals[$1], $0) < (totals[$0], $1) }
        guard let best = ranked.first, totals[best] >= Self.unit else { return [] }
        return ranked.prefix(2).filter { totals[$0] * 5 >= totals[best] * 2 }.map { Language.allCases[$0] }
    }
}
