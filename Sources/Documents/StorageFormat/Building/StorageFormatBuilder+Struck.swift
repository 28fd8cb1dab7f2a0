extension StorageFormatBuilder {
    /// Whether an element's own style strikes its text out, whatever the element is.
    func isStruckByStyle(_ node: Int32) -> Bool {
        guard tree.nodes[Int(node)].attributeCount > 0, let range = tree.attribute(.style, of: node) else {
            return false
        }
        return String(decoding: tree.bytes[range], as: UTF8.self).lowercased().contains("line-through")
    }

    /// Whether blocks in an element are struck out.
    func isStruck(_ node: Int32, _ element: StorageElement) -> Bool {
        element == .strikethrough || isStruckByStyle(node)
    }
}

extension [Block] {
    /// The blocks with all their text struck out.
    var struckOut: [Block] { map(\.struckOut) }
}

extension Block {
    fileprivate var struckOut: Block {
        switch self {
        case .heading(let level, let inlines): return .heading(level: level, inlines.struckOut)
        case .paragraph(let inlines): return .paragraph(inlines.struckOut)
        case .list(let isOrdered, let start, let items):
            let items = items.map { ListItem(isComplete: $0.isComplete, blocks: $0.blocks.struckOut) }
            return .list(isOrdered: isOrdered, start: start, items)
        case .definitions(let entries): return .definitions(entries.map(\.struckOut))
        case .facts(let entries): return .facts(entries.map(\.struckOut))
        case .table(var table):
            table.caption = table.caption.struckOut
            for row in table.rows.indices {
                for cell in table.rows[row].indices {
                    table.rows[row][cell].blocks = table.rows[row][cell].blocks.struckOut
                }
            }
            return .table(table)
        case .code(_, let title, let text):
            return .paragraph([.text(title ?? ""), .code(text)].struckOut)
        // A title is no running text, so it becomes some.
        case .panel(let kind, let title, let blocks):
            return .panel(kind: kind, title: nil, Self.struckOut(title) + blocks.struckOut)
        case .fold(let title, let blocks):
            return .fold(title: nil, Self.struckOut(title) + blocks.struckOut)
        case .quote(let blocks): return .quote(blocks.struckOut)
        case .excerpt(let name, let blocks): return .excerpt(name: name, blocks.struckOut)
        case .image(let image): return .paragraph([.image(image)].struckOut)
        case .include(let title, _, _): return .paragraph([.text(title)].struckOut)
        case .math(let source): return .paragraph([.math(source)].struckOut)
        case .rule: return .rule
        }
    }

    private static func struckOut(_ title: String?) -> [Block] {
        title.map { [.paragraph([.text($0)].struckOut)] } ?? []
    }
}

extension Definition {
    fileprivate var struckOut: Definition { Definition(term: term.struckOut, blocks: blocks.struckOut) }
}

extension [Inline] {
    fileprivate var struckOut: [Inline] {
        if isEmpty { return [] }
        if count == 1, case .strikethrough = self[0] { return self }
        return [.strikethrough(self)]
    }
}
