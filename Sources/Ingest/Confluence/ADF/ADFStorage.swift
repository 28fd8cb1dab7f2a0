import Foundation

/// Writes a document of Atlassian Document Format in storage format.
///
/// | node | storage format |
/// |---|---|
/// | paragraph, heading, blockquote, rule, hardBreak | `p`, `h1`–`h6`, `blockquote`, `hr`, `br` |
/// | bulletList, orderedList, listItem | `ul`, `ol`, `li` |
/// | taskList, taskItem, blockTaskItem | `ac:task-list`, `ac:task` |
/// | decisionList, decisionItem | `ac:adf-extension` of a `decision-list` |
/// | table, tableRow, tableHeader, tableCell | `table`, `tr`, `th`, `td` with their spans, without numbers of rows |
/// | codeBlock, panel, expand, nestedExpand, status | the macro that does the same |
/// | mediaSingle, media, mediaInline, caption | `ac:image` |
/// | mediaGroup | a link to each file |
/// | inlineCard, blockCard, embedCard | `a` |
/// | mention, emoji, date | `ri:user`, `ac:emoticon`, `time` |
/// | extension, inlineExtension, bodiedExtension | the macro of that key |
/// | layoutSection, layoutColumn | `ac:layout-section`, `ac:layout-cell` |
/// | placeholder | nothing |
/// | any other | what it holds |
struct ADFStorage {
    var text = ""
    /// Names that the document itself gives to the people it mentions.
    private(set) var names: [UserReference: String] = [:]
    var isDepthCut = false

    /// Writes a node where blocks may stand.
    mutating func write(_ node: ADFValue) {
        if case .string(let loose) = node { return element("p") { $0.put(loose) } }
        switch node["type"]?.text ?? "" {
        case "paragraph": element("p") { $0.writeInlines(of: node) }
        case "heading":
            let level = min(max(node.attribute("level")?.integer ?? 1, 1), 6)
            element("h\(level)") { $0.writeInlines(of: node) }
        case "blockquote": element("blockquote") { $0.writeContent(of: node) }
        case "rule": text += "<hr/>"
        case "bulletList": element("ul") { $0.writeContent(of: node) }
        case "orderedList":
            let start = node.attribute("order")?.integer.map { " start=\"\($0)\"" } ?? ""
            element("ol", start) { $0.writeContent(of: node) }
        case "listItem": element("li") { $0.writeContent(of: node) }
        case "taskList": element("ac:task-list") { $0.writeContent(of: node) }
        case "taskItem", "blockTaskItem": writeTask(node)
        case "decisionList", "decisionItem": writeDecisions(node)
        case "codeBlock": writeCode(node)
        case "panel": writePanel(node)
        case "expand", "nestedExpand":
            writeMacro("expand", ["title": node.attribute("title")?.text ?? ""]) { $0.writeContent(of: node) }
        case "layoutSection": element("ac:layout-section") { $0.writeContent(of: node) }
        case "layoutColumn": element("ac:layout-cell") { $0.writeContent(of: node) }
        case "table", "tableRow", "tableHeader", "tableCell": writeTable(node)
        case "mediaSingle": writeMediaSingle(node)
        case "mediaGroup": writeMediaGroup(node)
        case "blockCard", "embedCard": element("p") { $0.writeInline(node) }
        case "extension", "bodiedExtension": writeExtension(node)
        case let type where Self.inlineTypes.contains(type): element("p") { $0.writeInline(node) }
        default: writeContent(of: node)
        }
    }

    static let inlineTypes: Set<String> = [
        "text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "placeholder",
        "mediaInline", "inlineExtension", "image",
    ]

    /// What a node holds. Inlines in a row share a paragraph, as they do where the format misses one.
    mutating func writeContent(of node: ADFValue) {
        var line: [ADFValue] = []
        for child in node["content"]?.elements ?? [] {
            if Self.inlineTypes.contains(child["type"]?.text ?? "") {
                line.append(child)
            } else {
                writeLine(&line)
                write(child)
            }
        }
        writeLine(&line)
    }

    private mutating func writeLine(_ line: inout [ADFValue]) {
        guard !line.isEmpty else { return }
        let inlines = line
        element("p") { $0.writeInlines(inlines) }
        line.removeAll()
    }

    // MARK: Writing

    mutating func put(_ characters: String) {
        for scalar in characters.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    mutating func element(
        _ name: String, _ attributes: String = "", _ content: (inout ADFStorage) -> Void = { _ in }
    ) {
        text += "<\(name)\(attributes)>"
        content(&self)
        text += "</\(name)>"
    }

    mutating func emptyElement(_ name: String, _ attributes: String) {
        text += "<\(name)\(attributes)/>"
    }

    /// ` name="value"`, or nothing for no value.
    static func attribute(_ name: String, _ value: String?) -> String {
        guard let value else { return "" }
        var writer = ADFStorage()
        writer.put(value)
        return " \(name)=\"\(writer.text)\""
    }

    mutating func writeMacro(
        _ name: String, _ parameters: KeyValuePairs<String, String>, body: (inout ADFStorage) -> Void
    ) {
        element("ac:structured-macro", Self.attribute("ac:name", name)) { writer in
            for (name, value) in parameters { writer.writeParameter(name, value) }
            writer.element("ac:rich-text-body", "", body)
        }
    }

    mutating func writeParameter(_ name: String, _ value: String) {
        element("ac:parameter", Self.attribute("ac:name", name)) { $0.put(value) }
    }

    mutating func writePlainBody(_ body: String) {
        element("ac:plain-text-body") { writer in
            writer.text += "<![CDATA[" + body.replacing("]]>", with: "]]]]><![CDATA[>") + "]]>"
        }
    }

    /// A person's name as the document gives it.
    mutating func note(_ name: String, of user: UserReference) {
        names[user] = name
    }
}

extension ADFValue {
    /// One of the node's attributes.
    func attribute(_ name: String) -> ADFValue? {
        self["attrs"]?[name]
    }
}
