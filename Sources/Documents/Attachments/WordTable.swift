/// A table of a Word document, put together row by row.
struct WordTable {
    private struct Cell {
        var content: MarkupWriter?
        var columnSpan = 1
        /// Whether it only goes on with the cell above it.
        var isContinued = false
    }

    private var rows: [(cells: [Cell], isHeader: Bool)] = []
    private var cells: [Cell] = []
    private var cell: Cell?
    private var isHeaderRow = false
    /// Whether the table's style sets its first row apart.
    private var hasHeaderLook = false

    mutating func start(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "tblLook":
            let bits = attributes["val"].flatMap { Int($0, radix: 16) } ?? 0
            hasHeaderLook = attributes.flag("firstRow", standard: bits & 0x20 != 0)
        case "tr":
            cells = []
            isHeaderRow = false
        case "tblHeader": isHeaderRow = attributes.flag("val", standard: true)
        case "tc": cell = Cell()
        case "gridSpan": cell?.columnSpan = min(max(attributes["val"].flatMap(Int.init) ?? 1, 1), 64)
        case "vMerge": cell?.isContinued = attributes["val"] != "restart"
        default: break
        }
    }

    mutating func finishCell(_ content: MarkupWriter) {
        guard var finished = cell else { return }
        finished.content = content
        cells.append(finished)
        cell = nil
    }

    mutating func finishRow() {
        guard !cells.isEmpty else { return }
        rows.append((cells, isHeaderRow))
        cells = []
    }

    /// The rows, with merged cells where they begin.
    func laidOut() -> [TableRow] {
        let hasMarkedHeader = rows.contains(where: \.isHeader)
        var result: [TableRow] = []
        /// Where the cell that covers a column stands in `result`.
        var open: [Int: (row: Int, cell: Int)] = [:]
        for (index, row) in rows.enumerated() {
            let isFirstOfLook = hasHeaderLook && !hasMarkedHeader && index == 0 && rows.count > 1
            var laid = TableRow(cells: [], isHeader: row.isHeader || isFirstOfLook)
            var column = 0
            for cell in row.cells {
                if cell.isContinued, let place = open[column] {
                    result[place.row].cells[place.cell].rowSpan += 1
                } else {
                    var content = cell.content
                    let markup = content?.finish() ?? TreeEvents()
                    open[column] = (result.count, laid.cells.count)
                    laid.cells.append(TableRow.Cell(markup: markup, columnSpan: cell.columnSpan))
                }
                column += cell.columnSpan
            }
            result.append(laid)
        }
        return result
    }
}
