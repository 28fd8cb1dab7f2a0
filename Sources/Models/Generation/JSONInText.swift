import JSONValue

/// The JSON that a model wrote as text, with or without words or a fence of Markdown around it.
public enum JSONInText {
    /// As it was written; `nil` where there is none that can be read.
    public static func json(_ text: String) -> String? {
        var whole = text.drop(while: \.isWhitespace)
        while whole.last?.isWhitespace == true { whole.removeLast() }
        if isJSON(whole) { return String(whole) }
        for (open, close) in [("{", "}"), ("[", "]")] as [(Character, Character)] {
            guard let start = text.firstIndex(of: open), let end = text.lastIndex(of: close), start < end,
                isJSON(text[start...end])
            else { continue }
            return String(text[start...end])
        }
        return nil
    }

    private static func isJSON(_ text: Substring) -> Bool {
        (try? JSONValue(parsing: String(text))) != nil
    }
}
