extension StorageFormatBuilder {
    /// An HTML `a`: a link, or a place to link to. A link with nothing to see shows its address.
    mutating func appendAnchorElement(_ node: Int32, to line: inout [Inline]) {
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
    mutating func appendLink(_ node: Int32, to line: inout [Inline]) {
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
