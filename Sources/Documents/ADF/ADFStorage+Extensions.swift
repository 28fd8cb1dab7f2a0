extension ADFStorage {
    /// A macro, whether Confluence's own or an app's.
    mutating func writeExtension(_ node: ADFValue) {
        guard let name = node.attribute("extensionKey")?.text else {
            if node.holdsContent { writeContent(of: node) } else { writeFallback(of: node) }
            return
        }
        element(.macro, [.name: name]) { writer in
            let plainBody = writer.writeParameters(of: node)
            if let plainBody { writer.writePlainBody(plainBody) }
            if node.holdsContent {
                writer.element(.richTextBody) { $0.writeContent(of: node) }
            } else if name.contains("UnsupportedContent") {
                // Confluence puts it in place of what its editor does not know. What is kept there is the page's.
                writer.element(.richTextBody) { $0.writeFallback(of: node) }
            } else if plainBody == nil {
                writer.element(.adfFallback) { $0.writeFallback(of: node) }
            }
        }
    }

    /// - Returns: the body, where it is text that is taken as it stands.
    private mutating func writeParameters(of node: ADFValue) -> String? {
        let settings = node.attribute("parameters")
        guard case .object(let members)? = settings?["macroParams"] ?? settings else { return nil }
        var plainBody: String?
        for (name, value) in members.sorted(by: { $0.key < $1.key }) where !Self.fallbackNames.contains(name)
        {
            guard let value = value["value"]?.text ?? value.text else { continue }
            if name == "__bodyContent" { plainBody = value } else { writeParameter(name, value) }
        }
        return plainBody
    }

    // MARK: What stands for something else

    private static let fallbackNames: Set<String> = ["nestedContent", "cxhtml"]

    /// What an extension keeps to be shown where it cannot be: a document within it, or storage format, or words.
    mutating func writeFallback(of node: ADFValue) {
        let settings = node.attribute("parameters")
        func setting(_ name: String) -> ADFValue? {
            let given = settings?[name] ?? settings?["macroParams"]?[name]
            return given?["value"] ?? given
        }
        let nested = setting("nestedContent")
        if let document = nested.flatMap(self.document), document.holdsWords {
            let outer = isInStringDocument
            if case .string? = nested { isInStringDocument = true }
            writeNested(document)
            isInStringDocument = outer
        } else if let markup = setting("cxhtml")?.text {
            graft(markup)
        } else if let words = node.attribute("text")?.text {
            put(words)
        }
    }

    /// A document that may be written as a string, but not as one in one in one: each could be as deep as a page.
    private func document(_ value: ADFValue) -> ADFValue? {
        guard case .string(let source) = value else { return value }
        guard !isInStringDocument else { return nil }
        var reader = ADFReader(source, maxDepth: 256)
        return try? reader.read()
    }

    /// One paragraph goes on with the line that it stands in.
    private mutating func writeNested(_ document: ADFValue) {
        let nodes = document["type"]?.text == "doc" ? document["content"]?.elements ?? [] : [document]
        if nodes.count == 1, nodes[0]["type"]?.text == "paragraph" {
            writeInlines(of: nodes[0])
        } else {
            for node in nodes { write(node) }
        }
    }

    /// A node that the editor did not know is kept whole in the one that stands for it.
    ///
    /// - Parameter isInLine: whether it stands in running text.
    mutating func writeUnsupported(_ node: ADFValue, isInLine: Bool) {
        guard let original = node.attribute("originalValue"), !node.holdsContent else {
            return isInLine ? writeInlines(of: node) : writeContent(of: node)
        }
        if isInLine, Self.inlineTypes.contains(original["type"]?.text ?? "") {
            writeInlines([original])
        } else {
            write(original)
        }
    }
}

extension ADFValue {
    fileprivate var holdsContent: Bool { !(self["content"]?.elements ?? []).isEmpty }

    /// Whether anything below it can be shown: a node that is more than a frame around others.
    fileprivate var holdsWords: Bool {
        if let words = self["text"]?.text ?? attribute("text")?.text ?? attribute("url")?.text {
            return !words.isEmpty
        }
        let content = self["content"]?.elements ?? []
        if content.isEmpty { return self["attrs"] != nil && self["type"]?.text != "paragraph" }
        return content.contains(where: \.holdsWords)
    }
}
