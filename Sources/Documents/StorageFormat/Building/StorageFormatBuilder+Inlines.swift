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
    private mutating func gather(
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

    // MARK: Links

    /// An HTML `a`: a link, or a place to link to. A link with nothing to see shows its address.
    private mutating func appendAnchorElement(_ node: Int32, to line: inout [Inline]) {
        if let address = tree.string(.href, of: node) {
            let isLocal = address.utf8.first == UInt8(ascii: "#")
            let target: LinkTarget = isLocal ? .anchor(String(address.dropFirst())) : .url(address)
            // A smart link is shown as a card.
            let isCard = tree.attribute(.cardAppearance, of: node) != nil
            if isCard { text.part(before: .words) }
            defer { if isCard, !text.isAfterSpace { text.interrupt(by: .words) } }
            let isShown = appendLink(target, showing: tree.children(of: node), to: &line)
            if !isShown, address.hasPrefix("http") { appendLink(target, [], to: &line) }
        } else {
            if let name = tree.string(.name, of: node) {
                append(.anchor(name), to: &line, isVisible: false)
            }
            appendInlines(of: node, to: &line)
        }
    }

    /// `ac:link`: what it holds says where it leads, its body what is seen, or without one what else it holds.
    private mutating func appendLink(_ node: Int32, to line: inout [Inline]) {
        let anchor = tree.string(.anchor, of: node)
        var target: LinkTarget? = anchor.map { .anchor($0) }
        var person: UserReference?
        var body: Int32?
        var loose: [Int32] = []
        for child in tree.children(of: node) {
            switch tree.nodes[Int(child)].element {
            case .acLinkBody, .acPlainTextLinkBody: body = child
            case .riUser: person = user(child)
            default:
                let found = self.target(child, anchor: anchor)
                if found == nil { loose.append(child) }
                target = found ?? target
            }
        }
        if let body {
            if appendLink(target, showing: tree.children(of: body), to: &line) { return }
        } else if loose.contains(where: { !isBlankText($0) }) {
            if appendLink(target, showing: loose, to: &line) { return }
        }
        if let person {
            appendChip(.mention(person), to: &line)
        } else if let target {
            appendLink(target, [], to: &line)
        }
    }

    private func isBlankText(_ node: Int32) -> Bool {
        let text = tree.nodes[Int(node)]
        return text.element == .text && tree.bytes[Int(text.start)..<Int(text.end)].allSatisfy { $0 <= 0x20 }
    }

    /// - Returns: whether there is anything to see in the body.
    private mutating func appendLink(
        _ target: LinkTarget?, showing body: some Sequence<Int32>, to line: inout [Inline]
    ) -> Bool {
        let inner = gather(within: &line) { builder, inner in
            for child in body { builder.appendInline(child, to: &inner) }
        }
        if inner.isEmpty { return false }
        if inner.isSpace {
            line += inner
            return false
        }
        if let target { line.append(.link(target, inner)) } else { line += inner }
        return true
    }

    /// - Parameter label: what is seen; the target's title when it is empty.
    mutating func appendLink(_ target: LinkTarget, _ label: [Inline], to line: inout [Inline]) {
        let title = target.title
        append(
            .link(target, label.isEmpty ? title.map { [.text($0)] } ?? [] : label), to: &line,
            end: label.isEmpty ? title?.unicodeScalars.last : nil)
    }

    /// Where a `ri:` element points.
    func target(_ node: Int32, anchor: String?) -> LinkTarget? {
        switch tree.nodes[Int(node)].element {
        case .riPage:
            guard let title = tree.string(.contentTitle, of: node) else { return nil }
            return .page(title: title, spaceKey: tree.string(.spaceKey, of: node), anchor: anchor)
        case .riBlogPost:
            guard let title = tree.string(.contentTitle, of: node) else { return nil }
            return .blogPost(
                title: title, spaceKey: tree.string(.spaceKey, of: node),
                postingDay: tree.string(.postingDay, of: node))
        case .riAttachment:
            let page = tree.children(of: node).lazy.compactMap { tree.string(.contentTitle, of: $0) }.first
            return tree.string(.fileName, of: node).map { .attachment(fileName: $0, pageTitle: page) }
        case .riURL: return tree.string(.value, of: node).map { .url($0) }
        case .riSpace: return tree.string(.spaceKey, of: node).map { .space(key: $0) }
        case .riContentEntity: return tree.string(.contentID, of: node).map { .content(id: $0) }
        case .riShortcut:
            guard let parameter = tree.string(.shortcutParameter, of: node) else { return nil }
            return .shortcut(key: tree.string(.shortcutKey, of: node) ?? "", parameter: parameter)
        default: return nil
        }
    }

    func user(_ node: Int32) -> UserReference? {
        tree.string(.accountID, of: node).map { .accountID($0) }
            ?? tree.string(.userKey, of: node).map { .userKey($0) }
            ?? tree.string(.userName, of: node).map { .username($0) }
    }

    // MARK: Images

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

extension LinkTarget {
    /// What stands for a link that has no text of its own.
    var title: String? {
        switch self {
        case .url(let address): address
        case .page(let title, _, _), .blogPost(let title, _, _): title
        case .attachment(let fileName, _): fileName
        case .space(let key): key
        case .anchor(let name): name
        case .content(let id): "page \(id)"
        case .shortcut(_, let parameter): parameter
        }
    }
}
