/// A piece of running text.
public enum Inline: Hashable, Sendable {
    case text(String)
    case emphasis([Inline])
    case strong([Inline])
    case strikethrough([Inline])
    case code(String)
    case superscript([Inline])
    case `subscript`([Inline])
    /// The inlines are what a reader sees; they are empty when the page gives none and the target has no
    /// title to stand in.
    case link(LinkTarget, [Inline])
    case image(ImageReference)
    /// A person, shown by name once it is resolved.
    case mention(UserReference)
    /// A `status` macro's lozenge.
    case status(String)
    case emoji(String)
    /// TeX source.
    case math(String)
    case lineBreak
    /// A deep-link target; no text.
    case anchor(String)
}

/// Where a link leads.
public enum LinkTarget: Hashable, Sendable {
    case url(String)
    /// `spaceKey` is `nil` for the page's own space.
    case page(title: String, spaceKey: String?, anchor: String?)
    case blogPost(title: String, spaceKey: String?, postingDay: String?)
    case attachment(fileName: String, pageTitle: String?)
    case space(key: String)
    case anchor(String)
    case content(id: String)
    /// A link through one of the site's configured prefixes, such as `ABC-1@jira`.
    case shortcut(key: String, parameter: String)
}

/// A person as a body refers to one.
public enum UserReference: Hashable, Sendable, Codable {
    /// Cloud.
    case accountID(String)
    /// Data Center.
    case userKey(String)
    /// Older Data Center and Server.
    case username(String)
}

/// A picture on a page.
public struct ImageReference: Hashable, Sendable {
    /// The attachment's file name or the URL; for a diagram its name.
    public var source: String
    /// The words that stand for it where it can't be seen.
    public var alternative: String
    /// The words that a browser shows beside the pointer.
    public var title: String
    /// The line below it.
    public var caption: [Inline]
    /// Whether a diagram macro (draw.io, Gliffy, Lucidchart, …) draws it.
    public var isDiagram: Bool

    public init(
        source: String, alternative: String = "", title: String = "", caption: [Inline] = [],
        isDiagram: Bool = false
    ) {
        self.source = source
        self.alternative = alternative
        self.title = title
        self.caption = caption
        self.isDiagram = isDiagram
    }
}

/// One entry of a list.
public struct ListItem: Hashable, Sendable {
    /// `nil` unless the item is a task.
    public var isComplete: Bool?
    /// What the entry holds, in reading order.
    public var blocks: [Block]

    public init(isComplete: Bool? = nil, blocks: [Block]) {
        self.isComplete = isComplete
        self.blocks = blocks
    }
}

/// One cell as the page writes it; merged cells stand once, where they begin.
public struct TableCell: Hashable, Sendable {
    /// Whether it is a `th`.
    public var isHeader: Bool
    /// At least 1.
    public var columnSpan: Int
    /// At least 1.
    public var rowSpan: Int
    /// What the cell holds, in reading order.
    public var blocks: [Block]

    public init(isHeader: Bool, columnSpan: Int = 1, rowSpan: Int = 1, blocks: [Block]) {
        self.isHeader = isHeader
        self.columnSpan = columnSpan
        self.rowSpan = rowSpan
        self.blocks = blocks
    }
}

/// Rows of cells. ``TableGrid`` lays merged cells out.
public struct Table: Hashable, Sendable {
    /// The line above or below it.
    public var caption: [Inline]
    /// Top to bottom, each left to right.
    public var rows: [[TableCell]]

    public init(caption: [Inline] = [], rows: [[TableCell]]) {
        self.caption = caption
        self.rows = rows
    }
}

/// A term with what is said of it: a `dl` entry, or one row of page properties.
public struct Definition: Hashable, Sendable {
    /// The word or key.
    public var term: [Inline]
    /// What is said of it.
    public var blocks: [Block]

    public init(term: [Inline], blocks: [Block]) {
        self.term = term
        self.blocks = blocks
    }
}

/// A structural piece of a page. Storage format and Atlassian Document Format both become these.
public indirect enum Block: Hashable, Sendable {
    /// `level` is 1 to 6.
    case heading(level: Int, [Inline])
    case paragraph([Inline])
    /// `start` is the first item's number; it counts only when the list is ordered.
    case list(isOrdered: Bool, start: Int = 1, [ListItem])
    case definitions([Definition])
    case table(Table)
    /// `text` is verbatim.
    case code(language: String?, title: String?, text: String)
    /// `info`, `tip`, `note`, `warning`, `panel`, …
    case panel(kind: String, title: String?, [Block])
    case quote([Block])
    /// A titled fold: `expand`, a tab, a decision list.
    case fold(title: String?, [Block])
    /// Page properties: one key a line.
    case facts([Definition])
    case image(ImageReference)
    /// Another page's body, or its excerpt, that stands here.
    ///
    /// `excerpt` is `nil` for the whole page, empty for the page's unnamed excerpt, else the excerpt's name.
    case include(title: String, spaceKey: String?, excerpt: String?)
    /// A part of this page that others may include. `name` is empty when the page gives none.
    case excerpt(name: String, [Block])
    /// TeX source.
    case math(String)
    case rule
}
