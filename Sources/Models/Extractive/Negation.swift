/// Whether a statement denies.
public enum Negation {
    private static let words: Set<String> = [
        "not", "no", "never", "nobody", "none", "nothing", "neither", "nor", "without", "cannot", "forbidden",
        "prohibited", "nicht", "kein", "keine", "keinen", "keiner", "keinem", "nie", "niemals", "niemand",
        "ohne",
    ]

    /// Whether `text` holds a word that denies, in English, German or Chinese.
    public static func isNegated(_ text: String) -> Bool {
        let lower = text.lowercased().replacing("’", with: "'")
        if lower.contains("n't") || lower.contains("不") || lower.contains("没有") { return true }
        return lower.split { !$0.isLetter }.contains { words.contains(String($0)) }
    }
}
