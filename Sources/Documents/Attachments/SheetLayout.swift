/// Makes tables of the rows of a sheet.
///
/// The first row with two cells or more begins a table. If all its cells are words it is the table's header.
/// A line with a single cell above a table is a paragraph. An empty line ends a table when the row after it is
/// all words and stands in other columns than the table: that is the next one's header.
struct SheetLayout {
    private var writer: MarkupWriter
    private let name: String
    private var isNamed = false
    private var columns: ClosedRange<Int>?
    private var lastNumber = 0

    init(_ writer: MarkupWriter, name: String) {
        self.writer = writer
        self.name = name
    }

    var isFull: Bool { writer.isFull }

    /// - Parameter number: 1-based; numbers that are left out are empty rows.
    mutating func add(_ row: [Int: String], number: Int) {
        let cells = row.filter { $0.value.contains { !$0.isWhitespace } }
        guard !cells.isEmpty else { return }
        if !isNamed {
            writer.division(1, "Sheet \(name)")
            isNamed = true
        }
        defer { lastNumber = number }
        let isAfterGap = number > lastNumber + 1
        guard let columns else {
            begin(cells)
            return
        }
        let occupied = Self.range(cells)
        if isAfterGap, Self.isHeader(cells), occupied != columns {
            end()
            begin(cells)
        } else if isAfterGap, cells.count == 1, columns.count > 1 {
            end()
            begin(cells)
        } else {
            widen(occupied)
            write(cells, isHeader: false)
        }
    }

    mutating func finish() -> MarkupWriter {
        end()
        return writer
    }

    private mutating func begin(_ cells: [Int: String]) {
        guard cells.count > 1 else {
            writer.paragraph(cells.first?.value ?? "")
            return
        }
        columns = Self.range(cells)
        writer.openTable()
        write(cells, isHeader: Self.isHeader(cells))
    }

    private mutating func end() {
        if columns != nil { writer.closeTable() }
        columns = nil
    }

    private mutating func widen(_ range: ClosedRange<Int>) {
        guard let known = columns else { return }
        columns = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
    }

    private mutating func write(_ cells: [Int: String], isHeader: Bool) {
        guard let first = columns?.lowerBound, let last = cells.keys.max() else { return }
        // Cells to the right of the last one are not there; far ones would be thousands of empty cells.
        var written: [TableRow.Cell] = []
        var gap = 0
        for column in min(first, cells.keys.min() ?? first)...last {
            guard let text = cells[column] else {
                gap += 1
                if gap <= Self.gapLimit { written.append(TableRow.Cell()) }
                continue
            }
            gap = 0
            written.append(TableRow.Cell(markup: InlineMarkup(text).markup))
        }
        writer.add(TableRow(cells: written, isHeader: isHeader))
    }

    private static let gapLimit = 64

    private static func range(_ cells: [Int: String]) -> ClosedRange<Int> {
        (cells.keys.min() ?? 1)...(cells.keys.max() ?? 1)
    }

    /// Whether every cell is a word rather than a figure.
    private static func isHeader(_ cells: [Int: String]) -> Bool {
        cells.count > 1 && cells.values.allSatisfy { $0.contains(where: \.isLetter) && !$0.hasPrefix("=") }
    }
}
