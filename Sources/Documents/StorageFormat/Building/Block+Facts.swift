extension Block {
    /// A table of page properties as key and value, its caption before it; any other block as it is.
    var facts: [Block] {
        guard case .table(let table) = self, let facts = table.facts else { return [self] }
        return (table.caption.isEmpty ? [] : [.paragraph(table.caption)]) + [.facts(facts)]
    }
}

extension Block {
    /// Of a paragraph or a heading.
    fileprivate var inlines: [Inline]? {
        switch self {
        case .paragraph(let inlines), .heading(_, let inlines): inlines
        default: nil
        }
    }
}

extension Table {
    /// Keys on top of their values, or one key and its value in a row; `nil` for a table that is neither.
    fileprivate var facts: [Definition]? {
        guard let first = rows.first else { return nil }
        if rows.count == 2, first.count != 2 || !rows[1][0].isHeader, first.count == rows[1].count,
            first.allSatisfy({ $0.isHeader && $0.blocks.isKey })
        {
            return zip(first, rows[1]).map { Definition(term: $0.blocks.line, blocks: $1.blocks) }
        }
        guard rows.allSatisfy({ $0.count <= 2 }) else { return nil }
        return rows.filter { row in row.contains { !$0.blocks.isEmpty } }.map { row in
            let (key, value) = (row[0].blocks, row.count > 1 ? row[1].blocks : [])
            return key.isKey
                ? Definition(term: key.line, blocks: value) : Definition(term: [], blocks: key + value)
        }
    }
}

extension [Block] {
    /// Whether one line says all of it. What stands in a key's place otherwise, as a list over both columns
    /// does, is a value without a key.
    fileprivate var isKey: Bool {
        allSatisfy { $0.inlines != nil }
    }

    /// The text of paragraphs and headings as one line.
    fileprivate var line: [Inline] {
        var line: [Inline] = []
        for block in self {
            guard let inlines = block.inlines else { continue }
            if !line.isEmpty { line.append(.text(" ")) }
            // Keys are often bold, which says no more than that they are keys.
            if inlines.count == 1, case .strong(let inner) = inlines[0] {
                line += inner
            } else {
                line += inlines
            }
        }
        return line
    }
}
