/// Reads one slide, its notes, or a diagram.
final class SlideReader: OfficeXMLHandler {
    private(set) var title = ""
    private(set) var isHidden = false

    /// A shape's part on the slide, by its placeholder.
    private enum Place { case title, body, leftOut, free }

    private var writer: MarkupWriter
    private let isNotes: Bool
    private var place = Place.free
    private var paragraph: InlineMarkup?
    private var plain = ""
    private var level = 0
    /// What the paragraph says of its bullet; `nil` when that is left to the layout.
    private var bullet: Bullet?
    private enum Bullet { case none, sign, number }
    private var shape: [(inline: InlineMarkup, level: Int, bullet: Bullet?)] = []
    private var rows: [TableRow] = []
    private var cells: [TableRow.Cell]?
    private var cell: InlineMarkup?
    private var span = 1
    private var hasHeaderRow = false
    private var isText = false
    private var skipDepth = 0

    init(_ writer: MarkupWriter, isNotes: Bool = false) {
        self.writer = writer
        self.isNotes = isNotes
    }

    var isDone: Bool { writer.isFull }

    func start(_ name: String, _ attributes: OfficeAttributes) {
        // The copy for programs that cannot draw the newer shape.
        guard skipDepth == 0, name != "Fallback" else {
            skipDepth += 1
            return
        }
        switch name {
        case "sld": isHidden = attributes["show"].map { $0 == "0" || $0 == "false" } ?? false
        case "sp", "pt": beginShape()
        case "ph": place = Self.place(attributes["type"], isNotes: isNotes)
        case "cNvPr": addPicture(attributes)
        case "p":
            paragraph = InlineMarkup()
            (plain, level, bullet) = ("", 0, nil)
        case "pPr": level = min(max(attributes["lvl"].flatMap(Int.init) ?? 0, 0), 8)
        case "buNone": bullet = Bullet.none
        case "buChar", "buBlip": bullet = .sign
        case "buAutoNum": bullet = .number
        case "t": isText = true
        case "br":
            paragraph?.addLineBreak()
            plain += " "
        default: startTable(name, attributes)
        }
    }

    private func startTable(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "tbl":
            rows = []
            hasHeaderRow = false
        case "tblPr": hasHeaderRow = attributes.flag("firstRow")
        case "tr": cells = []
        case "tc":
            // A cell that another one covers has no text of its own.
            cell = InlineMarkup()
            span = min(max(attributes["gridSpan"].flatMap(Int.init) ?? 1, 1), 64)
            if attributes.flag("hMerge") { span = 0 }
        default: break
        }
    }

    func text(_ text: String) {
        guard isText, skipDepth == 0 else { return }
        paragraph?.add(text)
        plain += text
    }

    func end(_ name: String) {
        if skipDepth > 0 {
            skipDepth -= 1
            return
        }
        switch name {
        case "t": isText = false
        case "p": finishParagraph()
        case "sp", "pt": finishShape()
        case "tc":
            if let cell, span > 0 { cells?.append(TableRow.Cell(markup: cell.markup, columnSpan: span)) }
            cell = nil
        case "tr":
            if let cells {
                rows.append(TableRow(cells: cells, isHeader: hasHeaderRow && rows.isEmpty))
            }
            cells = nil
        case "tbl":
            writer.table(rows)
            rows = []
        default: break
        }
    }

    func finish() -> MarkupWriter {
        finishShape()
        return writer
    }

    private func beginShape() {
        finishShape()
        place = .free
    }

    private static func place(_ type: String?, isNotes: Bool) -> Place {
        switch type {
        case "sldNum", "dt", "ftr", "hdr", "sldImg": .leftOut
        case "title", "ctrTitle": isNotes ? .leftOut : .title
        case "subTitle": .free
        case nil, "body", "obj": isNotes ? .free : .body
        default: .free
        }
    }

    private func finishParagraph() {
        guard let finished = paragraph else { return }
        paragraph = nil
        guard finished.hasText else { return }
        if cell != nil {
            if cell?.isEmpty == false { cell?.addLineBreak() }
            cell?.add(finished)
        } else if place == .title {
            let words = plain.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            title += (title.isEmpty ? "" : " ") + words
        } else if place != .leftOut {
            shape.append((finished, level, bullet))
        }
    }

    /// Writes the paragraphs of a shape: as a list where they have bullets of their own, or where a body has
    /// several and the layout gives it bullets.
    private func finishShape() {
        let isList = place == .body && shape.count > 1
        for line in shape {
            switch line.bullet {
            case .number?: writer.item(level: line.level, isOrdered: true, line.inline)
            case .sign?: writer.item(level: line.level, isOrdered: false, line.inline)
            case Bullet.none?: writer.paragraph(line.inline)
            case nil where isList || line.level > 0:
                writer.item(level: line.level, isOrdered: false, line.inline)
            case nil: writer.paragraph(line.inline)
            }
        }
        shape = []
    }

    private func addPicture(_ attributes: OfficeAttributes) {
        guard let words = attributes["descr"], !words.isEmpty else { return }
        finishShape()
        writer.paragraph("Image: \(words)")
    }
}
