/// Reads the main part of a Word document.
final class WordReader: OfficeXMLHandler {
    /// What is inside one paragraph.
    private struct Paragraph {
        var style: String?
        var numberingID: String?
        var numberingLevel: Int?
        var outlineLevel: Int?
        var inline = InlineMarkup()
        /// The same without markup, for code.
        var plain = ""
        var isInProperties = false
        var hasOpenLink = false
    }

    /// A cell, a text box, or the whole document: what blocks are written into.
    private struct Container {
        var writer: MarkupWriter
        var codeLines: [String] = []
        var notes: [(number: Int, text: InlineMarkup)] = []
    }

    private let styles: WordStyles
    private let links: [String: String]
    private let notes: [String: InlineMarkup]
    private var containers: [Container]
    private var paragraphs: [Paragraph] = []
    private var tables: [WordTable] = []
    /// Text boxes that wait for the paragraph they hang on.
    private var boxes: [MarkupWriter] = []
    /// How deep we are in something that is not read.
    private var skipDepth = 0
    private var capturesText = false
    /// Whether the run's text is struck out.
    private var isStruck = false
    private var textBytes = 0
    private var noteCount = 0
    private let textLimit: Int

    init(
        _ writer: MarkupWriter, styles: WordStyles, links: [String: String], notes: [String: InlineMarkup],
        textLimit: Int = 64 << 20
    ) {
        containers = [Container(writer: writer)]
        self.styles = styles
        self.links = links
        self.notes = notes
        self.textLimit = textLimit
    }

    /// A table is kept until it ends, so what is taken in has a bound of its own.
    var isDone: Bool { textBytes > textLimit || containers[0].writer.isFull }

    /// Deleted and moved text, field codes, old properties, and the copy for programs that cannot draw shapes.
    private static let skipped: Set<String> = [
        "del", "moveFrom", "delText", "instrText", "delInstrText", "Fallback", "rPrChange", "pPrChange",
        "tblPrChange", "trPrChange", "tcPrChange", "sectPrChange", "numberingChange", "annotationRef",
    ]

    func start(_ name: String, _ attributes: OfficeAttributes) {
        guard skipDepth == 0, !Self.skipped.contains(name) else {
            skipDepth += 1
            return
        }
        switch name {
        case "p": paragraphs.append(Paragraph())
        case "pPr": update { $0.isInProperties = true }
        case "t": capturesText = true
        case "r": isStruck = false
        case "tab", "ptab": add(" ", plain: "\t")
        case "br", "cr": addLineBreak(attributes["type"])
        case "noBreakHyphen": add("-", plain: "-")
        case "sym": break
        case "hyperlink": openLink(attributes)
        case "footnoteReference": addNote("footnote", attributes["id"])
        case "endnoteReference": addNote("endnote", attributes["id"])
        case "docPr": addPicture(attributes)
        case "txbxContent": containers.append(Container(writer: containers[0].writer.inner()))
        default: startProperty(name, attributes)
        }
    }

