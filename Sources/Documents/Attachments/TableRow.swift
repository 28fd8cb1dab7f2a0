/// One row of a table on its way into the block tree.
struct TableRow {
    struct Cell {
        var markup = TreeEvents()
        var columnSpan = 1
        var rowSpan = 1
    }

    var cells: [Cell]
    var isHeader = false
}
