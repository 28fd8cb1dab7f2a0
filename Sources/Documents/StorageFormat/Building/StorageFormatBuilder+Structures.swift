extension StorageFormatBuilder {
    // MARK: Lists

    mutating func appendList(_ node: Int32, isOrdered: Bool, to flow: inout Flow) {
        var items: [ListItem] = []
        for child in tree.children(of: node) {
            switch tree.nodes[Int(child)].element {
            case .listItem:
                let blocks = blocks(in: child)
                if !blocks.isEmpty { items.append(ListItem(blocks: blocks)) }
            default: appendStray(child, to: &items)
            }
        }
        guard !items.isEmpty else { return }
        let start = tree.string(.start, of: node).flatMap { Int($0) } ?? 1
        flow.blocks.append(.list(isOrdered: isOrdered, start: isOrdered ? start : 1, items))
    }

    /// What stands in a list beside its items, as a list below a list does, belongs to the item before it.
    private mutating func appendStray(_ node: Int32, to items: inout [ListItem]) {
        var flow = Flow()
        append(node, to: &flow)
        endParagraph(&flow)
        guard !flow.blocks.isEmpty else { return }
        if items.isEmpty {
            items.append(ListItem(blocks: flow.blocks))
        } else {
            items[items.count - 1].blocks += flow.blocks
        }
    }

    mutating func appendTasks(_ node: Int32, to flow: inout Flow) {
        var items: [ListItem] = []
        for child in tree.children(of: node) {
            guard tree.nodes[Int(child)].element == .task else {
                appendStray(child, to: &items)
                continue
            }
            let status = tree.child(.taskStatus, of: child).map { tree.verbatimText(of: $0) }
            let isComplete = status.map { !$0.utf8.span.holds("incomplete") } ?? false
            let blocks = taskBlocks(in: child)
            if !blocks.isEmpty {
                items.append(ListItem(isComplete: isComplete, blocks: blocks))
            }
        }
        if !items.isEmpty { flow.blocks.append(.list(isOrdered: false, items)) }
    }

    /// The body of a task, and whatever stands beside it, as a list of tasks below it does.
    private mutating func taskBlocks(in task: Int32) -> [Block] {
        var flow = Flow()
        for child in tree.children(of: task) {
            if tree.nodes[Int(child)].element == .taskBody {
                endParagraph(&flow)
                flow.blocks += blocks(in: child)
            } else {
                append(child, to: &flow)
            }
        }
        endParagraph(&flow)
        return flow.blocks
    }

    mutating func appendDefinitions(_ node: Int32, to flow: inout Flow) {
        var definitions: [Definition] = []
        for child in tree.children(of: node) {
            if tree.nodes[Int(child)].element == .definitionTerm {
                definitions.append(Definition(term: inlines(in: child), blocks: []))
            } else {
                var inner = Flow()
                append(child, to: &inner)
                endParagraph(&inner)
                guard !inner.blocks.isEmpty else { continue }
                if definitions.isEmpty { definitions.append(Definition(term: [], blocks: [])) }
                definitions[definitions.count - 1].blocks += inner.blocks
            }
        }
        if !definitions.isEmpty { flow.blocks.append(.definitions(definitions)) }
    }

    // MARK: Tables

    mutating func appendTable(_ node: Int32, to flow: inout Flow) {
        var table = Table(rows: [])
        var stray = Flow()
        appendRows(of: node, to: &table, stray: &stray)
        endParagraph(&stray)
        if table.rows.contains(where: { row in row.contains { !$0.blocks.isEmpty } }) {
            flow.blocks.append(.table(table))
        }
        flow.blocks += stray.blocks
    }

    private mutating func appendRows(of node: Int32, to table: inout Table, stray: inout Flow) {
        for child in tree.children(of: node) {
            switch tree.nodes[Int(child)].element {
            case .tableRow:
                endParagraph(&stray)
                var row = cells(of: child, stray: &stray)
                if isStruckByStyle(child) {
                    for index in row.indices { row[index].blocks = row[index].blocks.struckOut }
                }
                if !row.isEmpty { table.rows.append(row) }
            case .tableSection:
                endParagraph(&stray)
                appendRows(of: child, to: &table, stray: &stray)
            case .caption:
                endParagraph(&stray)
                table.caption = inlines(in: child)
            case .tableCell, .tableHeader:
                endParagraph(&stray)
                table.rows.append([cell(child)])
            default: append(child, to: &stray)
            }
        }
        endParagraph(&stray)
    }

    private mutating func cells(of row: Int32, stray: inout Flow) -> [TableCell] {
        var cells: [TableCell] = []
        for child in tree.children(of: row) {
            switch tree.nodes[Int(child)].element {
            case .tableCell, .tableHeader:
                endParagraph(&stray)
                if !isRowNumber(child) { cells.append(cell(child)) }
            default: append(child, to: &stray)
            }
        }
        endParagraph(&stray)
        return cells
    }

    /// The editor numbers rows where a table asks for it. The numbers say nothing of what the row is about,
    /// and Atlassian Document Format does not hold them.
    private func isRowNumber(_ cell: Int32) -> Bool {
        tree.string(.styleClass, of: cell)?.split(separator: " ").contains("numberingColumn") ?? false
    }

    /// Spans beyond what browsers allow (1000 columns, 65534 rows) are cut to that.
    private mutating func cell(_ node: Int32) -> TableCell {
        func span(_ name: StorageAttribute, _ limit: Int) -> Int {
            tree.nodes[Int(node)].attributeCount == 0
                ? 1 : min(max(tree.string(name, of: node).flatMap { Int($0) } ?? 1, 1), limit)
        }
        return TableCell(
            isHeader: tree.nodes[Int(node)].element == .tableHeader, columnSpan: span(.columnSpan, 1000),
            rowSpan: span(.rowSpan, 65_534), blocks: blocks(in: node))
    }

    // MARK: New editor

    /// `ac:adf-extension` says everything twice: the node is rendered when it holds something, else the
    /// fallback.
    mutating func appendExtension(_ node: Int32, to flow: inout Flow) {
        let count = flow.blocks.count
        for child in tree.children(of: node) where tree.nodes[Int(child)].element == .adfNode {
            appendADFNode(child, to: &flow)
        }
        guard flow.blocks.count == count else { return }
        for child in tree.children(of: node) where tree.nodes[Int(child)].element != .adfNode {
            append(childrenOf: child, to: &flow)
        }
        endParagraph(&flow)
    }

    /// The macros that Confluence itself writes for the panels of its editor: what is called a warning there is a
    /// note here, and an error is a warning.
    private static let panelKinds = [
        "warning": "note", "error": "warning", "success": "tip", "custom": "panel",
    ]

    private mutating func appendADFNode(_ node: Int32, to flow: inout Flow) {
        switch tree.string(.type, of: node) {
        case "panel":
            let blocks = adfContent(of: node)
            let kind = adfAttribute("panel-type", of: node) ?? "panel"
            if !blocks.isEmpty {
                flow.blocks.append(.panel(kind: Self.panelKinds[kind] ?? kind, title: nil, blocks))
            }
        case "decision-list":
            var items: [ListItem] = []
            for child in tree.children(of: node) { appendDecisions(child, to: &items) }
            if !items.isEmpty {
                flow.blocks.append(.fold(title: "Decisions", [.list(isOrdered: false, items)]))
            }
        default:
            flow.blocks += adfContent(of: node)
        }
    }

    private mutating func appendDecisions(_ node: Int32, to items: inout [ListItem]) {
        switch tree.nodes[Int(node)].element {
        case .adfNode where tree.string(.type, of: node) == "decision-item":
            let blocks = adfContent(of: node)
            if !blocks.isEmpty { items.append(ListItem(blocks: blocks)) }
        case .adfNode, .adfContent:
            for child in tree.children(of: node) { appendDecisions(child, to: &items) }
        default: break
        }
    }

    /// What an `ac:adf-node` holds, its attributes aside.
    private mutating func adfContent(of node: Int32) -> [Block] {
        var flow = Flow()
        for child in tree.children(of: node) {
            switch tree.nodes[Int(child)].element {
            case .adfContent: append(childrenOf: child, to: &flow)
            case .adfNode:
                endParagraph(&flow)
                appendADFNode(child, to: &flow)
            case .adfAttribute: break
            default: append(child, to: &flow)
            }
        }
        endParagraph(&flow)
        return flow.blocks
    }

    private func adfAttribute(_ key: String, of node: Int32) -> String? {
        for child in tree.children(of: node)
        where tree.nodes[Int(child)].element == .adfAttribute && tree.string(.key, of: child) == key {
            return tree.verbatimText(of: child)
        }
        return nil
    }
}
