import Corpus

extension TextWriter {
    mutating func writeTable(_ table: Table, _ place: Place) {
        flushLabel(place)
        var place = place
        place.opensSections = false
        if !table.caption.isEmpty { writeParagraph(inlineText.text(table.caption, lineBreak: " "), place) }
        let grid = TableGrid(table)
        merged = [:]
        for row in grid.rows[..<grid.titleRowCount] { writeParagraph(line(for: row, grid, place), place) }
        let group = makeGroup()
        let (header, belowHeader) = headerLine(grid, place)
        // Asked once: the answer looks at every row.
        let isKeyed = grid.isKeyed
        let lines = grid.bodyRows.map { isKeyed ? keyedLine(for: $0, place) : line(for: $0, grid, place) }
        // A header that is too long to be said again, or that nothing says again, is a row like any other.
        let isRepeated =
            !header.isEmpty && header.utf8.count <= 4 * Self.maxLeadByteCount
            && lines.contains { !$0.isEmpty }
        if isRepeated { writeRepeatedLine(header, place) }
        let first = isRepeated ? String(belowHeader.dropFirst(1 + place.indent)) : header + belowHeader
        let lead = isRepeated ? header : place.lead
        var isFirst = !isRepeated
        for line in [first] + lines where !line.isEmpty {
            begin(place, afterEmptyLine: isFirst)
            writeUnit(.table, line, place, group: group, lead: lead)
            isFirst = false
        }
        leadIn = ""
    }

    private func keyedLine(for row: [TableGrid.Slot], _ place: Place) -> String {
        let key = CellText(row[0].cell.blocks, inlineText, indent: place.indent)
        return keyed(key.text, CellText(row[1].cell.blocks, inlineText, indent: place.indent))
    }

    /// `cell | cell`. A merged cell is said again in each of its places, but once when it fills the row.
    private mutating func line(for row: [TableGrid.Slot], _ grid: TableGrid, _ place: Place) -> String {
        var cells: [String] = []
        var below = ""
        for slot in grid.isSingle(row) ? row.prefix(1) : row[...] {
            if slot.isRepeat {
                cells.append(repeatedText(of: slot))
            } else {
                let cell = CellText(slot.cell.blocks, inlineText, indent: place.indent)
                if slot.cell.rowSpan > 1 || slot.cell.columnSpan > 1 { merged[slot.number] = cell.line }
                cells.append(cell.line)
                below += cell.below
            }
        }
        // A header cell on the left names the row.
        if grid.headerRowCount == 0, cells.count > 1, row[0].cell.isHeader, !row[1].cell.isHeader {
            let rest = joined(Array(cells.dropFirst()))
            return (cells[0].isEmpty || rest.isEmpty ? cells[0] + rest : cells[0] + ": " + rest) + below
        }
        return joined(cells) + below
    }

    /// Empty once merged cells have been repeated more than a page can be worth.
    private mutating func repeatedText(of slot: TableGrid.Slot) -> String {
        guard let text = merged[slot.number], text.utf8.count <= repeatBudget else { return "" }
        repeatBudget -= text.utf8.count
        return text
    }

    /// The header's cells in one line, and what stands below that.
    private mutating func headerLine(_ grid: TableGrid, _ place: Place) -> (line: String, below: String) {
        var below = ""
        let cells = grid.header { slot in
            if slot.isRepeat { return repeatedText(of: slot) }
            let cell = CellText(slot.cell.blocks, inlineText, indent: place.indent)
            merged[slot.number] = cell.line
            below += cell.below
            return cell.line
        }
        return (joined(cells), below)
    }

    /// Cells with bars between them; empty ones at the end are left out.
    private func joined(_ cells: [String]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            if column > 0 { line += line.isEmpty ? "|" : " |" }
            if !line.isEmpty, !cell.isEmpty { line += " " }
            line += cell
        }
        while line.utf8.last == UInt8(ascii: "|") || line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
        return line
    }
}

/// What a table's cell, or a key's value, says in one line; tables inside it become lists below that line.
struct CellText {
    /// Without a line break, unless a block of code has one.
    private(set) var line = ""
    /// Begins with a line break, or is empty.
    private(set) var below = ""

    private let inlineText: InlineText

