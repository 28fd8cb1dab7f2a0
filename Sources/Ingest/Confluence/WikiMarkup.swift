/// Turns the wiki markup of Confluence before 4.0 into storage format, so that one parser reads both.
///
/// Covers what pages are made of: headings, nested lists, tables, quotes, rules, links, images, text effects,
/// and macros, which become macros of storage format with their parameters and bodies, so that each has the
/// rendering it has there.
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

    private enum Open { case nothing, paragraph, list, table, verbatim(macro: String) }

    private struct Writer {
        private var output = ""
        private var open = Open.nothing
        /// The marks of the lists that are open, outermost first.
        private var lists: [Character] = []
        /// The macros that are open around what is written, outermost first.
        private var macros: [String] = []

        mutating func add(_ line: Substring) {
            var rest = line
            var hasMacro = false
            while true {
                if case .verbatim(let macro) = open {
                    guard let after = addVerbatim(rest, macro: macro) else { return }
                    (rest, hasMacro) = (after, true)
                }
                guard let tag = WikiMarkupMacro.firstBlock(in: rest) else { break }
                let before = rest[..<tag.range.lowerBound]
                if !before.allSatisfy(\.isWhitespace) { addText(before) }
                rest = rest[tag.range.upperBound...]
                hasMacro = true
                begin(tag)
                if rest.isEmpty { return }
            }
            // A line that was nothing but a macro is no empty line.
            if !hasMacro || !rest.allSatisfy(\.isWhitespace) { addText(rest) }
        }

        private mutating func addText(_ line: Substring) {
            let text = line.drop { $0 == " " || $0 == "\t" }
            if text.isEmpty {
                close()
            } else if text.first == "h", let match = text.prefixMatch(of: /h([1-6])\.\s+/) {
                close()
                output +=
                    "<h\(match.1)>\(WikiMarkupLine.storage(text[match.range.upperBound...]))</h\(match.1)>"
            } else if text.allSatisfy({ $0 == "-" }), text.count >= 4 {
                close()
                output += "<hr/>"
            } else if let first = text.first, "*#-".contains(first),
                let match = text.prefixMatch(of: /([*#-]{1,8})\s+/)
            {
                addItem(match.1, text[match.range.upperBound...])
            } else if text.hasPrefix("|") {
                addRow(text)
            } else if text.hasPrefix("bq."), let match = text.prefixMatch(of: /bq\.\s+/) {
                close()
                let quoted = WikiMarkupLine.storage(text[match.range.upperBound...])
                output += "<blockquote><p>\(quoted)</p></blockquote>"
            } else {
                addProse(text)
            }
        }

        mutating func finish() -> String {
            close()
            while let macro = macros.popLast() { output += WikiMarkupMacro.closing(macro) }
            return output
        }

        private mutating func addProse(_ text: Substring) {
            switch open {
            // A line under an item goes on with it.
            case .paragraph, .list: output += "<br/>"
            default:
                close()
                output += "<p>"
                open = .paragraph
            }
            output += WikiMarkupLine.storage(text)
        }

        // MARK: Macros

        /// A macro's tag opens it, or closes it when it is open: the two look alike.
        private mutating func begin(_ tag: WikiMarkupMacro) {
            close()
            if tag.isVerbatim {
                output += tag.opening + "<ac:plain-text-body><![CDATA["
                open = .verbatim(macro: String(tag.spelling))
            } else if tag.parameters.isEmpty, let place = macros.lastIndex(of: tag.name) {
                while macros.count > place { output += WikiMarkupMacro.closing(macros.removeLast()) }
            } else {
                output += tag.opening + (tag.isQuote ? "" : "<ac:rich-text-body>")
                macros.append(tag.name)
            }
        }

        /// - Returns: what follows the end of the macro; `nil` when it goes on.
        private mutating func addVerbatim(_ line: Substring, macro: String) -> Substring? {
            let end = line.firstRange(of: "{\(macro)}")
            let content = end.map { line[..<$0.lowerBound] } ?? line
            output += content.replacing("]]>", with: "]]]]><![CDATA[>")
            guard let end else {
                output += "\n"
                return nil
            }
            close()
            return line[end.upperBound...]
        }

        // MARK: Lists and tables

        private mutating func addItem(_ marks: Substring, _ text: Substring) {
            if case .list = open {} else { close() }
            open = .list
            let wanted = marks.map { $0 == "#" ? Character("#") : "*" }
            let common = zip(lists, wanted).prefix { $0 == $1 }.count
            while lists.count > common { closeList() }
            if lists.count == wanted.count { output += "</li>" }
            while lists.count < wanted.count {
                lists.append(wanted[lists.count])
                output += lists.last == "#" ? "<ol>" : "<ul>"
                if lists.count < wanted.count { output += "<li>" }
            }
            output += "<li>\(WikiMarkupLine.storage(text))"
        }

        private mutating func closeList() {
            output += lists.removeLast() == "#" ? "</li></ol>" : "</li></ul>"
        }

        private mutating func addRow(_ text: Substring) {
            if case .table = open {
            } else {
                close()
                output += "<table><tbody>"
                open = .table
            }
            output += "<tr>"
            for cell in WikiMarkupLine.cells(text) {
                let tag = cell.isHeader ? "th" : "td"
                output += "<\(tag)>\(WikiMarkupLine.storage(cell.text))</\(tag)>"
            }
            output += "</tr>"
        }

        private mutating func close() {
            switch open {
            case .nothing: break
            case .paragraph: output += "</p>"
            case .list: while !lists.isEmpty { closeList() }
            case .table: output += "</tbody></table>"
            case .verbatim: output += "]]></ac:plain-text-body></ac:structured-macro>"
            }
            open = .nothing
        }
    }
}
