/// Text on its way into storage format: escaped, without what XML forbids.
struct InlineMarkup {
    private(set) var markup = ""
    /// Whether there is anything but white space.
    private(set) var hasText = false

    var isEmpty: Bool { markup.isEmpty }

    mutating func add(_ text: some StringProtocol) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "\t", "\n", "\r": markup += " "
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: continue
            default: markup.unicodeScalars.append(scalar)
            }
            if !hasText, !scalar.properties.isWhitespace { hasText = true }
        }
    }

    mutating func add(_ other: InlineMarkup) {
        markup += other.markup
        hasText = hasText || other.hasText
    }

    mutating func addLineBreak() {
        markup += "<br/>"
    }

    mutating func openLink(_ target: String) {
        markup += "<a href=\"\(Self.escaped(target))\">"
    }

    mutating func closeLink() {
        markup += "</a>"
    }

    static func escaped(_ text: some StringProtocol) -> String {
        var inline = InlineMarkup()
        inline.add(text)
        return inline.markup
    }
}

/// Writes storage format block by block, up to a limit.
///
/// Well-formed whatever comes in: what is open when the limit is reached is closed, and nothing is added
/// after it.
struct MarkupWriter {
    private(set) var markup = ""
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
        var inner = MarkupWriter(byteLimit: max(0, byteLimit - markup.utf8.count))
        inner.elementCount = elementCount
        return inner
    }

    var isFull: Bool { isCut }

    /// Says something about the file, once.
    mutating func note(_ text: String) {
        if noteKeys.insert(text).inserted { notes.append(text) }
    }

    mutating func heading(_ level: Int, _ inline: InlineMarkup) {
        let level = min(max(level, 1), 6)
        block("<h\(level)>", inline, "</h\(level)>")
    }

    /// A heading that the reader of the file makes, such as `Page 3`; it does not count as text.
    mutating func division(_ level: Int, _ title: String) {
        let had = hasText
        var inline = InlineMarkup()
        inline.add(title)
        heading(level, inline)
        hasText = had
    }

    mutating func paragraph(_ inline: InlineMarkup) {
        block("<p>", inline, "</p>")
    }

    mutating func paragraph(_ text: some StringProtocol) {
        var inline = InlineMarkup()
        inline.add(text)
        paragraph(inline)
    }

    mutating func quote(_ inline: InlineMarkup) {
        block("<blockquote><p>", inline, "</p></blockquote>")
    }

    /// Lines of code, verbatim.
    mutating func code(_ lines: [String]) {
        let text = lines.joined(separator: "\n")
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        closeLists()
        let body = text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" }
        append(
            "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA["
                + String(String.UnicodeScalarView(body)).replacing("]]>", with: "]]]]><![CDATA[>")
                + "]]></ac:plain-text-body></ac:structured-macro>", elements: 2)
        hasText = true
    }

    /// An entry of a list, 0 for the outermost one. Entries in a row make one list.
    mutating func item(level: Int, isOrdered: Bool, _ inline: InlineMarkup) {
        guard inline.hasText, !isFull else { return }
        let level = min(max(level, 0), 8)
        while lists.count > level + 1 { closeList() }
        if lists.count == level + 1, lists[level] != isOrdered { closeList() }
        if lists.count == level + 1 {
            append("</li><li>", elements: 1)
        } else {
            while lists.count <= level {
                guard append(isOrdered ? "<ol><li>" : "<ul><li>", elements: 2) else { return }
                lists.append(isOrdered)
            }
        }
        append(inline.markup, elements: 0)
        hasText = true
    }

    /// What another writer wrote, as it is.
    mutating func add(_ other: MarkupWriter) {
        var other = other
        let markup = other.finish()
        closeLists()
        append(markup, elements: other.elementCount - elementCount)
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
        markup += "<table><tbody>"
        elementCount += 2
    }

    mutating func add(_ row: TableRow) {
        guard !isFull else { return }
        let tag = row.isHeader ? "th" : "td"
        var line = "<tr>"
        for cell in row.cells {
            line += "<\(tag)"
            if cell.columnSpan > 1 { line += " colspan=\"\(cell.columnSpan)\"" }
            if cell.rowSpan > 1 { line += " rowspan=\"\(cell.rowSpan)\"" }
            line += ">\(cell.markup)</\(tag)>"
            if !cell.markup.isEmpty { hasText = true }
        }
        append(line + "</tr>", elements: row.cells.count + 1)
    }

    mutating func closeTable() {
        markup += "</tbody></table>"
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
    mutating func addMarkup(_ piece: String, hasText: Bool) {
        markup += piece
        self.hasText = self.hasText || hasText
    }

    /// Closes what is open and returns everything.
    mutating func finish() -> String {
        closeLists()
        return markup
    }

    private mutating func block(_ start: String, _ inline: InlineMarkup, _ end: String) {
        guard inline.hasText else { return }
        closeLists()
        append(start + inline.markup + end, elements: 1)
        hasText = true
    }

    private mutating func closeList() {
        guard let isOrdered = lists.popLast() else { return }
        markup += isOrdered ? "</li></ol>" : "</li></ul>"
    }

    private mutating func closeLists() {
        while !lists.isEmpty { closeList() }
    }

    /// - Returns: whether there was room for it.
    @discardableResult
    private mutating func append(_ piece: String, elements: Int) -> Bool {
        guard !isCut else { return false }
        guard markup.utf8.count + piece.utf8.count <= byteLimit, elementCount + elements <= Self.elementLimit
        else {
            isCut = true
            return false
        }
        markup += piece
        elementCount += elements
        return true
    }
}

/// One row of a table on its way into storage format.
struct TableRow {
    struct Cell {
        /// Storage format.
        var markup: String
        var columnSpan = 1
        var rowSpan = 1
    }

    var cells: [Cell]
    var isHeader = false
}
