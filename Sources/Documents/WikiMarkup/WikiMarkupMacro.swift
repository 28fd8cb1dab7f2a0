/// A macro's tag in wiki markup, such as `{panel:title=Note|bgColor=red}`.
struct WikiMarkupMacro {
    /// In small letters.
    var name: String
    var spelling: Substring
    /// The default parameter has an empty name.
    var parameters: [(name: Substring, value: Substring)]
    var range: Range<Substring.Index>

    /// Macros whose bodies are taken as they stand.
    private static let verbatim: Set<String> = [
        "code", "noformat", "html", "xhtml", "style", "latex", "mathblock", "mathinline", "markdown",
        "plantuml", "mermaid", "sql", "csv",
    ]
    /// Macros with a body of wiki markup that stands apart.
    private static let blocks: Set<String> = [
        "panel", "info", "note", "tip", "warning", "quote", "expand", "section", "column", "excerpt",
        "details", "center", "align", "div", "toc-zone", "multi-excerpt", "multiexcerpt", "ui-expand",
        "ui-tab", "ui-tabs", "deck", "card", "cloak", "table-plus", "bgcolor", "hidden-data", "chart",
    ]
    /// Macros that only change looks: their bodies are text like any other.
    private static let looks: Set<String> = ["color", "span", "highlight", "font", "div-style"]

    var isVerbatim: Bool { Self.verbatim.contains(name) }
    var isQuote: Bool { name == "quote" }

    /// The first tag in a line of a macro that stands apart.
    static func firstBlock(in line: Substring) -> WikiMarkupMacro? {
        var index = line.startIndex
        // In a row of a table, macros are part of their cells.
        if line.first(where: { !$0.isWhitespace }) == "|" { return nil }
        while let brace = line[index...].firstIndex(of: "{") {
            let isEscaped = brace > line.startIndex && "\\{".contains(line[line.index(before: brace)])
            if !isEscaped, let macro = WikiMarkupMacro(at: brace, of: line),
                blocks.contains(macro.name) || verbatim.contains(macro.name)
            {
                return macro
            }
            index = line.index(after: brace)
        }
        return nil
    }

    /// The tag that begins at `index`, or `nil` when none does. One of a macro with a body may lack its end.
    init?(at index: Substring.Index, of line: Substring) {
        guard line[index] == "{" else { return nil }
        let inner = line[index...].dropFirst()
        spelling = inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        guard let first = spelling.first, first.isLetter else { return nil }
        name = spelling.lowercased()
        var end = spelling.endIndex
        var given: Substring = ""
        if end < line.endIndex, line[end] == ":" {
            given = line[end...].dropFirst().prefix { $0 != "{" && $0 != "}" }
            end = given.endIndex
        }
        if end < line.endIndex {
            guard line[end] == "}" else { return nil }
            range = index..<line.index(after: end)
        } else {
            guard Self.verbatim.contains(name) else { return nil }
            range = index..<end
        }
        parameters = Self.parameters(given)
    }

    private static func parameters(_ text: Substring) -> [(name: Substring, value: Substring)] {
        text.split(separator: "|").map { part in
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // `{jira:AB-1}`, but also `{widget:http://example.com/?a=b}`.
            guard pair.count == 2, pair[0].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" }) else {
                return (name: "", value: part)
            }
            return (name: pair[0], value: pair[1])
        }
    }

    /// Writes the macro with its parameters, up to where its body begins.
    func open(in output: inout TreeEvents) {
        if isQuote { return output.open(.blockquote) }
        output.open(.macro, [.name: WikiMarkupLine.plain(name)])
        for parameter in parameters {
            output.add(.parameter, [.name: WikiMarkupLine.plain(parameter.name)]) {
                $0.addText(WikiMarkupLine.plain(parameter.value))
            }
        }
    }

    /// Writes the end of a macro with a body of wiki markup.
    static func close(_ name: String, in output: inout TreeEvents) {
        if name == "quote" { return output.close(.blockquote) }
        output.close(.richTextBody)
        output.close(.macro)
    }

    /// Whether it only changes looks, so that in a sentence it is nothing.
    var isLook: Bool { Self.looks.contains(name) }

    /// Writes the macro in a sentence: without a body.
    func writeInline(to output: inout TreeEvents) {
        if isLook { return }
        open(in: &output)
        output.close(.macro)
    }
}
