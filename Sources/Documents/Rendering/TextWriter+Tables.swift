import Text

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
