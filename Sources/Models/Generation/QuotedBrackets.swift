/// Keeps what looks like a citation in a passage apart from the citations that a model writes.
///
/// In a prompt a passage's `[3]` stands as `⟦3⟧`; a model that quotes it writes that, which is text, and is shown as it
/// stands in the page. So a marker in an answer is always the model's own.
public enum QuotedBrackets {
    /// Bytes between the brackets of a marker at most.
    public static let byteLimit = 24

    /// `text` with each `[1]` or `[1, 2]` in it as `⟦1⟧` or `⟦1, 2⟧`.
    public static func guarded(_ text: String) -> String {
        guard text.contains("[") else { return text }
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            result += rest[..<open]
            let inside = rest[rest.index(after: open)...].prefix { $0.isNumber || $0 == "," || $0 == " " }
            if !inside.isEmpty, inside.utf8.count <= byteLimit, inside.endIndex < rest.endIndex,
                rest[inside.endIndex] == "]"
            {
                result += "⟦\(inside)⟧"
                rest = rest[rest.index(after: inside.endIndex)...]
            } else {
                result.append("[")
                rest = rest[rest.index(after: open)...]
            }
        }
        return result + rest
    }

    /// What a model quoted, as it stands in the page.
    public static func restored(_ text: String) -> String {
        guard text.contains("⟦") || text.contains("⟧") else { return text }
        return String(text.map { $0 == "⟦" ? "[" : $0 == "⟧" ? "]" : $0 })
    }
}
