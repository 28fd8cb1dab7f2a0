/// Whether a statement or a question is of what was and is no longer.
enum Tense {
    private static let words: Set<String> = [
        "was", "were", "did", "had", "formerly", "previously", "superseded", "deprecated", "retired",
        "obsolete",
        "war", "waren", "wurde", "früher", "ehemals", "veraltet",
    ]

    static func isPast(_ text: String) -> Bool {
        text.lowercased().split { !$0.isLetter }.contains { words.contains(String($0)) }
    }
}
