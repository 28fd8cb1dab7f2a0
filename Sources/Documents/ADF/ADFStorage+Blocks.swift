extension ADFStorage {
    mutating func writeTask(_ node: ADFValue) {
        element(.task) { writer in
            let isDone = node.attribute("state")?.text == "DONE"
            writer.element(.taskStatus) { $0.put(isDone ? "complete" : "incomplete") }
            writer.element(.taskBody) { $0.writeItem(node) }
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
        element(.adfExtension) { writer in
            writer.element(.adfNode, [.type: "decision-list"]) { writer in
                for item in items {
                    writer.element(.adfNode, [.type: "decision-item"]) { writer in
                        writer.element(.adfContent) { $0.writeItem(item) }
                    }
                }
            }
        }
    }

    mutating func writePanel(_ node: ADFValue) {
        element(.adfExtension) { writer in
            writer.element(.adfNode, [.type: "panel"]) { writer in
                let kind = node.attribute("panelType")?.text ?? "panel"
                writer.element(.adfAttribute, [.key: "panel-type"]) { $0.put(kind) }
                writer.element(.adfContent) { $0.writeContent(of: node) }
            }
        }
    }

    mutating func writeCode(_ node: ADFValue) {
        element(.macro, [.name: "code"]) { writer in
            if let language = node.attribute("language")?.text { writer.writeParameter("language", language) }
            writer.writePlainBody(node.verbatimText)
        }
    }

    // MARK: Tables

    mutating func writeTable(_ node: ADFValue) {
        let element: StorageElement
        switch node["type"]?.text {
        case "table": element = .table
        case "tableRow": element = .tableRow
        case "tableHeader": element = .tableHeader
        default: element = .tableCell
        }
        let isCell = element == .tableHeader || element == .tableCell
        let spans: Attributes = [
            .columnSpan: isCell ? node.attribute("colspan")?.text : nil,
            .rowSpan: isCell ? node.attribute("rowspan")?.text : nil,
        ]
        self.element(element, spans) { $0.writeContent(of: node) }
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
        element(.acImage, [.alternative: words == name ? nil : words]) { writer in
            if let address {
                writer.element(.riURL, [.value: address])
            } else if let name {
                writer.element(.riAttachment, [.fileName: name])
            }
            if let caption { writer.element(.acCaption) { $0.writeInlines(of: caption) } }
        }
    }

    /// Files side by side: each is a link, as in storage format a `view-file` macro is one.
    mutating func writeMediaGroup(_ node: ADFValue) {
        for child in node["content"]?.elements ?? [] {
            guard let name = child.fileName ?? child.attribute("alt")?.text else { continue }
            element(.paragraph) { writer in
                writer.element(.acLink) {
                    $0.element(.riAttachment, [.fileName: name])
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
