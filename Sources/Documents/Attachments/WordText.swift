/// Word documents (DOCX) as elements of storage format.
///
/// Headings by style or outline level, lists by numbering, tables with merged cells, code and quotes by style,
/// links, foot- and endnotes after the paragraph that refers to them, the words that stand for pictures.
/// Left out: deleted text, headers and footers, tables of contents, reviewers' comments.
enum WordText {
    /// - Throws: ``AttachmentRefusal``, `CancellationError`.
    static func markup(_ bytes: [UInt8], into writer: MarkupWriter) throws -> MarkupWriter {
        let package = try OfficePackage(bytes, .docx)
        let main = try package.mainPart()
        let relationships = try package.relationships(ofPart: main)
        func part(_ type: String) -> String? {
            relationships.first { $0.type == type && !$0.isExternal }?.target
        }
        let styles = WordStylesReader()
        for type in ["styles", "numbering"] {
            if let name = part(type) { try package.read(name, into: styles) }
        }
        var links: [String: String] = [:]
        for link in relationships where link.type == "hyperlink" && link.isExternal {
            links[link.id] = link.target
        }
        var notes: [String: InlineMarkup] = [:]
        for type in ["footnotes", "endnotes"] {
            guard let name = part(type) else { continue }
            let reader = WordNotesReader(kind: String(type.dropLast()))
            try package.read(name, into: reader)
            notes.merge(reader.notes) { first, _ in first }
        }
        let reader = WordReader(writer, styles: styles.styles, links: links, notes: notes)
        try package.read(main, into: reader)
        return reader.finish()
    }
}

/// Reads `word/footnotes.xml` or `word/endnotes.xml`.
private final class WordNotesReader: OfficeXMLHandler {
    private(set) var notes: [String: InlineMarkup] = [:]
    private let kind: String
    private var id: String?
    private var note = InlineMarkup()
    private var isText = false

    init(kind: String) {
        self.kind = kind
    }

    func start(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case kind:
            // Separators are notes to Word.
            let isSeparator = attributes["type"].map { $0 != "normal" } ?? false
            id = isSeparator ? nil : attributes["id"].map { "\(kind) \($0)" }
            note = InlineMarkup()
        case "p": if note.hasText { note.add(" ") }
        case "t": isText = true
        case "tab", "br": note.add(" ")
        default: break
        }
    }

    func text(_ text: String) {
        if isText { note.add(text) }
    }

    func end(_ name: String) {
        if name == "t" { isText = false }
        if name == kind, let id { notes[id] = note }
    }
}
