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