    /// - Parameter indent: of the line, in columns; what stands below is indented further.
    init(_ blocks: [Block], _ inlineText: InlineText, indent: Int) {
        self.inlineText = inlineText
        // Most cells are one run of text.
        if blocks.count == 1, case .paragraph(let inlines) = blocks[0] {
            line = inlineText.text(inlines, lineBreak: " ")
        } else {
            append(blocks, indent + 2)
        }
    }

    var text: String { line + below }
    var isEmpty: Bool { line.isEmpty && below.isEmpty }

    private mutating func append(_ blocks: [Block], _ indent: Int) {
        for block in blocks { append(block, indent) }
    }

    private mutating func append(_ block: Block, _ indent: Int) {
        switch block {
        case .paragraph(let inlines), .heading(_, let inlines):
            append(inlineText.text(inlines, lineBreak: " "))
        case .list(_, _, let items): for item in items { append(item, indent) }
        case .code(_, let title, let code):
            if let title { append(title + ":") }
            append(code)
        case .panel(let kind, let title, let blocks):
            let name = kind == "panel" ? "" : kind.prefix(1).uppercased() + kind.dropFirst() + ":"
            append([name, title ?? ""].filter { !$0.isEmpty }.joined(separator: " "))
            append(blocks, indent)
        case .fold(let title, let blocks):
            append(title ?? "")
            append(blocks, indent)
        case .quote(let blocks), .excerpt(_, let blocks): append(blocks, indent)
        case .definitions(let definitions), .facts(let definitions):
            for definition in definitions {
                let term = inlineText.text(definition.term, lineBreak: " ")
                if !term.isEmpty { append(term + ":") }
                append(definition.blocks, indent)
            }
        case .table(let table): appendNested(table, indent)
        case .image(let image): append(inlineText.line(for: image))
        case .include(let title, _, _): append(title)
        case .math(let source): append(source)
        case .rule: break
        }
    }

    private mutating func append(_ item: ListItem, _ indent: Int) {
        guard let isComplete = item.isComplete else { return append(item.blocks, indent) }
        append(isComplete ? "[x]" : "[ ]")
        append(item.blocks, indent)
    }

    /// Sentences follow each other; what is no sentence is parted by a semicolon.
    private mutating func append(_ piece: String) {
        guard !piece.isEmpty else { return }
        if let last = line.unicodeScalars.last {
            line += ".,;:!?…]".unicodeScalars.contains(last) ? " " : "; "
        }
        line += piece
    }

    /// The caption and the titles in the line; below it one item a row, each cell named by its header.
    private mutating func appendNested(_ table: Table, _ indent: Int) {
        append(inlineText.text(table.caption, lineBreak: " "))
        let grid = TableGrid(table)
        for row in grid.rows[..<grid.titleRowCount] {
            let title = CellText(row[0].cell.blocks, inlineText, indent: indent)
            append(title.line)
            below += title.below
        }
        let margin = "\n" + String(repeating: " ", count: indent) + "- "
        // Each cell once, however many columns it reaches over.
        var headers: [Int: CellText] = [:]
        var belowHeader = ""
        let header = grid.header { slot in
            if let known = headers[slot.number] { return known.line }
            let cell = CellText(slot.cell.blocks, inlineText, indent: indent)
            headers[slot.number] = cell
            belowHeader += cell.below
            return cell.line
        }
        let isSaidAgain = header.allSatisfy { $0.utf8.count <= TableGrid.maxNameByteCount }
        let names = isSaidAgain ? header : []
        if isSaidAgain { below += belowHeader }
        for row in isSaidAgain ? grid.bodyRows : grid.rows[grid.titleRowCount...] {
            var inner = ""
            var cells: [String] = []
            for (column, slot) in row.enumerated() where !slot.isRepeat {
                let cell = headers[slot.number] ?? CellText(slot.cell.blocks, inlineText, indent: indent)
                inner += cell.below
                let name = column < names.count ? names[column] : ""
                if !cell.line.isEmpty { cells.append(name.isEmpty ? cell.line : "\(name): \(cell.line)") }
            }
            let isNamed = names.isEmpty && row.first?.cell.isHeader == true && cells.count > 1
            let line =
                isNamed
                ? cells[0] + ": " + cells.dropFirst().joined(separator: ", ")
                : cells.joined(separator: names.isEmpty ? " | " : ", ")
            if !line.isEmpty || !inner.isEmpty { below += margin + line + inner }
        }
    }
}
