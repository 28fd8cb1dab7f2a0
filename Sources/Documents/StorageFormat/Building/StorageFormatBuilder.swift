/// Walks a ``StorageFormatTree`` once and makes blocks of it.
///
/// White space is collapsed as browsers do it, here and nowhere later: a block tree holds text as it reads.
struct StorageFormatBuilder {
    let tree: StorageFormatTree
    /// Each once, in the order of first appearance.
    private(set) var unknownMacros: [String] = []
    var text = CollapsedText()
    var sentenceExcerpts: [Block] = []
    /// Whether text stands before the element whose inlines are being gathered, on the same line.
    var hasOuterText = false
    /// Whether an excerpt's words are being gathered a second time.
    var isInExcerpt = false

    init(_ tree: StorageFormatTree) {
        self.tree = tree
    }

    /// The whole page.
    mutating func page() -> [Block] {
        blocks(in: 0)
    }

    /// Blocks in the making: paragraphs gather inlines until a block-level element ends them.
    struct Flow {
        var blocks: [Block] = []
        var line: [Inline] = []
        /// How long the line was when a macro that shows an object had been added.
        var objectEnd = 0
    }

    mutating func blocks(in node: Int32) -> [Block] {
        var flow = Flow()
        append(childrenOf: node, to: &flow)
        endParagraph(&flow)
        return isStruckByStyle(node) ? flow.blocks.struckOut : flow.blocks
    }

    mutating func append(childrenOf node: Int32, to flow: inout Flow) {
        var child = tree.nodes[Int(node)].firstChild
        while child != 0 {
            append(child, to: &flow)
            child = tree.nodes[Int(child)].nextSibling
        }
    }

    /// One element or run of text where blocks may stand.
    mutating func append(_ node: Int32, to flow: inout Flow) {
        let (element, hasBlock) = (tree.nodes[Int(node)].element, tree.nodes[Int(node)].hasBlock)
        if hasBlock || element.isBlock, isStruck(node, element) {
            endParagraph(&flow)
            var inner = Flow()
            appendAsItIs(node, element, hasBlock, to: &inner)
            endParagraph(&inner)
            flow.blocks += inner.blocks.struckOut
        } else {
            appendAsItIs(node, element, hasBlock, to: &flow)
        }
    }

    private mutating func appendAsItIs(
        _ node: Int32, _ element: StorageElement, _ hasBlock: Bool, to flow: inout Flow
    ) {
        if element == .macro {
            appendMacro(node, to: &flow)
        } else if element.isBlock {
            endParagraph(&flow)
            appendBlock(node, element, to: &flow)
        } else if element == .plainTextBody {
            endParagraph(&flow)
            flow.blocks.append(.code(language: nil, title: nil, text: code(in: node)))
        } else if hasBlock && element != .hidden && element != .acImage && element != .acLink {
            append(childrenOf: node, to: &flow)
        } else {
            appendInline(node, to: &flow.line)
        }
    }

    private mutating func appendBlock(_ node: Int32, _ element: StorageElement, to flow: inout Flow) {
        switch element {
        case .rule: flow.blocks.append(.rule)
        case .preformatted:
            let text = code(in: node)
            if !text.isEmpty { flow.blocks.append(.code(language: nil, title: nil, text: text)) }
        case .quote:
            let blocks = blocks(in: node)
            if !blocks.isEmpty { flow.blocks.append(.quote(blocks)) }
        case .unorderedList, .orderedList: appendList(node, isOrdered: element == .orderedList, to: &flow)
        case .taskList: appendTasks(node, to: &flow)
        case .definitionList: appendDefinitions(node, to: &flow)
        case .table: appendTable(node, to: &flow)
        case .adfExtension: appendExtension(node, to: &flow)
        default:
            if let level = element.headingLevel {
                let title = inlines(in: node)
                if !title.isEmpty { flow.blocks.append(.heading(level: level, title)) }
            } else {
                append(childrenOf: node, to: &flow)
                endParagraph(&flow)
            }
        }
    }