    private func startProperty(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "strike", "dstrike":
            let isOff = ["0", "false", "off"].contains(attributes["val"] ?? "")
            if paragraphs.last?.isInProperties == false { isStruck = !isOff }
        case "tbl":
            tables.append(WordTable())
        case "tblLook", "tr", "tblHeader", "gridSpan", "vMerge", "tc":
            if tables.isEmpty { return }
            tables[tables.count - 1].start(name, attributes)
            if name == "tc" { containers.append(Container(writer: containers[0].writer.inner())) }
        case "pStyle", "numId", "ilvl", "outlineLvl":
            guard let value = attributes["val"] else { return }
            update { paragraph in
                guard paragraph.isInProperties else { return }
                switch name {
                case "pStyle": paragraph.style = value
                case "numId": paragraph.numberingID = value
                case "ilvl": paragraph.numberingLevel = Int(value)
                default: paragraph.outlineLevel = Int(value)
                }
            }
        default: break
        }
    }

    func text(_ text: String) {
        guard capturesText, skipDepth == 0 else { return }
        textBytes += text.utf8.count
        if isStruck {
            update { if !$0.isInProperties { $0.inline.addStruck(text) } }
        } else {
            add(text, plain: text)
        }
    }

    func end(_ name: String) {
        if skipDepth > 0 {
            skipDepth -= 1
            return
        }
        switch name {
        case "t": capturesText = false
        case "pPr": update { $0.isInProperties = false }
        case "hyperlink": closeLink()
        case "p": finishParagraph()
        case "txbxContent": if containers.count > 1 { boxes.append(finished(containers.removeLast())) }
        case "tc":
            guard !tables.isEmpty, containers.count > 1 else { return }
            tables[tables.count - 1].finishCell(finished(containers.removeLast()))
        case "tr":
            if !tables.isEmpty { tables[tables.count - 1].finishRow() }
        case "tbl":
            guard let table = tables.popLast() else { return }
            block { $0.writer.table(table.laidOut()) }
        default: break
        }
    }

    /// Everything, with what is still open closed.
    func finish() -> MarkupWriter {
        while !paragraphs.isEmpty { finishParagraph() }
        while containers.count > 1 {
            let inner = finished(containers.removeLast())
            containers[containers.count - 1].writer.add(inner)
        }
        return finished(containers[0])
    }

    private func finished(_ container: Container) -> MarkupWriter {
        var container = container
        Self.flush(&container)
        return container.writer
    }

    // MARK: Within a paragraph

    private func update(_ change: (inout Paragraph) -> Void) {
        guard !paragraphs.isEmpty else { return }
        change(&paragraphs[paragraphs.count - 1])
    }

    private func add(_ text: String, plain: String) {
        update { paragraph in
            // Tab stops are properties of the same name as tabs.
            guard !paragraph.isInProperties else { return }
            paragraph.inline.add(text)
            paragraph.plain += plain
        }
    }

    private func addLineBreak(_ type: String?) {
        guard type == nil || type == "textWrapping" else { return }
        update { paragraph in
            paragraph.inline.addLineBreak()
            paragraph.plain += "\n"
        }
    }

    private func openLink(_ attributes: OfficeAttributes) {
        guard let id = attributes.relationship(), let target = links[id] else { return }
        update { paragraph in
            guard !paragraph.hasOpenLink else { return }
            paragraph.inline.openLink(target)
            paragraph.hasOpenLink = true
        }
    }

    private func closeLink() {
        update { paragraph in
            guard paragraph.hasOpenLink else { return }
            paragraph.inline.closeLink()
            paragraph.hasOpenLink = false
        }
    }

    private func addNote(_ kind: String, _ id: String?) {
        guard let id, let note = notes["\(kind) \(id)"], note.hasText, !paragraphs.isEmpty else { return }
        noteCount += 1
        add("[\(noteCount)]", plain: "")
        containers[containers.count - 1].notes.append((noteCount, note))
    }

    /// What a picture's author says it shows.
    private func addPicture(_ attributes: OfficeAttributes) {
        guard let words = attributes["descr"] ?? attributes["title"], !words.isEmpty else { return }
        let isFirst = paragraphs.last.map { $0.inline.isEmpty } ?? true
        add((isFirst ? "" : " ") + "Image: \(words)", plain: "")
    }

    // MARK: Blocks

    private func finishParagraph() {
        closeLink()
        guard let paragraph = paragraphs.popLast() else { return }
        write(paragraph)
        // Boxes hang on the outermost paragraph: an inner one is itself in a box.
        guard paragraphs.isEmpty, !boxes.isEmpty else { return }
        let waiting = boxes
        boxes = []
        for box in waiting { block { $0.writer.add(box) } }
    }

    private func write(_ paragraph: Paragraph) {
        var role = styles.role(of: paragraph.style)
        if let level = paragraph.outlineLevel, (0...8).contains(level) { role = .heading(level + 1) }
        if role == .code {
            if containers[containers.count - 1].codeLines.isEmpty {
                Self.flush(&containers[containers.count - 1])
            }
            let lines = paragraph.plain.split(separator: "\n", omittingEmptySubsequences: false)
            containers[containers.count - 1].codeLines += lines.map(String.init)
            return
        }
        guard paragraph.inline.hasText, role != .contents else { return }
        switch role {
        case .title: block { $0.writer.heading(1, paragraph.inline) }
        case .heading(let level): block { $0.writer.heading(level, paragraph.inline) }
        case .quote: block { $0.writer.quote(paragraph.inline) }
        case .text, .code, .contents: writeText(paragraph)
        }
    }

    private func writeText(_ paragraph: Paragraph) {
        let named = styles.numbering(of: paragraph.style)
        let id = paragraph.numberingID ?? named?.id
        let level = paragraph.numberingLevel ?? named?.level ?? 0
        let numbering = id.map { WordStyles.Numbering(id: $0, level: level) }
        guard let numbering, let isOrdered = styles.isOrdered(numbering) else {
            block { $0.writer.paragraph(paragraph.inline) }
            return
        }
        if !containers[containers.count - 1].codeLines.isEmpty {
            Self.flush(&containers[containers.count - 1])
        }
        containers[containers.count - 1].writer.item(level: level, isOrdered: isOrdered, paragraph.inline)
    }

    /// Writes a block after what waited for the block before it.
    private func block(_ write: (inout Container) -> Void) {
        Self.flushCode(&containers[containers.count - 1])
        write(&containers[containers.count - 1])
        Self.flushNotes(&containers[containers.count - 1])
    }

    private static func flush(_ container: inout Container) {
        flushCode(&container)
        flushNotes(&container)
    }

    private static func flushCode(_ container: inout Container) {
        let lines = container.codeLines
        container.codeLines = []
        if !lines.isEmpty { container.writer.code(lines) }
    }

    private static func flushNotes(_ container: inout Container) {
        let notes = container.notes
        container.notes = []
        for note in notes {
            var inline = InlineMarkup()
            inline.add("[\(note.number)] ")
            inline.add(note.text)
            container.writer.paragraph(inline)
        }
    }
}
