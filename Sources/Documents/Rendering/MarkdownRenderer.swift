/// Renders blocks as Markdown (CommonMark with GitHub's tables and tasks).
///
/// Panels and folds become quotes under their bold title, page properties a table, merged cells repeat their
/// text, and a link's target is written in Confluence's own notation (``LinkTarget/notation``).
public struct MarkdownRenderer: Sendable {
    /// Names the people that a body mentions.
    public var references: any ReferenceResolver

    public init(references: any ReferenceResolver = NoReferences()) {
        self.references = references
    }

    /// - Returns: Markdown that ends with a line break, or nothing for no blocks.
    public func render(_ blocks: [Block]) -> String {
        var writer = MarkdownWriter(inlines: InlineMarkdown(references: references))
        writer.write(blocks)
        return writer.text
    }
}

/// The Markdown of one page in the making.
struct MarkdownWriter {
    /// Deeper quotes and lists are no longer indented, so that depth can't multiply a page.
    static let maxPrefixByteCount = 64

    let inlines: InlineMarkdown
    private(set) var text = ""
    /// What each line begins with.
    private var prefix = ""
    /// What the next line begins with instead: a list's marker.
    private var marker: String?
    private var isTight = false
    /// Bytes that merged cells may still repeat.
    private var repeatBudget = 1 << 20

    init(inlines: InlineMarkdown) {
        self.inlines = inlines
    }

    mutating func write(_ blocks: [Block]) {
        for block in blocks { write(block) }
    }

    private mutating func write(_ block: Block) {
        switch block {
        case .heading(let level, let content):
            writeParagraph(String(repeating: "#", count: level) + " " + inlines.line(content))
        case .paragraph(let content): writeParagraph(inlines.paragraph(content))
        case .list(let isOrdered, let start, let items): writeList(isOrdered ? start : nil, items)
        case .table(let table): writeTable(table)
        case .code(let language, let title, let code): writeCode(language, title, code)
        case .panel(let kind, let title, let blocks):
            let name = kind == "panel" ? nil : kind.prefix(1).uppercased() + kind.dropFirst()
            writeQuote([name, title].compactMap { $0 }.joined(separator: ": "), blocks)
        case .fold(let title, let blocks): writeQuote(title ?? "", blocks)
        case .quote(let blocks): writeQuote("", blocks)
        case .excerpt(_, let blocks): write(blocks)
        case .definitions(let definitions):
            for definition in definitions {
                writeParagraph("**\(inlines.line(definition.term))**")
                nested(":   ", "    ", definition.blocks)
            }
        case .facts(let facts): writeFacts(facts)
        case .image(let image): writeParagraph(inlines.image(image))
        case .include(let title, let spaceKey, _):
            let target = LinkTarget.page(title: title, spaceKey: spaceKey, anchor: nil)
            writeParagraph(inlines.line([.link(target, [.text(title)])]))
        case .math(let source): writeParagraph("$$\n" + source + "\n$$")
        case .rule: writeParagraph("---")
        }
    }

    // MARK: Lines

    private mutating func writeParagraph(_ content: String) {
        guard !content.isEmpty else { return }
        separate()
        for line in content.split(separator: "\n", omittingEmptySubsequences: false) { writeLine(line) }
    }

    private mutating func writeLine(_ line: some StringProtocol) {
        if let marker {
            text += marker
            self.marker = nil
        } else if line.isEmpty {
            text += prefix.trimmingTrailingSpaces
        } else {
            text += prefix
        }
        text += line
        text += "\n"
    }

    /// An empty line between blocks, unless a marker waits for the first one.
    private mutating func separate() {
        guard marker == nil, !text.isEmpty, !isTight else { return }
        text += prefix.trimmingTrailingSpaces
        text += "\n"
    }

    /// Blocks whose first line begins with `first` and the others with `rest`.
    private mutating func nested(_ first: String, _ rest: String, _ blocks: [Block]) {
        let (outerPrefix, outerTight) = (prefix, isTight)
        if prefix.utf8.count < Self.maxPrefixByteCount {
            marker = (marker ?? prefix) + first
            prefix += rest
        }
        write(blocks)
        if let marker, !first.isEmpty, blocks.isEmpty { text += marker.trimmingTrailingSpaces + "\n" }
        marker = nil
        (prefix, isTight) = (outerPrefix, outerTight)
    }