    // MARK: Paragraphs

    /// Ends the paragraph that is being gathered. One with nothing to see vanishes.
    mutating func endParagraph(_ flow: inout Flow) {
        endLine(&flow.line)
        guard !flow.line.isEmpty else { return }
        if case .image? = flow.line.first, let images = flow.line.imagesAlone {
            flow.blocks += images
        } else if flow.line.count == 1, case .math(let source) = flow.line[0] {
            flow.blocks.append(.math(source))
        } else {
            flow.blocks.append(.paragraph(flow.line))
        }
        // The blocks hold this array now: to empty it would be to copy it.
        flow.line = []
    }

    /// The content of `node` as one line of inlines, block-level elements parted by spaces.
    mutating func inlines(in node: Int32) -> [Inline] {
        let outer = hasOuterText
        hasOuterText = false
        defer { hasOuterText = outer }
        var line: [Inline] = []
        text.begin()
        appendInlines(of: node, to: &line)
        endLine(&line)
        return line
    }

    /// Commits pending text, and takes away white space and line breaks at both ends.
    private mutating func endLine(_ line: inout [Inline]) {
        text.dropTrailingSpace()
        if !text.isBlank {
            commitText(to: &line)
        } else if !line.isEmpty {
            trimEnd(of: &line)
        }
        text.begin()
    }

    private func trimEnd(of line: inout [Inline]) {
        while case .lineBreak? = line.last { line.removeLast() }
        if let last = line.popLast(), let trimmed = last.droppingTrailingSpace { line.append(trimmed) }
    }

    /// Turns the text that was gathered into an inline.
    mutating func commitText(to line: inout [Inline]) {
        if let run = text.take() { line.append(.text(run)) }
    }

    mutating func noteUnknownMacro(_ name: String) {
        if !unknownMacros.contains(name), unknownMacros.count < 32 { unknownMacros.append(name) }
    }

    // MARK: Verbatim

    /// Text as it stands, without blank lines before and after.
    func code(in node: Int32) -> String {
        let text = tree.verbatimText(of: node)
        var bytes = text.utf8[...]
        while let newline = bytes.firstIndex(of: UInt8(ascii: "\n")),
            bytes[..<newline].allSatisfy({ $0 <= 0x20 })
        {
            bytes = bytes[bytes.index(after: newline)...]
        }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        return String(Substring(bytes))
    }
}

extension Inline {
    /// Without white space at its end; `nil` when nothing is left.
    var droppingTrailingSpace: Inline? {
        switch self {
        case .text(let text):
            guard text.utf8.last == UInt8(ascii: " ") else { return self }
            return text.utf8.count == 1 ? nil : .text(String(text.dropLast()))
        case .emphasis(let inner): return inner.droppingTrailingSpace.map { .emphasis($0) }
        case .strong(let inner): return inner.droppingTrailingSpace.map { .strong($0) }
        case .strikethrough(let inner): return inner.droppingTrailingSpace.map { .strikethrough($0) }
        default: return self
        }
    }
}

extension [Inline] {
    /// Images that have no text between them stand as blocks; `nil` when there is text.
    fileprivate var imagesAlone: [Block]? {
        var images: [Block] = []
        for inline in self {
            switch inline {
            case .image(let image): images.append(.image(image))
            case .lineBreak, .text(" "): break
            default: return nil
            }
        }
        return images
    }

    /// Whether it is nothing but one space.
    var isSpace: Bool {
        if count == 1, case .text(" ") = self[0] { true } else { false }
    }

    /// Without white space at its end; `nil` when nothing is left.
    fileprivate var droppingTrailingSpace: [Inline]? {
        guard let last else { return nil }
        let kept = dropLast() + (last.droppingTrailingSpace.map { [$0] } ?? [])
        return kept.isEmpty ? nil : Array(kept)
    }
}
