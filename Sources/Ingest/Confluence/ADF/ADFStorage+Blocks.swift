extension ADFStorage {
    mutating func writeTask(_ node: ADFValue) {
        element("ac:task") { writer in
            let isDone = node.attribute("state")?.text == "DONE"
            writer.element("ac:task-status") { $0.put(isDone ? "complete" : "incomplete") }
            writer.element("ac:task-body") { $0.writeItem(node) }
        }
    }

    /// The content of a task or decision, which is running text unless it says otherwise.
    private mutating func writeItem(_ node: ADFValue) {
        let content = node["content"]?.elements ?? []
        if content.allSatisfy({ Self.inlineTypes.contains($0["type"]?.text ?? "") }) {
            writeInlines(content)
        } else {
            writeContent(of: node)
        }
    }

    mutating func writeDecisions(_ node: ADFValue) {
        let items = node["type"]?.text == "decisionItem" ? [node] : node["content"]?.elements ?? []
        element("ac:adf-extension") { writer in
            writer.element("ac:adf-node", " type=\"decision-list\"") { writer in
                for item in items {
                    writer.element("ac:adf-node", " type=\"decision-item\"") { writer in
                        writer.element("ac:adf-content") { $0.writeItem(item) }
                    }
                }
            }
        }
    }

    mutating func writePanel(_ node: ADFValue) {
        element("ac:adf-extension") { writer in
            writer.element("ac:adf-node", " type=\"panel\"") { writer in
                let kind = node.attribute("panelType")?.text ?? "panel"
                writer.element("ac:adf-attribute", " key=\"panel-type\"") { $0.put(kind) }
                writer.element("ac:adf-content") { $0.writeContent(of: node) }
            }
        }
    }

    mutating func writeCode(_ node: ADFValue) {
        element("ac:structured-macro", " ac:name=\"code\"") { writer in
            if let language = node.attribute("language")?.text { writer.writeParameter("language", language) }
            writer.writePlainBody(node.verbatimText)
        }
    }

    // MARK: Tables

    mutating func writeTable(_ node: ADFValue) {
        let tags = ["table": "table", "tableRow": "tr", "tableHeader": "th", "tableCell": "td"]
        let type = node["type"]?.text ?? ""
        var attributes = ""
        if type == "tableHeader" || type == "tableCell" {
            attributes =
                Self.attribute("colspan", node.attribute("colspan")?.text)
                + Self.attribute("rowspan", node.attribute("rowspan")?.text)
        }
        element(tags[type] ?? "td", attributes) { $0.writeContent(of: node) }
    }

    // MARK: Media

    /// A picture with the line below it.
    mutating func writeMediaSingle(_ node: ADFValue) {
        let content = node["content"]?.elements ?? []
        let caption = content.first { $0["type"]?.text == "caption" }
        for child in content where child["type"]?.text != "caption" {
            if child["type"]?.text == "media" { writeMedia(child, caption: caption) } else { write(child) }
        }
    }

    /// - Parameter caption: a node whose content is the line below the picture.
    mutating func writeMedia(_ node: ADFValue, caption: ADFValue? = nil) {
        let words = node.attribute("alt")?.text
        let address = node.attribute("url")?.text
        let name = node.fileName ?? (address == nil && Self.isFileName(words) ? words : nil)
        guard words != nil || address != nil || name != nil || caption != nil else { return }
        element("ac:image", Self.attribute("ac:alt", words == name ? nil : words)) { writer in
            if let address {
                writer.emptyElement("ri:url", Self.attribute("ri:value", address))
            } else if let name {
                writer.emptyElement("ri:attachment", Self.attribute("ri:filename", name))
            }
            if let caption { writer.element("ac:caption") { $0.writeInlines(of: caption) } }
        }
    }

    /// Files side by side: each is a link, as in storage format a `view-file` macro is one.
    mutating func writeMediaGroup(_ node: ADFValue) {
        for child in node["content"]?.elements ?? [] {
            guard let name = child.fileName ?? child.attribute("alt")?.text else { continue }
            element("p") { writer in
                writer.element("ac:link") {
                    $0.emptyElement("ri:attachment", Self.attribute("ri:filename", name))
                }
            }
        }
    }

    /// Confluence writes an attachment's name as its alternative text; a person writes words.
    private static func isFileName(_ words: String?) -> Bool {
        guard let words, let dot = words.lastIndex(of: ".") else { return false }
        let ending = words[words.index(after: dot)...]
        return (2...5).contains(ending.count) && ending.allSatisfy { $0.isLetter || $0.isNumber }
    }

    // MARK: Macros

    mutating func writeExtension(_ node: ADFValue) {
        guard let name = node.attribute("extensionKey")?.text else { return writeContent(of: node) }
        let settings = node.attribute("parameters")
        let given = settings?["macroParams"] ?? settings
        element("ac:structured-macro", Self.attribute("ac:name", name)) { writer in
            var plainBody: String?
            if case .object(let members)? = given {
                for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                    guard let value = value["value"]?.text ?? value.text else { continue }
                    if name == "__bodyContent" {
                        plainBody = value
                    } else {
                        writer.writeParameter(name, value)
                    }
                }
            }
            if let plainBody { writer.writePlainBody(plainBody) }
            if !(node["content"]?.elements ?? []).isEmpty {
                writer.element("ac:rich-text-body") { $0.writeContent(of: node) }
            }
        }
    }
}

extension ADFValue {
    /// A file's name, where the node gives one.
    var fileName: String? {
        (attribute("__fileName") ?? attribute("fileName"))?.text
    }

    /// The texts of a node one after the other, as code has them.
    var verbatimText: String {
        if case .string(let text) = self { return text }
        if case .string(let text)? = self["text"] { return text }
        if self["type"]?.text == "hardBreak" { return "\n" }
        return (self["content"]?.elements ?? []).map(\.verbatimText).joined()
    }
}
