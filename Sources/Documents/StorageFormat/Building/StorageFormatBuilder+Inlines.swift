extension StorageFormatBuilder {
    mutating func appendInlines(of node: Int32, to line: inout [Inline]) {
        var child = tree.nodes[Int(node)].firstChild
        while child != 0 {
            appendInline(child, to: &line)
            child = tree.nodes[Int(child)].nextSibling
        }
    }

    /// One element or run of text where only inlines may stand.
    mutating func appendInline(_ node: Int32, to line: inout [Inline]) {
        if isStruckByStyle(node) {
            appendStyled(within: &line, { .strikethrough($0) }) { $0.appendElement(node, to: &$1) }
        } else {
            appendElement(node, to: &line)
        }
    }

    private mutating func appendElement(_ node: Int32, to line: inout [Inline]) {
        let element = tree.nodes[Int(node)].element
        switch element {
        case .text:
            text.append(tree.bytes, Int(tree.nodes[Int(node)].start)..<Int(tree.nodes[Int(node)].end))
        case .strong: appendStyled(node, to: &line) { .strong($0) }
        case .emphasis: appendStyled(node, to: &line) { .emphasis($0) }
        case .strikethrough: appendStyled(node, to: &line) { .strikethrough($0) }
        case .superscript: appendStyled(node, to: &line) { .superscript($0) }
        case .subscript: appendStyled(node, to: &line) { .subscript($0) }
        case .code: appendCode(node, to: &line)
        case .link: appendAnchorElement(node, to: &line)
        case .acLink: appendLink(node, to: &line)
        case .lineBreak:
            text.dropTrailingSpace()
            commitText(to: &line)
            if !line.isEmpty || hasOuterText { line.append(.lineBreak) }
        case let element where element.isMuted: break
        case .plainTextBody:
            let code = code(in: node)
            if !code.isEmpty { append(.code(code), to: &line, end: code.unicodeScalars.last) }
        case .macro: appendInlineMacro(node, to: &line)
        case .adfFallback where isSaidElsewhere(node): break
        default: appendOther(node, element, to: &line)
        }
    }

    private mutating func appendOther(_ node: Int32, _ element: StorageElement, to line: inout [Inline]) {
        switch element {
        case .image, .acImage:
            if let image = image(node) { append(.image(image), to: &line) }
        case .time:
            let (first, day) = (tree.nodes[Int(node)].firstChild, tree.string(.dateTime, of: node))
            appendChip { builder in
                if first == 0, let day {
                    builder.text.append(day)
                } else {
                    builder.appendInlines(of: node, to: &line)
                }
            }
        case .emoticon: appendEmoticon(node, to: &line)
        case .abbreviation:
            appendInlines(of: node, to: &line)
            if let title = tree.string(.title, of: node) { text.append(" (\(title))") }
        case .templateVariable:
            if let name = tree.string(.name, of: node) { text.append("$\(name)") }
        case .riUser:
            if let user = user(node) { appendChip(.mention(user), to: &line) }
        case .mathematics: appendMathematics(node, to: &line)
        case .unknown where isFormula(node): appendFormulas(in: node, to: &line)
        case .riPage, .riBlogPost, .riAttachment, .riURL, .riShortcut, .riSpace, .riContentEntity:
            if let target = target(node, anchor: nil) { appendLink(target, [], to: &line) }
        default:
            if element.isBlock { text.append(" ") }
            appendInlines(of: node, to: &line)
            if element.isBlock { text.append(" ") }
        }
    }

    /// Something that is not text.
    ///
    /// - Parameter end: the last character that is seen of it, as far as it counts.
    mutating func append(
        _ inline: Inline, to line: inout [Inline], isVisible: Bool = true, end: Unicode.Scalar? = nil
    ) {
        commitText(to: &line)
        line.append(inline)
        if isVisible { text.interrupt(end: end ?? ")") }
    }

    /// Something that stands apart from the words beside it, though no space is written there.
    mutating func appendChip(
        _ inline: Inline, _ chip: CollapsedText.Chip = .words, to line: inout [Inline]
    ) {
        text.part(before: chip)
        append(inline, to: &line)
        text.interrupt(by: chip)
    }

    /// The same of what is written as text.
    mutating func appendChip(_ content: (inout Self) -> Void) {
        text.part(before: .words)
        content(&self)
        if !text.isAfterSpace { text.interrupt(by: .words) }
    }

    /// Text with a look of its own. A style around nothing but a space is that space.
    private mutating func appendStyled(
        _ node: Int32, to line: inout [Inline], _ style: ([Inline]) -> Inline
    ) {
        appendStyled(within: &line, style) { $0.appendInlines(of: node, to: &$1) }
    }

    private mutating func appendStyled(
        within line: inout [Inline], _ style: ([Inline]) -> Inline,
        _ content: (inout Self, inout [Inline]) -> Void
    ) {
        let inner = gather(within: &line, content)
        if inner.isSpace {
            line.append(.text(" "))
        } else if !inner.isEmpty {
            line.append(style(inner))
        }
    }

    /// The inlines of an element within `line`. Line breaks that they begin with go to `line` itself.
    mutating func gather(
        within line: inout [Inline], _ content: (inout Self, inout [Inline]) -> Void
    ) -> [Inline] {
        commitText(to: &line)
        let outer = hasOuterText
        hasOuterText = outer || !line.isEmpty
        var inner: [Inline] = []
        content(&self, &inner)
        commitText(to: &inner)
        hasOuterText = outer
        guard inner.first == .lineBreak else { return inner }
        let breaks = inner.prefix { $0 == .lineBreak }
        line += breaks
        return Array(inner[breaks.endIndex...])
    }

    /// What is no text, as a link or a picture, stands for itself.
    private mutating func appendCode(_ node: Int32, to line: inout [Inline]) {
        var collapsed = CollapsedText()
        collapsed.append(tree.verbatimText(of: node))
        collapsed.dropTrailingSpace()
        if let code = collapsed.take() {
            append(.code(code), to: &line, end: code.unicodeScalars.last)
        } else {
            appendInlines(of: node, to: &line)
        }
    }

    private mutating func appendEmoticon(_ node: Int32, to line: inout [Inline]) {
        let name = tree.string(.name, of: node)
        let emoji =
            tree.string(.emojiFallback, of: node) ?? name.flatMap { Self.emoticons[$0] }
            ?? tree.string(.emojiShortName, of: node) ?? name.map { ":\($0):" }
        if let emoji { appendChip(.emoji(emoji), .symbol, to: &line) }
    }

    /// `nil` when there is neither a source nor a word about it.
    private mutating func image(_ node: Int32) -> ImageReference? {
        var image = ImageReference(
            source: tree.string(.source, of: node) ?? "",
            alternative: tree.string(.alternative, of: node) ?? "",
            title: tree.string(.title, of: node) ?? "")
        if image.source.hasPrefix("data:") { image.source = "" }
        for child in tree.children(of: node) {
            switch tree.nodes[Int(child)].element {
            case .riAttachment: image.source = tree.string(.fileName, of: child) ?? ""
            case .riURL: image.source = tree.string(.value, of: child) ?? ""
            case .acCaption:
                let outer = text
                image.caption = inlines(in: child)
                text = outer
            default: break
            }
        }
        return image == ImageReference(source: "") ? nil : image
    }

    /// What Confluence draws for the emoticons that have no fallback of their own.
    private static let emoticons: [String: String] = [
        "smile": "🙂", "sad": "🙁", "cheeky": "😛", "laugh": "😀", "wink": "😉", "thumbs-up": "👍",
        "thumbs-down": "👎", "information": "ℹ️", "tick": "✅", "cross": "❌", "warning": "⚠️", "plus": "➕",
        "minus": "➖", "question": "❓", "light-on": "💡", "light-off": "💡", "yellow-star": "⭐",
        "red-star": "⭐", "green-star": "⭐", "blue-star": "⭐", "heart": "❤️", "broken-heart": "💔",
    ]
}
