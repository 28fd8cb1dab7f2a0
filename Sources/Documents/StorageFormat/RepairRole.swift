/// How an element behaves among others that were not closed.
enum RepairRole: UInt8 {
    case phrase
    /// Never holds anything.
    case void
    case paragraph
    /// Ends an open paragraph.
    case block
    case listItem, term, row, cell
    /// A stray end tag of anything else does not reach across it.
    case boundary

    static func of(_ hash: NameHash) -> RepairRole { table[hash] }

    /// What ends when this begins, and what it does not reach across.
    var ends: (closed: Set<RepairRole>, stops: Set<RepairRole>)? {
        switch self {
        case .paragraph, .block: ([.paragraph], [.boundary, .cell, .row, .listItem, .term])
        case .listItem: ([.listItem], [.boundary, .cell, .row])
        case .term: ([.term], [.boundary, .cell, .row])
        case .row: ([.row], [.boundary])
        case .cell: ([.cell], [.boundary, .row])
        case .phrase, .void, .boundary: nil
        }
    }

    private static let table = NameTable<RepairRole>(
        [
            .void: "br hr img col wbr input area base meta",
            .paragraph: "p h1 h2 h3 h4 h5 h6",
            .block: "pre blockquote div",
            .listItem: "li", .term: "dt dd", .row: "tr", .cell: "td th",
            .boundary: """
            table thead tbody tfoot ul ol dl ac:layout ac:layout-section ac:layout-cell \
            ac:structured-macro ac:macro ac:rich-text-body ac:plain-text-body ac:task-list ac:task \
            ac:task-body ac:adf-extension ac:adf-content ac:adf-fallback
            """,
        ], unknown: .phrase)
}
