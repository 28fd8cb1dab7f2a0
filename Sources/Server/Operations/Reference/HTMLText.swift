/// HTML in the making: text is escaped as it comes in, so that nothing of it can become markup.
struct HTMLText: Sendable, Hashable {
    private(set) var markup: String

    private init(markup: String) {
        self.markup = markup
    }

    /// Text as it is to be read.
    init(_ text: String) {
        markup = Self.escaped(text)
    }

    static let nothing = HTMLText(markup: "")
    static let breakLine = HTMLText(markup: "<br>\n")

    /// An element with its attributes, which are escaped as well.
    ///
    /// - Parameter name: of this code, like those of the attributes: they are not escaped.
    static func element(
        _ name: String, _ attributes: [(String, String)] = [], _ children: HTMLText...
    ) -> HTMLText {
        element(name, attributes, all: children)
    }

    static func element(
        _ name: String, _ attributes: [(String, String)] = [], all children: [HTMLText]
    ) -> HTMLText {
        HTMLText(markup: "\(start(name, attributes))\(children.map(\.markup).joined())</\(name)>\n")
    }

    /// An element inside of a line of text.
    static func inline(
        _ name: String, _ attributes: [(String, String)] = [], _ text: String
    ) -> HTMLText {
        HTMLText(markup: "\(start(name, attributes))\(escaped(text))</\(name)>")
    }

    /// An element that has no end: `link`, `meta`.
    static func single(_ name: String, _ attributes: [(String, String)]) -> HTMLText {
        HTMLText(markup: start(name, attributes) + "\n")
    }

    /// Text in which what stands between back quotes is code.
    static func prose(_ text: String) -> HTMLText {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        guard parts.count % 2 == 1 else { return HTMLText(text) }
        return parts.enumerated().reduce(.nothing) { whole, part in
            whole
                + (part.offset % 2 == 0
                    ? HTMLText(String(part.element)) : inline("code", String(part.element)))
        }
    }

    static func inline(_ name: String, _ text: String) -> HTMLText { inline(name, [], text) }

    static func + (first: HTMLText, second: HTMLText) -> HTMLText {
        HTMLText(markup: first.markup + second.markup)
    }

    /// A whole document.
    static func document(head: [HTMLText], body: HTMLText) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        \(head.map(\.markup).joined())</head>
        \(body.markup)</html>

        """
    }

    private static func start(_ name: String, _ attributes: [(String, String)]) -> String {
        "<\(name)" + attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined() + ">"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
