/// What an element of storage format is to the block tree. Names that differ only in looks are one case.
enum StorageElement: UInt8 {
    /// A name that is not known: its content counts, itself it is nothing.
    case unknown
    /// A run of text; not an element.
    case text
    case paragraph, heading1, heading2, heading3, heading4, heading5, heading6, lineBreak, rule
    case preformatted, code, quote, strong, emphasis, strikethrough, superscript, `subscript`
    /// Block-level, with no meaning of its own.
    case container
    /// Neither it nor its content is text of the page.
    case hidden
    case unorderedList, orderedList, listItem, definitionList, definitionTerm, definitionBody
    case table, tableSection, tableRow, tableCell, tableHeader, caption
    case link, image, time, abbreviation
    case acLink, acLinkBody, acPlainTextLinkBody, acImage, acCaption
    case taskList, task, taskStatus, taskBody, emoticon
    case macro, parameter, defaultParameter, richTextBody, plainTextBody
    case adfExtension, adfNode, adfAttribute, adfContent, adfFallback
    case riPage, riBlogPost, riAttachment, riURL, riShortcut, riUser, riSpace, riContentEntity
    case templateVariable
    /// MathML: a formula, what says it in another notation, and the parts of it that stand in no row.
    case mathematics, mathAnnotation, mathFraction, mathRaised, mathLowered, mathRoot

    /// Whether it ends a paragraph that is open around it.
    var isBlock: Bool {
        switch self {
        case .paragraph, .heading1, .heading2, .heading3, .heading4, .heading5, .heading6, .rule,
            .preformatted, .quote, .container, .unorderedList, .orderedList, .listItem, .definitionList,
            .definitionTerm, .definitionBody, .table, .tableSection, .tableRow, .tableCell, .tableHeader,
            .taskList, .task, .adfExtension:
            true
        default: false
        }
    }

    /// Whether neither it nor what it holds is text of the page: settings, or what only machines read.
    var isMuted: Bool {
        switch self {
        case .hidden, .parameter, .defaultParameter, .taskStatus, .adfAttribute: true
        default: false
        }
    }

    /// 1 to 6 for a heading.
    var headingLevel: Int? {
        (StorageElement.heading1.rawValue...StorageElement.heading6.rawValue).contains(rawValue)
            ? Int(rawValue - StorageElement.heading1.rawValue) + 1 : nil
    }

    /// The heading of a level in 1...6.
    static func heading(_ level: Int) -> StorageElement {
        StorageElement(rawValue: StorageElement.heading1.rawValue + UInt8(level - 1)) ?? .heading6
    }

    static let names = NameTable<StorageElement>(
        [
            .paragraph: "p", .heading1: "h1", .heading2: "h2", .heading3: "h3", .heading4: "h4",
            .heading5: "h5", .heading6: "h6", .lineBreak: "br", .rule: "hr", .preformatted: "pre",
            .code: "code kbd samp tt", .quote: "blockquote", .strong: "strong b", .emphasis: "em i",
            .strikethrough: "del s strike", .superscript: "sup", .subscript: "sub",
            .container: """
            div section article main header footer nav aside address center figure details summary \
            fieldset form ac:layout ac:layout-section ac:layout-cell
            """,
            .hidden: """
            script style head template colgroup col ac:placeholder ac:task-id ac:task-uuid \
            at:declarations
            """,
            .unorderedList: "ul menu dir", .orderedList: "ol", .listItem: "li", .definitionList: "dl",
            .definitionTerm: "dt", .definitionBody: "dd", .table: "table", .tableSection: "thead tbody tfoot",
            .tableRow: "tr", .tableCell: "td", .tableHeader: "th", .caption: "caption", .link: "a",
            .image: "img", .time: "time", .abbreviation: "abbr acronym", .acLink: "ac:link",
            .acLinkBody: "ac:link-body", .acPlainTextLinkBody: "ac:plain-text-link-body",
            .acImage: "ac:image", .acCaption: "ac:caption", .taskList: "ac:task-list", .task: "ac:task",
            .taskStatus: "ac:task-status", .taskBody: "ac:task-body", .emoticon: "ac:emoticon",
            .macro: "ac:structured-macro ac:macro", .parameter: "ac:parameter",
            .defaultParameter: "ac:default-parameter", .richTextBody: "ac:rich-text-body",
            .plainTextBody: "ac:plain-text-body", .adfExtension: "ac:adf-extension",
            .adfNode: "ac:adf-node", .adfAttribute: "ac:adf-attribute", .adfContent: "ac:adf-content",
            .adfFallback: "ac:adf-fallback", .riPage: "ri:page", .riBlogPost: "ri:blog-post",
            .riAttachment: "ri:attachment", .riURL: "ri:url", .riShortcut: "ri:shortcut", .riUser: "ri:user",
            .riSpace: "ri:space", .riContentEntity: "ri:content-entity", .templateVariable: "at:var",
            .mathematics: "math mml:math m:math", .mathAnnotation: "annotation annotation-xml",
            .mathFraction: "mfrac", .mathRaised: "msup", .mathLowered: "msub", .mathRoot: "msqrt",
        ], unknown: .unknown)
}
