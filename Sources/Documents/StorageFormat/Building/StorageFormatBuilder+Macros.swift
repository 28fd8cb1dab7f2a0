extension StorageFormatBuilder {
    /// A macro where blocks may stand. Where it shows nothing of its own, what the editor keeps in its place is
    /// shown.
    mutating func appendMacro(_ node: Int32, to flow: inout Flow) {
        let before = (flow.blocks.count, flow.line.count, text.byteCount)
        appendKnownMacro(node, to: &flow)
        switch tree.nodes[Int(node)].macro {
        // In a line they have seen to it themselves.
        case .unknown where !tree.nodes[Int(node)].hasBlock, .titled where !tree.nodes[Int(node)].hasBlock:
            return
        default: break
        }
        let isShown = before != (flow.blocks.count, flow.line.count, text.byteCount)
        guard let fallback = fallback(of: node, isShown: isShown) else { return }
        if tree.nodes[Int(fallback)].hasBlock {
            append(childrenOf: fallback, to: &flow)
        } else {
            appendChip { $0.appendInlines(of: fallback, to: &flow.line) }
        }
    }

    private mutating func appendKnownMacro(_ node: Int32, to flow: inout Flow) {
        let kind = tree.nodes[Int(node)].macro
        if kind.isBlock { endParagraph(&flow) }
        switch kind {
        case .code: appendCodeMacro(node, to: &flow)
        case .panel:
            let (title, blocks) = (parameter("title", of: node), body(of: node))
            if title != nil || !blocks.isEmpty {
                let kind = tree.string(.name, of: node)?.lowercased() ?? "panel"
                flow.blocks.append(.panel(kind: kind, title: title, blocks))
            }
        case .fold:
            let (title, blocks) = (parameter("title", "", of: node), body(of: node))
            if title != nil || !blocks.isEmpty { flow.blocks.append(.fold(title: title, blocks)) }
        case .container: flow.blocks += body(of: node)
        case .facts: flow.blocks += body(of: node).flatMap(\.facts)
        case .include, .excerptInclude, .multiExcerptInclude:
            if let include = include(node, kind) { flow.blocks.append(include) }
        case .mathBlock:
            let source = source(of: node)
            if !source.isEmpty { flow.blocks.append(.math(source)) }
        case .excerpt where tree.nodes[Int(node)].hasBlock || isAtStart(flow):
            endParagraph(&flow)
            let blocks = body(of: node)
            let name = parameter("name", of: node) ?? parameter("MultiExcerptName", of: node) ?? ""
            if !blocks.isEmpty { flow.blocks.append(.excerpt(name: name, blocks)) }
        case .live where tree.nodes[Int(node)].hasBlock, .jira where tree.nodes[Int(node)].hasBlock,
            .web where tree.nodes[Int(node)].hasBlock:
            endParagraph(&flow)
            flow.blocks += body(of: node)
        case .unknown where tree.nodes[Int(node)].hasBlock, .titled where tree.nodes[Int(node)].hasBlock:
            endParagraph(&flow)
            appendUnknown(node, to: &flow)
        case .jira, .web, .file, .profile, .diagram, .titled, .unknown, .status: appendObject(node, to: &flow)
        default: appendInlineMacro(node, to: &flow.line)
        }
    }

    /// A macro that may stand in a sentence or alone. Two in a row don't run into each other.
    private mutating func appendObject(_ node: Int32, to flow: inout Flow) {
        if !flow.line.isEmpty, flow.objectEnd == flow.line.count, text.isBlank {
            let isInSentence = tree.nodes[Int(tree.nodes[Int(node)].parent)].element == .paragraph
            if isInSentence || tree.nodes[Int(node)].macro == .status {
                text.append(" ")
            } else {
                endParagraph(&flow)
            }
        }
        appendInlineMacro(node, to: &flow.line)
        commitText(to: &flow.line)
        flow.objectEnd = flow.line.count
    }

    private func isAtStart(_ flow: Flow) -> Bool {
        flow.line.isEmpty && text.isBlank
    }

    /// A macro where only inlines may stand.
    mutating func appendInlineMacro(_ node: Int32, to line: inout [Inline]) {
        let before = (line.count, text.byteCount)
        appendKnownInlineMacro(node, to: &line)
        let isShown = before != (line.count, text.byteCount)
        guard let fallback = fallback(of: node, isShown: isShown) else { return }
        appendChip { $0.appendInlines(of: fallback, to: &line) }
    }

    private mutating func appendKnownInlineMacro(_ node: Int32, to line: inout [Inline]) {
        switch tree.nodes[Int(node)].macro {
        case .status:
            if let title = parameter("title", of: node) { appendChip(.status(title), to: &line) }
        case .anchor:
            if let name = parameter("", of: node) { append(.anchor(name), to: &line, isVisible: false) }
        case .jira: appendJira(node, to: &line)
        case .web:
            let address = parameter("url", "src", "baseurl", "", of: node)
            if let target = resource(of: node) ?? address.map({ .url($0) }) {
                appendChip { $0.appendLink(target, [], to: &line) }
            }
        case .file:
            let name = parameter("name", "file", "filename", "", of: node)
            if let target = resource(of: node) ?? name.map({ .attachment(fileName: $0, pageTitle: nil) }) {
                appendChip { $0.appendLink(target, [], to: &line) }
            }
        case .profile: appendProfile(node, to: &line)
        case .diagram: appendDiagram(node, to: &line)
        case .mathInline, .mathBlock:
            let source = source(of: node)
            if !source.isEmpty { appendChip(.math(source), to: &line) }
        case .time:
            if let day = parameter("datetime", "date", "", of: node) { appendChip { $0.text.append(day) } }
        case .include, .excerptInclude, .multiExcerptInclude:
            if case .page(let title, _, _)? = page(of: node) { appendChip { $0.text.append(title) } }
        case .live:
            // The plain body of one, as of `style`, is for machines.
            if let body = tree.child(.richTextBody, of: node) {
                appendChip { $0.appendInlines(of: body, to: &line) }
            }
        case .excerpt:
            noteExcerpt(node)
            appendInlineBody(of: node, to: &line)
        case .unknown, .titled:
            noteIfUnknown(node)
            let title = parameter("title", of: node)
            let hasBody = hasBody(node)
            guard title != nil || hasBody else { break }
            appendChip { builder in
                if let title { builder.text.append(hasBody ? title + " " : title) }
                builder.appendInlineBody(of: node, to: &line)
            }
        default: appendInlineBody(of: node, to: &line)
        }
    }

    private mutating func appendInlineBody(of node: Int32, to line: inout [Inline]) {
        for child in tree.children(of: node) where !isFallback(child) { appendInline(child, to: &line) }
    }

    /// Keeps an excerpt within a sentence for those who include it. One in another is part of that one.
    private mutating func noteExcerpt(_ node: Int32) {
        guard !isInExcerpt else { return }
        isInExcerpt = true
        let outer = text
        let words = inlines(in: node)
        text = outer
        isInExcerpt = false
        let name = parameter("name", "MultiExcerptName", of: node) ?? ""
        if !words.isEmpty { sentenceExcerpts.append(.excerpt(name: name, [.paragraph(words)])) }
    }

    // MARK: One family each

    private mutating func appendCodeMacro(_ node: Int32, to flow: inout Flow) {
        let body = tree.child(.plainTextBody, of: node) ?? tree.child(.richTextBody, of: node)
        let name = tree.string(.name, of: node) ?? "code"
        guard let body else {
            // A diagram lies in an attachment; code lies nowhere else.
            guard StorageMacro.isDiagramSource(name) else { return }
            appendDiagram(node, to: &flow.line)
            return endParagraph(&flow)
        }
        let text = code(in: body)
        var language = parameter("language", "lang", "", of: node)
        switch name.lowercased() {
        case "code", "codeblock", "code-block", "paste-code-macro": break
        case "noformat", "preformatted": language = nil
        default: language = name.hasPrefix("mermaid") ? "mermaid" : name.lowercased()
        }
        guard !text.isEmpty else { return }
        flow.blocks.append(.code(language: language, title: parameter("title", of: node), text: text))
    }

    private mutating func noteIfUnknown(_ node: Int32) {
        guard tree.nodes[Int(node)].macro == .unknown, let name = tree.string(.name, of: node) else { return }
        noteUnknownMacro(name)
    }

    private mutating func appendUnknown(_ node: Int32, to flow: inout Flow) {
        noteIfUnknown(node)
        let blocks = body(of: node)
        if let title = parameter("title", of: node) {
            flow.blocks.append(.fold(title: title, blocks))
        } else {
            flow.blocks += blocks
        }
    }

    private mutating func appendJira(_ node: Int32, to line: inout [Inline]) {
        let words =
            parameter("key", "issueKey", of: node)
            ?? parameter("jqlQuery", "jql", of: node).map { "Jira: \($0)" } ?? parameter("", of: node)
        if let words { appendChip(.text(words), to: &line) }
    }

    private mutating func appendProfile(_ node: Int32, to line: inout [Inline]) {
        for child in tree.children(of: node) where isParameter(child) {
            let people = tree.children(of: child).flatMap { [$0] + Array(tree.children(of: $0)) }
            if let person = people.lazy.compactMap({ [self] in user($0) }).first {
                return appendChip(.mention(person), to: &line)
            }
        }
        if let name = parameter("user", "User", "", of: node) {
            appendChip(.mention(.username(name)), to: &line)
        }
    }

    private mutating func appendDiagram(_ node: Int32, to line: inout [Inline]) {
        var name = parameter("diagramName", "diagramDisplayName", "name", "documentName", "title", of: node)
        if case .attachment(let fileName, _)? = resource(of: node) { name = name ?? fileName }
        name = name ?? parameter("filename", "", of: node)
        let words = parameter("alt", "altText", "description", "caption", of: node)
        guard name != nil || words != nil else { return }
        let image = ImageReference(source: name ?? "", alternative: words ?? "", isDiagram: true)
        append(.image(image), to: &line)
    }

    /// `nil` when the page that is meant is not named.
    private func include(_ node: Int32, _ kind: StorageMacro) -> Block? {
        let excerpt: String? =
            switch kind {
            case .include: nil
            case .excerptInclude: parameter("name", of: node) ?? ""
            default: parameter("MultiExcerptName", "name", of: node) ?? ""
            }
        guard case .page(let title, let spaceKey, _)? = page(of: node) else { return nil }
        return .include(title: title, spaceKey: spaceKey, excerpt: excerpt)
    }

    /// The page that an including macro names: as a link, or as `SPACE:Title`.
    private func page(of node: Int32) -> LinkTarget? {
        if let target = resource(of: node) {
            if case .blogPost(let title, let spaceKey, _) = target {
                return .page(title: title, spaceKey: spaceKey, anchor: nil)
            }
            return target
        }
        guard let name = parameter("PageWithExcerpt", "pageTitle", "page", "", of: node) else { return nil }
        if let colon = name.firstIndex(of: ":"), !name[..<colon].contains(" "), name[..<colon] != "" {
            let title = String(name[name.index(after: colon)...])
            return .page(title: title, spaceKey: String(name[..<colon]), anchor: nil)
        }
        return .page(title: name, spaceKey: nil, anchor: nil)
    }
}
