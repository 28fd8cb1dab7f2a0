/// In which languages a query's words are stemmed. A query is short, so more are tried than for a document: a stem
/// too many finds a word too many, one too few misses the page.
struct QueryLanguages {
    /// Those that the query's words speak for, and the documents' and English.
    let likely: [Language]
    /// Others that are tried when the words speak for none.
    let possible: [Language]

    init(detected: [Language], documents: [Language]) {
        var likely = detected
        for language in documents.prefix(4) + [.english] where !likely.contains(language) {
            likely.append(language)
        }
        self.likely = likely
        possible = detected.isEmpty ? Self.common.filter { !likely.contains($0) } : []
    }

    /// The commonest in companies' pages.
    private static let common: [Language] = [
        .german, .french, .spanish, .italian, .portuguese, .dutch, .swedish, .danish, .norwegian, .finnish,
        .hungarian, .romanian, .turkish,
    ]

    /// Stems shorter than this, in bytes, are another word's too often to try them in a language that nothing
    /// speaks for.
    static let possibleStemBytes = 4

    func likely(for script: WordScript) -> [Language] {
        switch script {
        case .latin: likely.filter { $0.script == .latin }
        case .cyrillic: [.russian, .serbian]
        default: StemLanguages([])[script]
        }
    }

    func possible(for script: WordScript) -> [Language] { script == .latin ? possible : [] }
}
