/// A table with its merged cells laid out: each row has a slot for every column.
struct TableGrid {
    struct Slot {
        var cell: TableCell
        /// Which of the table's cells it is, in reading order.
        var number: Int
        /// Whether the slot repeats a merged cell that stands further left or above.
        var isRepeat: Bool
    }

    /// A cell never reaches over more columns than this.
    static let maxColumnSpan = 50
    /// Past this many slots merged cells stand once, so that spans can't multiply a page.
    static let maxSlotCount = 200_000
    /// In a table within a cell each cell is named by its header, unless a header is longer than this: said
    /// again and again, level by level, it would multiply a page.
    static let maxNameByteCount = 200

    private(set) var rows: [[Slot]] = []
    /// Leading rows of one header cell across the table: titles of it.
    private(set) var titleRowCount = 0
    /// Rows after those that are headers throughout.
    private(set) var headerRowCount = 0

    init(_ table: Table) {
        let widest = table.rows.map { row in row.reduce(0) { $0 + min($1.columnSpan, Self.maxColumnSpan) } }
        let width = widest.max() ?? 0
        if width * table.rows.count <= Self.maxSlotCount {
            layOut(table)
        } else {
            var number = 0
            rows = table.rows.map { row in
                row.map { cell in
                    number += 1
                    return Slot(cell: cell, number: number, isRepeat: false)
                }
            }
        }
        while rows.count > titleRowCount + 1, isSingle(rows[titleRowCount]),
            rows[titleRowCount].first?.cell.isHeader == true
        {
            titleRowCount += 1
        }
        let leading = rows[titleRowCount...].prefix { isHeader($0) && !isSingle($0) }.count
        let hasBody = titleRowCount + leading < rows.count
        headerRowCount = hasBody ? leading : min(leading, rows.count - titleRowCount > 1 ? 1 : 0)
    }

    /// The header cells' texts. Of several header rows, what stands above is said before what stands below.
    func header(_ text: (Slot) -> String) -> [String] {
        let rows = rows[titleRowCount..<titleRowCount + headerRowCount]
        guard rows.count != 1, let width = rows.map(\.count).max() else { return rows.first?.map(text) ?? [] }
        return (0..<width).map { column in
            var words: [String] = []
            for row in rows where column < row.count {
                let word = text(row[column])
                if !word.isEmpty, words.last != word { words.append(word) }
            }
            return words.joined(separator: " ")
        }
    }

    /// The rows that are neither titles nor headers.
    var bodyRows: ArraySlice<[Slot]> { rows[(titleRowCount + headerRowCount)...] }

    /// Whether every row is one key with one value.
    var isKeyed: Bool {
        headerRowCount == 0 && !bodyRows.isEmpty
            && bodyRows.allSatisfy { $0.count == 2 && $0[0].cell.isHeader && !$0[1].cell.isHeader }
    }

    /// Whether a row is one cell across the whole table, or has no other.
    func isSingle(_ row: [Slot]) -> Bool {
        !row.isEmpty && !row[0].isRepeat && row.dropFirst().allSatisfy { $0.number == row[0].number }
    }

    /// Header cells throughout; the corner may be empty.
    private func isHeader(_ row: [Slot]) -> Bool {
        row.contains { $0.cell.isHeader }
            && row.enumerated().allSatisfy { column, slot in
                slot.cell.isHeader || column == 0 && slot.cell.blocks.isEmpty
            }
    }

    private mutating func layOut(_ table: Table) {
        /// Cells that reach down, by column, with the rows they still reach.
        var reaching: [Int: (cell: TableCell, number: Int, rowCount: Int)] = [:]
        var number = 0
        for row in table.rows {
            var slots: [Slot] = []
            func takeReaching() {
                // Few tables have cells that reach down.
                if reaching.isEmpty { return }
                while let above = reaching[slots.count] {
                    var rest: (TableCell, Int, Int)?
                    if above.rowCount > 1 { rest = (above.cell, above.number, above.rowCount - 1) }
                    reaching[slots.count] = rest
                    slots.append(Slot(cell: above.cell, number: above.number, isRepeat: true))
                }
            }
            for cell in row {
                takeReaching()
                number += 1
                for offset in 0..<min(cell.columnSpan, Self.maxColumnSpan) {
                    if cell.rowSpan > 1 { reaching[slots.count] = (cell, number, cell.rowSpan - 1) }
                    slots.append(Slot(cell: cell, number: number, isRepeat: offset > 0))
                }
            }
            takeReaching()
            rows.append(slots)
        }
    }
}
