/// Whether a style keeps text from being seen: what the readers of a page do not see, the page does not say.
enum HiddenStyle {
    /// `display: none`, nothing of size, nothing opaque.
    static func hides(_ style: String) -> Bool {
        declarations(style).contains { name, value in
            switch name {
            case "display": value == "none"
            case "visibility": value == "hidden" || value == "collapse"
            case "opacity", "font-size": isZero(value)
            default: false
            }
        }
    }

    /// Whether text is white and nothing is said of what is behind it.
    static func isWhite(_ style: String) -> Bool {
        let declared = declarations(style)
        guard !declared.contains(where: { $0.name.hasPrefix("background") }) else { return false }
        return declared.contains { $0.name == "color" && isWhiteColor($0.value) }
    }

    static func isWhiteColor(_ value: String) -> Bool {
        let compact = value.lowercased().filter { !$0.isWhitespace }
        return ["white", "#fff", "#ffffff", "#ffffffff", "rgb(255,255,255)"].contains(compact)
            || compact.hasPrefix("rgba(255,255,255,")
    }

    private static func declarations(_ style: String) -> [(name: String, value: String)] {
        style.lowercased().split(separator: ";").compactMap { declaration in
            let parts = declaration.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let value = parts[1].split(separator: "!").first ?? ""
            return (trimmed(parts[0]), trimmed(value))
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// `0`, `0px`, `0.0em`, `0%`.
    private static func isZero(_ value: String) -> Bool {
        let number = value.prefix { $0.isNumber || $0 == "." }
        return Double(number) == 0
    }
}
