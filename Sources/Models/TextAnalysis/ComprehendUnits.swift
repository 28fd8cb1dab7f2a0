/// What Comprehend asks money for.
enum ComprehendUnits {
    /// Units of 100 characters, three of them at least of each text; a text without a visible character is not sent.
    static func of(_ texts: some Sequence<String>) -> Int {
        texts.reduce(0) { sum, text in
            guard text.contains(where: { !$0.isWhitespace }) else { return sum }
            return sum + max(3, (text.unicodeScalars.count + 99) / 100)
        }
    }

    static func use(_ texts: some Sequence<String>, requests: Int) -> ModelUse {
        ModelUse(model: "comprehend", purpose: .analysis, requests: requests, units: of(texts))
    }

    /// Of one kind of analysis, which takes 25 texts a call.
    static func batch(_ texts: [String]) -> ModelUse {
        use(texts, requests: (texts.count + 24) / 25)
    }
}
