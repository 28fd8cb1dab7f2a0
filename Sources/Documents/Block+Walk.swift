extension [Block] {
    /// The blocks with each one, however deep, replaced by what `replacement` makes of it; `nil` leaves it as
    /// it is and goes on inside it.
    package func replacing(_ replacement: (Block) -> [Block]?) -> [Block] {
        flatMap { block -> [Block] in
            if let blocks = replacement(block) { return blocks }
            switch block {
            case .list(let isOrdered, let start, let items):
                let inner = items.map { item in
                    ListItem(isComplete: item.isComplete, blocks: item.blocks.replacing(replacement))
                }
                return [.list(isOrdered: isOrdered, start: start, inner)]
            case .definitions(let entries):
                return [.definitions(entries.map { $0.replacing(replacement) })]
            case .facts(let entries): return [.facts(entries.map { $0.replacing(replacement) })]
            case .table(var table):
                for row in table.rows.indices {
                    for cell in table.rows[row].indices {
                        let blocks = table.rows[row][cell].blocks
                        table.rows[row][cell].blocks = blocks.replacing(replacement)
                    }
                }
                return [.table(table)]
            case .panel(let kind, let title, let inner):
                return [.panel(kind: kind, title: title, inner.replacing(replacement))]
            case .quote(let inner): return [.quote(inner.replacing(replacement))]
            case .fold(let title, let inner):
                return [.fold(title: title, inner.replacing(replacement))]
            case .excerpt(let name, let inner):
                return [.excerpt(name: name, inner.replacing(replacement))]
            case .heading, .paragraph, .code, .image, .include, .math, .rule: return [block]
            }
        }
    }

    /// Calls `visit` with each block, outer ones first.
    package func forEachBlock(_ visit: (Block) -> Void) {
        for block in self {
            visit(block)
            switch block {
            case .list(_, _, let items): for item in items { item.blocks.forEachBlock(visit) }
            case .definitions(let entries), .facts(let entries):
                for entry in entries { entry.blocks.forEachBlock(visit) }
            case .table(let table):
                for row in table.rows { for cell in row { cell.blocks.forEachBlock(visit) } }
            case .panel(_, _, let inner), .quote(let inner), .fold(_, let inner), .excerpt(_, let inner):
                inner.forEachBlock(visit)
            case .heading, .paragraph, .code, .image, .include, .math, .rule: break
            }
        }
    }

    /// Whether a page is included somewhere.
    package var hasInclude: Bool {
        var found = false
        forEachBlock { if case .include = $0 { found = true } }
        return found
    }

    /// Everybody who is mentioned.
    package var mentions: Set<UserReference> {
        var people: Set<UserReference> = []
        forEachInline { if case .mention(let person) = $0 { people.insert(person) } }
        return people
    }

    /// Where links lead, in reading order.
    package var linkTargets: [LinkTarget] {
        var targets: [LinkTarget] = []
        forEachInline { if case .link(let target, _) = $0 { targets.append(target) } }
        return targets
    }

    /// Calls `visit` with each piece of running text, outer ones first.
    private func forEachInline(_ visit: (Inline) -> Void) {
        func walk(_ inlines: [Inline]) {
            for inline in inlines {
                visit(inline)
                switch inline {
                case .emphasis(let inner), .strong(let inner), .strikethrough(let inner),
                    .superscript(let inner), .subscript(let inner), .link(_, let inner):
                    walk(inner)
                case .image(let image): walk(image.caption)
                case .text, .code, .mention, .status, .emoji, .math, .lineBreak, .anchor: break
                }
            }
        }
        forEachBlock { block in
            switch block {
            case .heading(_, let inlines), .paragraph(let inlines): walk(inlines)
            case .definitions(let entries), .facts(let entries): for entry in entries { walk(entry.term) }
            case .table(let table): walk(table.caption)
            case .image(let image): walk(image.caption)
            default: break
            }
        }
    }
}

extension Definition {
    fileprivate func replacing(_ replacement: (Block) -> [Block]?) -> Definition {
        Definition(term: term, blocks: blocks.replacing(replacement))
    }
}
