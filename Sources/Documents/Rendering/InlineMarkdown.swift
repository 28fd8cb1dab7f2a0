/// Running text as Markdown.
struct InlineMarkdown {
    private let plain: InlineText

    init(references: any ReferenceResolver) {
        plain = InlineText(references: references)
    }

    /// Text whose line breaks are hard breaks.
    func paragraph(_ inlines: [Inline]) -> String {
        var text = ""
        for inline in inlines { append(inline, "\\\n", to: &text) }
        return text.escapingBlockStart
    }

    /// Text on one line.
    func line(_ inlines: [Inline], isCell: Bool = false) -> String {
        var text = ""
        for inline in inlines { append(inline, isCell ? "<br>" : " ", to: &text) }
        return isCell ? text.replacing("|", with: "\\|") : text
    }

    func image(_ image: ImageReference) -> String {
        var words = image.alternative.isEmpty ? image.title : image.alternative
        if words.isEmpty { words = image.isDiagram ? image.source : "" }
        let caption = image.caption.isEmpty ? "" : " *\(line(image.caption))*"
        return "![\(escaped(words))](\(destination(image.source)))" + caption
    }

    /// A backslash before what Markdown would take as a mark.
    func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { Self.marks.contains($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII, Self.marks.contains(UInt8(scalar.value)) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private static let marks = Set("\\`*[]<_".utf8)

    // MARK: Inlines

    private func append(_ inline: Inline, _ lineBreak: String, to text: inout String) {
        switch inline {
        case .text(let run): text += escaped(run)
        case .emphasis(let inner): appendMarked("*", "*", inner, lineBreak, to: &text)
        case .strong(let inner): appendMarked("**", "**", inner, lineBreak, to: &text)
        case .strikethrough(let inner): appendMarked("~~", "~~", inner, lineBreak, to: &text)
        case .superscript(let inner): appendMarked("<sup>", "</sup>", inner, lineBreak, to: &text)
        case .subscript(let inner): appendMarked("<sub>", "</sub>", inner, lineBreak, to: &text)
        case .code(let code): text += fenced(code)
        case .link(let target, let inner):
            var label = ""
            for piece in inner { append(piece, lineBreak, to: &label) }
            text += "[\(label)](\(destination(target.notation)))"
        case .image(let image): text += self.image(image)
        case .mention(let person): text += "@" + escaped(plain.name(of: person))
        case .status(let status): text += "**\(escaped(status))**"
        case .emoji(let emoji): text += emoji
        case .math(let source): text += "$\(source)$"
        case .lineBreak: text += lineBreak
        case .anchor: break
        }
    }

    /// Marks stand close to the words: white space at either end goes outside.
    private func appendMarked(
        _ open: String, _ close: String, _ inner: [Inline], _ lineBreak: String, to text: inout String
    ) {
        var content = ""
        for piece in inner { append(piece, lineBreak, to: &content) }
        var words = content[...]
        if words.first == " " { text += " " }
        while words.first == " " { words.removeFirst() }
        let isSpaced = words.last == " "
        while words.last == " " { words.removeLast() }
        if !words.isEmpty { text += open + words + close }
        if isSpaced { text += " " }
    }

    private func fenced(_ code: String) -> String {
        guard code.contains("`") else { return "`\(code)`" }
        let fence = String(repeating: "`", count: max(2, code.longestBacktickRun + 1))
        return "\(fence) \(code) \(fence)"
    }

    private func destination(_ target: String) -> String {
        guard target.contains(where: { $0.isWhitespace || "()<>".contains($0) }) else { return target }
        let line = target.map { $0.isNewline ? " " : String($0) }.joined()
        return "<" + line.replacing("<", with: "%3C").replacing(">", with: "%3E") + ">"
    }

    // MARK: Cells

    /// What a table's cell holds, on one line.
    func cell(_ blocks: [Block]) -> String {
        var lines: [String] = []
        append(blocks, "", to: &lines)
        return lines.joined(separator: "<br>")
    }

    private func append(_ blocks: [Block], _ marker: String, to lines: inout [String]) {
        for block in blocks {
            switch block {
            case .paragraph(let inner), .heading(_, let inner):
                lines.append(marker + line(inner, isCell: true))
            case .list(let isOrdered, let start, let items):
                for (offset, item) in items.enumerated() {
                    let task = item.isComplete.map { $0 ? "[x] " : "[ ] " } ?? ""
                    append(item.blocks, isOrdered ? "\(start &+ offset). \(task)" : "- \(task)", to: &lines)
                }
            case .code(_, let title, let code):
                if let title { lines.append("**\(escaped(title))**") }
                lines += code.split(separator: "\n").map { fenced(String($0)).replacing("|", with: "\\|") }
            case .panel(let kind, let title, let inner):
                let name = kind == "panel" ? nil : kind.prefix(1).uppercased() + kind.dropFirst()
                let label = [name, title].compactMap { $0 }.joined(separator: ": ")
                if !label.isEmpty { lines.append("**\(escaped(label))**") }
                append(inner, marker, to: &lines)
            case .fold(let title, let inner):
                if let title { lines.append("**\(escaped(title))**") }
                append(inner, marker, to: &lines)
            case .quote(let inner), .excerpt(_, let inner): append(inner, marker, to: &lines)
            case .definitions(let definitions), .facts(let definitions):
                for definition in definitions {
                    let term = line(definition.term, isCell: true)
                    lines.append("- " + (term.isEmpty ? "" : "**\(term)**: ") + cell(definition.blocks))
                }
            case .table(let table): append(table, to: &lines)
            case .image(let image): lines.append(marker + self.image(image))
            case .include(let title, _, _): lines.append(marker + escaped(title))
            case .math(let source): lines.append(marker + "$\(source)$".replacing("|", with: "\\|"))
            case .rule: break
            }
        }
    }
}

extension InlineMarkdown {
    /// A table in a table: its caption and titles, then one line a row, each cell named by its header.
    fileprivate func append(_ table: Table, to lines: inout [String]) {
        if !table.caption.isEmpty { lines.append(line(table.caption, isCell: true)) }
        let grid = TableGrid(table)
        for row in grid.rows[..<grid.titleRowCount] where !row[0].cell.blocks.isEmpty {
            lines.append("**\(cell(row[0].cell.blocks))**")
        }
        // Each cell once, however many columns it reaches over.
        var headers: [Int: String] = [:]
        let header = grid.header { slot in
            if let known = headers[slot.number] { return known }
            let text = cell(slot.cell.blocks)
            headers[slot.number] = text
            return text
        }
        let isSaidAgain = header.allSatisfy { $0.utf8.count <= TableGrid.maxNameByteCount }
        let names = isSaidAgain ? header : []
        for row in isSaidAgain ? grid.bodyRows : grid.rows[grid.titleRowCount...] {
            var cells: [String] = []
            for (column, slot) in row.enumerated() where !slot.isRepeat && !slot.cell.blocks.isEmpty {
                let name = column < names.count && !names[column].isEmpty ? names[column] + ": " : ""
                cells.append(name + (headers[slot.number] ?? cell(slot.cell.blocks)))
            }
            let isKeyed = names.isEmpty && cells.count > 1 && row.first?.cell.isHeader == true
            if isKeyed { cells.replaceSubrange(0...1, with: [cells[0] + ": " + cells[1]]) }
            if !cells.isEmpty { lines.append("- " + cells.joined(separator: ", ")) }
        }
    }
}

extension String {
    /// How many backticks stand in a row, at most: a fence needs more.
    var longestBacktickRun: Int {
        var (longest, count) = (0, 0)
        for byte in utf8 {
            count = byte == UInt8(ascii: "`") ? count + 1 : 0
            longest = max(longest, count)
        }
        return longest
    }

    /// With a backslash where the line would otherwise begin a heading, a quote or a list.
    fileprivate var escapingBlockStart: String {
        guard let first else { return self }
        if "#>".contains(first) { return "\\" + self }
        if "-+".contains(first), dropFirst().first.map(\.isWhitespace) ?? true { return "\\" + self }
        let digits = prefix { $0.isASCII && $0.isNumber }
        let rest = self[digits.endIndex...]
        if !digits.isEmpty, rest.hasPrefix(". ") || rest.hasPrefix(") ") { return digits + "\\" + rest }
        return self
    }
}
