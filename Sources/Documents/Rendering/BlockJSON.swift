import Foundation

/// Blocks as JSON: one object each, told apart by `type`, with only the keys that it needs.
///
/// For people and tools that want to see what Millrace sees; nothing in Millrace reads it back.
public struct BlockJSON: Hashable, Codable, Sendable {
    /// `heading`, `paragraph`, `list`, `item`, `table`, `row`, `cell`, `text`, `link`, …
    public var type: String
    /// 1 to 6, of a heading.
    public var level: Int?
    /// Of a list.
    public var isOrdered: Bool?
    /// The first number of an ordered list, unless it is 1.
    public var start: Int?
    /// Of a task.
    public var isComplete: Bool?
    /// Of a cell.
    public var isHeader: Bool?
    /// Of a cell, unless it is 1.
    public var columnSpan: Int?
    /// Of a cell, unless it is 1.
    public var rowSpan: Int?
    /// Of a panel.
    public var kind: String?
    /// Of a block of code.
    public var language: String?
    /// Of a panel, a fold, an image or a block of code.
    public var title: String?
    /// A run of text, code, mathematics or an emoji.
    public var text: String?
    /// Where a link leads, in Confluence's own notation: a URL, `SPACE:Title#anchor`, `Page^file`.
    public var target: String?
    /// The file, URL or diagram of an image; the page of an include.
    public var source: String?
    /// What stands for an image.
    public var alternative: String?
    /// An excerpt's name.
    public var name: String?
    /// The term of a definition or fact; an image's or a table's caption.
    public var label: [BlockJSON]?
    /// What it holds, in reading order.
    public var content: [BlockJSON]?

    private init(_ type: String, content: [BlockJSON]? = nil) {
        self.type = type
        self.content = content
    }

    private init(_ type: String, text: String) {
        self.type = type
        self.text = text
    }

    /// The blocks of a page as an indented JSON array, keys in alphabetical order.
    public static func string(_ blocks: [Block]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(blocks.map { BlockJSON($0) }), as: UTF8.self)
    }
}

extension BlockJSON {
    /// A block with all that it holds.
    public init(_ block: Block) {
        switch block {
        case .heading(let level, let inlines):
            self.init("heading", content: Self.inlines(inlines))
            self.level = level
        case .paragraph(let inlines): self.init("paragraph", content: Self.inlines(inlines))
        case .list(let isOrdered, let start, let items):
            self.init("list", content: items.map { BlockJSON($0) })
            self.isOrdered = isOrdered
            self.start = start == 1 ? nil : start
        case .definitions(let definitions):
            self.init("definitions", content: definitions.map { BlockJSON($0) })
        case .facts(let facts): self.init("facts", content: facts.map { BlockJSON($0) })
        case .table(let table):
            self.init(
                "table", content: table.rows.map { BlockJSON("row", content: $0.map { BlockJSON($0) }) })
            label = table.caption.isEmpty ? nil : Self.inlines(table.caption)
        case .code(let language, let title, let text):
            self.init("code", text: text)
            self.language = language
            self.title = title
        case .panel(let kind, let title, let blocks):
            self.init("panel", content: blocks.map { BlockJSON($0) })
            self.kind = kind
            self.title = title
        case .quote(let blocks): self.init("quote", content: blocks.map { BlockJSON($0) })
        case .fold(let title, let blocks):
            self.init("fold", content: blocks.map { BlockJSON($0) })
            self.title = title
        case .image(let image): self.init(image)
        case .include(let title, let spaceKey, let excerpt):
            self.init("include")
            source = LinkTarget.page(title: title, spaceKey: spaceKey, anchor: nil).notation
            name = excerpt
        case .excerpt(let name, let blocks):
            self.init("excerpt", content: blocks.map { BlockJSON($0) })
            self.name = name.isEmpty ? nil : name
        case .math(let source): self.init("math", text: source)
        case .rule: self.init("rule")
        }
    }

    /// A piece of running text with all that it holds.
    public init(_ inline: Inline) {
        switch inline {
        case .text(let text): self.init("text", text: text)
        case .emphasis(let inner): self.init("emphasis", content: Self.inlines(inner))
        case .strong(let inner): self.init("strong", content: Self.inlines(inner))
        case .strikethrough(let inner): self.init("strikethrough", content: Self.inlines(inner))
        case .superscript(let inner): self.init("superscript", content: Self.inlines(inner))
        case .subscript(let inner): self.init("subscript", content: Self.inlines(inner))
        case .code(let text): self.init("code", text: text)
        case .link(let target, let inner):
            self.init("link", content: Self.inlines(inner))
            self.target = target.notation
        case .image(let image): self.init(image)
        case .mention(let person):
            self.init("mention")
            switch person {
            case .accountID(let id): (kind, source) = ("accountID", id)
            case .userKey(let key): (kind, source) = ("userKey", key)
            case .username(let name): (kind, source) = ("username", name)
            }
        case .status(let text): self.init("status", text: text)
        case .emoji(let text): self.init("emoji", text: text)
        case .math(let source): self.init("math", text: source)
        case .lineBreak: self.init("lineBreak")
        case .anchor(let name):
            self.init("anchor")
            self.name = name
        }
    }

    private static func inlines(_ inlines: [Inline]) -> [BlockJSON] {
        inlines.map { BlockJSON($0) }
    }

    private init(_ image: ImageReference) {
        self.init(image.isDiagram ? "diagram" : "image")
        source = image.source
        alternative = image.alternative.isEmpty ? nil : image.alternative
        title = image.title.isEmpty ? nil : image.title
        label = image.caption.isEmpty ? nil : Self.inlines(image.caption)
    }

    private init(_ item: ListItem) {
        self.init("item", content: item.blocks.map { BlockJSON($0) })
        isComplete = item.isComplete
    }

    private init(_ definition: Definition) {
        self.init("definition", content: definition.blocks.map { BlockJSON($0) })
        label = Self.inlines(definition.term)
    }

    private init(_ cell: TableCell) {
        self.init("cell", content: cell.blocks.map { BlockJSON($0) })
        isHeader = cell.isHeader ? true : nil
        columnSpan = cell.columnSpan == 1 ? nil : cell.columnSpan
        rowSpan = cell.rowSpan == 1 ? nil : cell.rowSpan
    }
}

extension LinkTarget {
    /// The target in the notation of Confluence's wiki markup; a URL is itself.
    public var notation: String {
        switch self {
        case .url(let address): address
        case .page(let title, let spaceKey, let anchor):
            (spaceKey.map { $0 + ":" } ?? "") + title + (anchor.map { "#" + $0 } ?? "")
        case .blogPost(let title, let spaceKey, let day):
            (spaceKey.map { $0 + ":" } ?? "") + "/" + (day.map { $0 + "/" } ?? "") + title
        case .attachment(let fileName, let pageTitle): (pageTitle ?? "") + "^" + fileName
        case .space(let key): key + ":"
        case .anchor(let name): "#" + name
        case .content(let id): "$" + id
        case .shortcut(let key, let parameter): parameter + "@" + key
        }
    }
}
