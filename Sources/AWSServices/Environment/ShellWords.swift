/// The words of a command line by the rules of a POSIX shell, without anything being expanded.
enum ShellWords {
    /// - Returns: `nil` where a quote is not closed or a backslash ends the line.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = line.makeIterator()
        while let character = rest.next() {
            switch (quote, character) {
            case (nil, "'"), (nil, "\""):
                quote = character
                word = word ?? ""
            case (nil, "\\"):
                guard let next = rest.next() else { return nil }
                word = (word ?? "") + String(next)
            case (nil, " "), (nil, "\t"), (nil, "\n"), (nil, "\r"):
                if let finished = word { words.append(finished) }
                word = nil
            case (let open?, _) where open == character:
                quote = nil
            case ("\"", "\\"):
                guard let next = rest.next() else { return nil }
                word = (word ?? "") + (next == "\"" || next == "\\" ? "" : "\\") + String(next)
            default:
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let word { words.append(word) }
        return words
    }
}
