/// Writes the elements of storage format block by block, up to a limit: what they would be as text may have so many
/// bytes.
///
/// Well-formed whatever comes in: what is open when the limit is reached is closed, and nothing is added
/// after it.
struct MarkupWriter {
    private(set) var markup = TreeEvents()
    private(set) var notes: [String] = []
    private(set) var hasText = false
    /// Whether something was left out for the limit's sake.
    private(set) var isCut = false
    private let byteLimit: Int
    /// Bounded as well, for an empty cell costs the parser as much as a full one.
    private var elementCount = 0
    private static let elementLimit = 300_000
    /// Lists that are open, outermost first; true for numbered ones.
    private var lists: [Bool] = []
    private var noteKeys: Set<String> = []
    /// What is counted but not here yet.
    private var takenBytes = 0

    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    /// A writer of its own for what stands inside a cell or a box, with what is left of the limit.
    func inner() -> MarkupWriter {
        var inner = MarkupWriter(byteLimit: max(0, byteLimit - markup.byteCount))
        inner.elementCount = elementCount
        return inner
    }

    var isFull: Bool { isCut }

    /// Says something about the file, once.
    mutating func note(_ text: String) {
        if noteKeys.insert(text).inserted { notes.append(text) }
    }

    mutating func heading(_ level: Int, _ inline: InlineMarkup) {
        block(inline) { $0.add(.heading(level)) { $0.append(inline.markup) } }
    }

    /// A heading that the reader of the file makes, such as `Page 3`; it does not count as text.
    mutating func division(_ level: Int, _ title: String) {
        let had = hasText
        heading(level, InlineMarkup(title))
        hasText = had
    }

    mutating func paragraph(_ inline: InlineMarkup) {
        block(inline) { $0.add(.p) { $0.append(inline.markup) } }
    }

    mutating func paragraph(_ text: some StringProtocol) {
        paragraph(InlineMarkup(text))
    }

    mutating func quote(_ inline: InlineMarkup) {
        block(inline) { $0.add(.blockquote) { $0.add(.p) { $0.append(inline.markup) } } }
    }

    /// Lines of code, verbatim.
    mutating func code(_ lines: [String]) {
        let text = lines.joined(separator: "\n")
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        closeLists()
        // A carriage return that is left over would count as the end of a line.
        let body = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\r" }))
        append(elements: 2) { markup in
            markup.add(.macro, [.name: "code"]) { $0.add(.plainTextBody) { $0.addVerbatim(body) } }
        }
        hasText = true
    }

    /// An entry of a list, 0 for the outermost one. Entries in a row make one list.
    mutating func item(level: Int, isOrdered: Bool, _ inline: InlineMarkup) {
        guard inline.hasText, !isFull else { return }
        let level = min(max(level, 0), 8)
        while lists.count > level + 1 { closeList() }
        if lists.count == level + 1, lists[level] != isOrdered { closeList() }
        if lists.count == level + 1 {
            append(elements: 1) {
                $0.close(.li)
                $0.open(.li)
            }
        } else {
            while lists.count <= level {
                let isOpen = append(elements: 2) {
                    $0.open(isOrdered ? .ol : .ul)
                    $0.open(.li)
                }
                guard isOpen else { return }
                lists.append(isOrdered)
            }
        }
        append(elements: 0) { $0.append(inline.markup) }
        hasText = true
    }

    /// What another writer wrote, as it is.
    mutating func add(_ other: MarkupWriter) {
        var other = other
        let markup = other.finish()
        closeLists()
        append(elements: other.elementCount - elementCount) { $0.append(markup) }
        hasText = hasText || other.hasText
        isCut = isCut || other.isCut
        other.notes.forEach { note($0) }
    }

    mutating func table(_ rows: [TableRow]) {
        let filled = rows.filter { $0.cells.contains { !$0.markup.isEmpty } }
        guard !filled.isEmpty else { return }
        openTable()
        for row in rows { add(row) }
        closeTable()
    }

    mutating func openTable() {
        closeLists()
        markup.open(.table)
        markup.open(.tbody)
        elementCount += 2
    }

    mutating func add(_ row: TableRow) {
        guard !isFull else { return }
        append(elements: row.cells.count + 1) { markup in
            markup.open(.tr)
            for cell in row.cells {
                let spans: TreeEvents.Attributes = [
                    .columnSpan: cell.columnSpan > 1 ? "\(cell.columnSpan)" : nil,
                    .rowSpan: cell.rowSpan > 1 ? "\(cell.rowSpan)" : nil,
                ]
                markup.add(row.isHeader ? .th : .td, spans) { $0.append(cell.markup) }
            }
            markup.close(.tr)
        }
        if row.cells.contains(where: { !$0.markup.isEmpty }) { hasText = true }
    }

    mutating func closeTable() {
        markup.close(.tbody)
        markup.close(.table)
    }

    /// Counts what a caller writes by itself and hands over with ``addMarkup(_:hasText:)``.
    ///
    /// - Returns: whether there is room; there is none any more once it was refused.
    mutating func take(bytes: Int, elements: Int) -> Bool {
        guard !isCut, takenBytes + bytes <= byteLimit, elementCount + elements <= Self.elementLimit else {
            isCut = true
            return false
        }
        takenBytes += bytes
        elementCount += elements
        return true
    }

    /// Well-formed markup that was counted before.
    mutating func addMarkup(_ piece: TreeEvents, hasText: Bool) {
        markup.append(piece)
        self.hasText = self.hasText || hasText
    }

    /// Closes what is open and returns everything.
    mutating func finish() -> TreeEvents {
        closeLists()
        return markup
    }

    private mutating func block(_ inline: InlineMarkup, _ write: (inout TreeEvents) -> Void) {
        guard inline.hasText else { return }
        closeLists()
        append(elements: 1, write)
        hasText = true
    }

    private mutating func closeList() {
        guard let isOrdered = lists.popLast() else { return }
        markup.close(.li)
        markup.close(isOrdered ? .ol : .ul)
    }

    private mutating func closeLists() {
        while !lists.isEmpty { closeList() }
    }

    /// - Returns: whether there was room for it.
    @discardableResult
    private mutating func append(elements: Int, _ write: (inout TreeEvents) -> Void) -> Bool {
        guard !isCut else { return false }
        let mark = markup.mark
        write(&markup)
        guard markup.byteCount <= byteLimit, elementCount + elements <= Self.elementLimit else {
            markup.rewind(to: mark)
            isCut = true
            return false
        }
        elementCount += elements
        return true
    }
}
