import Foundation

/// Makes the block tree of a document in Atlassian Document Format, out of the elements of storage format that
/// say the same.
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
/// | extension, inlineExtension, bodiedExtension | the macro of that key, else what is kept in its place |
/// | unsupportedBlock, unsupportedInline | the node that the editor did not know |
/// | layoutSection, layoutColumn | `ac:layout-section`, `ac:layout-cell` |
/// | placeholder | nothing |
/// | any other | what it holds |
struct ADFStorage {
    private(set) var tree: StorageFormatTree
    /// Names that the document itself gives to the people it mentions.
    private(set) var names: [UserReference: String] = [:]
    /// Of storage format within the document.
    private(set) var warnings: [ParseWarning] = []
    /// Why storage format within the document could not be taken in.
    private(set) var failure: DocumentsError?

    /// Whether what is written stands in a document that was a string in another one.
    var isInStringDocument = false

    private let parser: StorageFormatParser

    /// - Parameters:
    ///   - tree: empty, with the limits to keep to.
    ///   - parser: reads storage format within the document.
    init(into tree: StorageFormatTree, parser: StorageFormatParser) {
        self.tree = tree
        self.parser = parser
    }

    /// Writes a node where blocks may stand.
    mutating func write(_ node: ADFValue) {
        if case .string(let loose) = node { return element(.paragraph) { $0.put(loose) } }
        switch node["type"]?.text ?? "" {
        case "paragraph": element(.paragraph) { $0.writeInlines(of: node) }
        case "heading":
            let level = min(max(node.attribute("level")?.integer ?? 1, 1), 6)
            element(.heading(level)) { $0.writeInlines(of: node) }
        case "blockquote": element(.quote) { $0.writeContent(of: node) }
        case "rule": element(.rule)
        case "bulletList": element(.unorderedList) { $0.writeContent(of: node) }
        case "orderedList":
            let start = node.attribute("order")?.integer.map { "\($0)" }
            element(.orderedList, [.start: start]) { $0.writeContent(of: node) }
        case "listItem": element(.listItem) { $0.writeContent(of: node) }
        case "taskList": element(.taskList) { $0.writeContent(of: node) }
        case "taskItem", "blockTaskItem": writeTask(node)
        case "decisionList", "decisionItem": writeDecisions(node)
        case "codeBlock": writeCode(node)
        case "panel": writePanel(node)
        case "expand", "nestedExpand":
            writeMacro("expand", ["title": node.attribute("title")?.text ?? ""]) { $0.writeContent(of: node) }
        case "layoutSection": element(.container) { $0.writeContent(of: node) }
        case "layoutColumn": element(.container) { $0.writeContent(of: node) }
        case "table", "tableRow", "tableHeader", "tableCell": writeTable(node)
        case "mediaSingle": writeMediaSingle(node)
        case "mediaGroup": writeMediaGroup(node)
        case "blockCard", "embedCard": element(.paragraph) { $0.writeInline(node) }
        case "extension", "bodiedExtension": writeExtension(node)
        case "unsupportedBlock": writeUnsupported(node, isInLine: false)
        case let type where Self.inlineTypes.contains(type): element(.paragraph) { $0.writeInline(node) }
        default: writeContent(of: node)
        }
    }

    static let inlineTypes: Set<String> = [
        "text", "hardBreak", "mention", "emoji", "date", "status", "inlineCard", "placeholder",
        "mediaInline", "inlineExtension", "image", "unsupportedInline",
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
        element(.paragraph) { $0.writeInlines(inlines) }
        line.removeAll()
    }

    // MARK: Writing

    mutating func put(_ characters: String) {
        tree.addText(characters)
    }

    typealias Attributes = KeyValuePairs<StorageAttribute, String?>

    /// - Parameter attributes: those without a value are left out.
    mutating func element(
        _ element: StorageElement, _ attributes: Attributes = [:],
        _ content: (inout ADFStorage) -> Void = { _ in }
    ) {
        open(element, attributes)
        content(&self)
        close()
    }

    mutating func open(_ element: StorageElement, _ attributes: Attributes = [:]) {
        guard tree.open(element) else { return }
        for (name, value) in attributes {
            if let value { tree.addAttribute(name, value: value) }
        }
        tree.finishOpening()
    }

    mutating func close() {
        tree.close()
    }

    mutating func writeMacro(
        _ name: String, _ parameters: KeyValuePairs<String, String>, body: (inout ADFStorage) -> Void
    ) {
        element(.macro, [.name: name]) { writer in
            for (name, value) in parameters { writer.writeParameter(name, value) }
            writer.element(.richTextBody, [:], body)
        }
    }

    mutating func writeParameter(_ name: String, _ value: String) {
        element(.parameter, [.name: name]) { $0.put(value) }
    }

    mutating func writePlainBody(_ body: String) {
        element(.plainTextBody) { $0.put(body) }
    }

    /// Storage format that the document holds as a string.
    mutating func graft(_ source: String) {
        do {
            let (grafted, found) = try parser.tree(of: source)
            tree.graft(grafted)
            warnings += found.filter { !warnings.contains($0) }
        } catch {
            failure = error
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
