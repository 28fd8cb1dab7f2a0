/// “Tell me when …”, “I need to know who …”, “I need the … and the …”: what is asked behind an opening that asks for it.
struct IndirectQuestion {
    /// What is asked, as it stands behind the opening; a thing that is wanted as “What is …”.
    let asked: String
    /// Whether it is a thing that is wanted.
    let isThing: Bool

    init?(_ question: String) {
        let words = ConversationWords.bare(question).split(separator: " ").map(String.init)
        let lower = words.map { $0.lowercased().trimming { ",:".contains($0) } }
        guard
            let length = Self.openings.filter({ lower.starts(with: $0) }).map(\.count).max()
        else { return nil }
        var rest = words[length...]
        if rest.first?.lowercased() == "both" { rest = rest.dropFirst() }
        let told = rest.joined(separator: " ")
        let behind = rest.map { $0.lowercased() }
        guard let first = behind.first else { return nil }
        if ConversationWords.askingLength(behind) != nil {
            (asked, isThing) = (told, false)
        } else if Self.articles.contains(first), Self.wanting.contains(Array(lower[..<length])) {
            (asked, isThing) = ("What is \(told)", true)
        } else {
            return nil
        }
    }

    private static let articles: Set<String> = ["the", "my", "our", "your"]

    /// Behind these stands what somebody wants to have or to know.
    private static let wanting: Set<[String]> = Set(
        [
            "i need", "i want", "i am looking for", "i'm looking for", "i’m looking for", "give me",
            "please give me", "can you give me", "could you give me", "show me", "please show me", "send me",
            "please send me", "tell me", "please tell me", "can you tell me", "could you tell me", "find",
            "find me", "list", "name", "i need to know", "i want to know", "i would like to know",
            "i'd like to know", "i’d like to know", "let me know", "remind me of",
        ].map { $0.split(separator: " ").map(String.init) })

    private static let openings: [[String]] =
        [
            "can you please tell me", "could you please tell me", "would you tell me", "do you know",
            "does anyone know", "does anybody know", "i have to know", "i must know", "i wonder",
            "i am wondering", "i'm wondering", "i’m wondering", "any idea", "please explain", "explain",
            "remind me", "find out", "sag mir", "sagen sie mir", "weißt du", "wissen sie",
            "ich möchte wissen",
            "ich will wissen", "kannst du mir sagen", "können sie mir sagen",
        ].map { $0.split(separator: " ").map(String.init) } + wanting
}