    // MARK: Blocks

    private mutating func writeList(_ start: Int?, _ items: [ListItem]) {
        let isSimple = items.allSatisfy { item in
            item.blocks.allSatisfy {
                if case .paragraph = $0 { true } else if case .list = $0 { true } else { false }
            }
                && item.blocks.count { if case .paragraph = $0 { true } else { false } } <= 1
        }
        for (offset, item) in items.enumerated() {
            var first = start.map { "\($0 &+ offset). " } ?? "- "
            let rest = String(repeating: " ", count: first.utf8.count)
            if let isComplete = item.isComplete { first += isComplete ? "[x] " : "[ ] " }
            if offset == 0 || !isSimple { separate() }
            let wasTight = isTight
            isTight = isSimple
            nested(first, rest, item.blocks)
            isTight = wasTight
        }
    }

    private mutating func writeQuote(_ title: String, _ blocks: [Block]) {
        separate()
        let wasTight = isTight
        isTight = false
        let head: [Block] = title.isEmpty ? [] : [.paragraph([.strong([.text(title)])])]
        nested("> ", "> ", head + blocks)
        isTight = wasTight
    }

    private mutating func writeCode(_ language: String?, _ title: String?, _ code: String) {
        if let title { writeParagraph("**\(inlines.escaped(title))**") }
        separate()
        let language = language == "none" ? nil : language
        let fence = String(repeating: "`", count: max(3, code.longestBacktickRun + 1))
        writeLine(fence + (language ?? "").filter { !$0.isNewline && $0 != "`" })
        for line in code.split(separator: "\n", omittingEmptySubsequences: false) { writeLine(line) }
        writeLine(fence)
    }

    private mutating func writeTable(_ table: Table) {
        if !table.caption.isEmpty { writeParagraph(inlines.line(table.caption)) }
        let grid = TableGrid(table)
        var merged: [Int: String] = [:]
        for row in grid.rows[..<grid.titleRowCount] {
            writeParagraph("**\(row.first.map { inlines.cell($0.cell.blocks) } ?? "")**")
        }
        func text(of slot: TableGrid.Slot) -> String {
            if slot.isRepeat { return repeated(merged[slot.number] ?? "") }
            let text = inlines.cell(slot.cell.blocks)
            if slot.cell.columnSpan > 1 || slot.cell.rowSpan > 1 { merged[slot.number] = text }
            return text
        }
        let header = grid.header(text)
        let rows = grid.bodyRows.map { (grid.isSingle($0) ? $0.prefix(1) : $0[...]).map(text) }
        writeRows(rows.filter { row in row.contains { !$0.isEmpty } }, header: header)
    }

    /// Empty once merged cells have been repeated more than a page can be worth.
    private mutating func repeated(_ text: String) -> String {
        guard text.utf8.count <= repeatBudget else { return "" }
        repeatBudget -= text.utf8.count
        return text
    }

    private mutating func writeFacts(_ facts: [Definition]) {
        let rows = facts.map { fact in
            let key = inlines.line(fact.term, isCell: true)
            return [key.isEmpty ? "" : "**\(key)**", inlines.cell(fact.blocks)]
        }
        writeRows(rows, header: [])
    }

    private mutating func writeRows(_ rows: [[String]], header: [String]) {
        let width = max(rows.map(\.count).max() ?? 0, header.count)
        guard width > 0 else { return }
        separate()
        writeLine(row(header, width))
        writeLine("|" + String(repeating: " --- |", count: width))
        for cells in rows { writeLine(row(cells, width)) }
    }

    private func row(_ cells: [String], _ width: Int) -> String {
        let missing = max(0, min(width, TableGrid.maxColumnSpan) - cells.count)
        return (cells + Array(repeating: "", count: missing)).reduce(into: "|") {
            $0 += $1.isEmpty ? " |" : " \($1) |"
        }
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        guard utf8.last == UInt8(ascii: " ") else { return self }
        var bytes = utf8[...]
        while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
        return String(Substring(bytes))
    }
}
