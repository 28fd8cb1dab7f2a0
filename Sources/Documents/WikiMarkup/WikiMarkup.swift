/// Turns the wiki markup of Confluence before 4.0 into the elements of storage format, so that one builder makes
/// blocks of both.
///
/// Covers what pages are made of: headings, nested lists, tables, quotes, rules, links, images, text effects,
/// and macros, which become macros of storage format with their parameters and bodies, so that each has the
/// rendering it has there.
package enum WikiMarkup {
    package static func events(of markup: String) -> TreeEvents {
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
        private var output = TreeEvents()
        private var open = Open.nothing
        /// The body, so far, of the macro that is open and taken as it stands.
        private var verbatim = ""
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
                output.add(.heading(Int(match.1) ?? 1)) {
                    WikiMarkupLine.write(text[match.range.upperBound...], to: &$0)
                }
            } else if text.allSatisfy({ $0 == "-" }), text.count >= 4 {
                close()
                output.addEmpty(.hr)
            } else if let first = text.first, "*#-".contains(first),
                let match = text.prefixMatch(of: /([*#-]{1,8})\s+/)
            {
                addItem(match.1, text[match.range.upperBound...])
            } else if text.hasPrefix("|") {
                addRow(text)
            } else if text.hasPrefix("bq."), let match = text.prefixMatch(of: /bq\.\s+/) {
                close()
                output.add(.blockquote) { output in
                    output.add(.p) { WikiMarkupLine.write(text[match.range.upperBound...], to: &$0) }
                }
            } else {
                addProse(text)
            }
        }

        mutating func finish() -> TreeEvents {
            close()
            while let macro = macros.popLast() { WikiMarkupMacro.close(macro, in: &output) }
            return output
        }

        private mutating func addProse(_ text: Substring) {
            switch open {
            // A line under an item goes on with it.
            case .paragraph, .list: output.addEmpty(.br)
            default:
                close()
                output.open(.p)
                open = .paragraph
            }
            WikiMarkupLine.write(text, to: &output)
        }

        // MARK: Macros

        /// A macro's tag opens it, or closes it when it is open: the two look alike.
        private mutating func begin(_ tag: WikiMarkupMacro) {
            close()
            if tag.isVerbatim {
                tag.open(in: &output)
                output.open(.plainTextBody)
                open = .verbatim(macro: String(tag.spelling))
            } else if tag.parameters.isEmpty, let place = macros.lastIndex(of: tag.name) {
                while macros.count > place { WikiMarkupMacro.close(macros.removeLast(), in: &output) }
            } else {
                tag.open(in: &output)
                if !tag.isQuote { output.open(.richTextBody) }
                macros.append(tag.name)
            }
        }

        /// - Returns: what follows the end of the macro; `nil` when it goes on.
        private mutating func addVerbatim(_ line: Substring, macro: String) -> Substring? {
            let end = line.firstRange(of: "{\(macro)}")
            verbatim += end.map { line[..<$0.lowerBound] } ?? line
            guard let end else {
                verbatim += "\n"
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
            if lists.count == wanted.count { output.close(.li) }
            while lists.count < wanted.count {
                lists.append(wanted[lists.count])
                output.open(lists.last == "#" ? .ol : .ul)
                if lists.count < wanted.count { output.open(.li) }
            }
            output.open(.li)
            WikiMarkupLine.write(text, to: &output)
        }

        private mutating func closeList() {
            output.close(.li)
            output.close(lists.removeLast() == "#" ? .ol : .ul)
        }

        private mutating func addRow(_ text: Substring) {
            if case .table = open {
            } else {
                close()
                output.open(.table)
                output.open(.tbody)
                open = .table
            }
            output.open(.tr)
            for cell in WikiMarkupLine.cells(text) {
                output.add(cell.isHeader ? .th : .td) { WikiMarkupLine.write(cell.text, to: &$0) }
            }
            output.close(.tr)
        }

        private mutating func close() {
            switch open {
            case .nothing: break
            case .paragraph: output.close(.p)
            case .list: while !lists.isEmpty { closeList() }
            case .table:
                output.close(.tbody)
                output.close(.table)
            case .verbatim:
                output.addVerbatim(verbatim)
                verbatim = ""
                output.close(.plainTextBody)
                output.close(.macro)
            }
            open = .nothing
        }
    }
}
