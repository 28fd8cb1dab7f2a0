/// Turns the wiki markup of Confluence before 4.0 into storage format, so that one parser reads both.
///
/// Covers what pages are made of: headings, lists, tables, `{code}` and `{noformat}`, panels, quotes, rules,
/// links, images and text effects. A macro that is not known keeps its body and loses its parameters.
enum WikiMarkup {
    static func storageFormat(_ markup: String) -> String {
        var writer = Writer()
        for line in markup.replacing("\r\n", with: "\n").split(
            separator: "\n", omittingEmptySubsequences: false)
        {
            writer.add(line)
        }
        return writer.finish()
    }

    private enum Open { case nothing, paragraph, list(String), table, verbatim(macro: String) }

    private struct Writer {
        private var output = ""
        private var open = Open.nothing

        mutating func add(_ line: Substring) {
            if case .verbatim(let macro) = open {
                addVerbatim(line, macro: macro)
                return
            }
            let text = line.drop { $0 == " " || $0 == "\t" }
            if text.isEmpty {
                close()
            } else if let macro = ["code", "noformat"].first(where: { text.hasPrefix("{\($0)") }) {
                beginVerbatim(text, macro: macro)
            } else if let match = text.prefixMatch(of: /h([1-6])\.\s+/) {
                close()
                output +=
                    "<h\(match.1)>\(WikiMarkupLine.storage(text[match.range.upperBound...]))</h\(match.1)>"
            } else if text.allSatisfy({ $0 == "-" }), text.count >= 4 {
                close()
                output += "<hr/>"
            } else if let match = text.prefixMatch(of: /([*#-]{1,8})\s+/) {
                addItem(String(match.1), text[match.range.upperBound...])
            } else if text.hasPrefix("|") {
                addRow(text)
            } else if let match = text.prefixMatch(of: /bq\.\s+/) {
                close()
                let quoted = WikiMarkupLine.storage(text[match.range.upperBound...])
                output += "<blockquote><p>\(quoted)</p></blockquote>"
            } else {
                addProse(text)
            }
        }

        mutating func finish() -> String {
            close()
            return output
        }

        private mutating func addProse(_ text: Substring) {
            if case .paragraph = open {
                output += "<br/>"
            } else if case .list = open {
                // A line under an item goes on with it.
                output.removeLast("</li>".count)
                output += "<br/>\(WikiMarkupLine.storage(text))</li>"
                return
            } else {
                close()
                output += "<p>"
                open = .paragraph
            }
            output += WikiMarkupLine.storage(text)
        }

        private mutating func beginVerbatim(_ text: Substring, macro: String) {
            close()
            let end = text.firstIndex(of: "}") ?? text.index(before: text.endIndex)
            output += "<ac:structured-macro ac:name=\"\(macro)\"><ac:plain-text-body><![CDATA["
            open = .verbatim(macro: macro)
            let rest = text[text.index(after: end)...]
            if !rest.isEmpty { addVerbatim(rest, macro: macro) }
        }

        private mutating func addVerbatim(_ line: Substring, macro: String) {
            let end = line.firstRange(of: "{\(macro)}")
            let content = end.map { line[..<$0.lowerBound] } ?? line
            output += content.replacing("]]>", with: "]]]]><![CDATA[>")
            guard let end else {
                output += "\n"
                return
            }
            close()
            let rest = line[end.upperBound...]
            if !rest.allSatisfy(\.isWhitespace) { add(rest) }
        }

        /// Nested lists become one list of the outermost kind: the order of reading is kept.
        private mutating func addItem(_ marks: String, _ text: Substring) {
            let tag = marks.hasPrefix("#") ? "ol" : "ul"
            if case .list(let current) = open, current == tag {
            } else {
                close()
                output += "<\(tag)>"
                open = .list(tag)
            }
            output += "<li>\(WikiMarkupLine.storage(text))</li>"
        }

        private mutating func addRow(_ text: Substring) {
            if case .table = open {
            } else {
                close()
                output += "<table><tbody>"
                open = .table
            }
            let isHeader = text.hasPrefix("||")
            let tag = isHeader ? "th" : "td"
            var row = isHeader ? text.dropFirst(2) : text.dropFirst()
            let separator = isHeader ? "||" : "|"
            if row.hasSuffix(separator) { row = row.dropLast(separator.count) }
            output += "<tr>"
            for cell in WikiMarkupLine.cells(row, separator: separator) {
                output += "<\(tag)>\(WikiMarkupLine.storage(cell))</\(tag)>"
            }
            output += "</tr>"
        }

        private mutating func close() {
            switch open {
            case .nothing: break
            case .paragraph: output += "</p>"
            case .list(let tag): output += "</\(tag)>"
            case .table: output += "</tbody></table>"
            case .verbatim: output += "]]></ac:plain-text-body></ac:structured-macro>"
            }
            open = .nothing
        }
    }
}
