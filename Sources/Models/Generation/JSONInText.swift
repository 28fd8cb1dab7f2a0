import JSONValue

/// The JSON that a model wrote as text, with or without words or a fence of Markdown around it.
public enum JSONInText {
    /// As it was written, and what it says; `nil` where there is none that can be read.
    public static func found(in text: String) -> (text: String, value: JSONValue)? {
        var whole = text.drop(while: \.isWhitespace)
        while whole.last?.isWhitespace == true { whole.removeLast() }
        if let found = read(whole) { return found }
        for (open, close) in [("{", "}"), ("[", "]")] as [(Character, Character)] {
            guard let start = text.firstIndex(of: open), let end = text.lastIndex(of: close), start < end,
                let found = read(text[start...end])
            else { continue }
            return found
        }
        return nil
    }

    private static func read(_ text: Substring) -> (text: String, value: JSONValue)? {
        let text = String(text)
        return (try? JSONValue(parsing: text)).map { (text, $0) }
    }
}
