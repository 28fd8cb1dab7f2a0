/// PowerPoint presentations (PPTX) as elements of storage format: a heading `Slide 7: Title` for each slide in the order
/// of the show, its text, lists and tables, the words that stand for pictures, and the speaker's notes.
///
/// Hidden slides are left out, with a note. Charts and diagrams give the words that their parts hold.
enum SlideText {
    /// - Throws: ``AttachmentRefusal``, `CancellationError`.
    static func markup(_ bytes: [UInt8], into writer: MarkupWriter) throws -> MarkupWriter {
        var writer = writer
        let package = try OfficePackage(bytes, .pptx)
        let main = try package.mainPart()
        let relationships = try package.relationships(ofPart: main)
        let order = SlideOrderReader()
        try package.read(main, into: order)
        for (index, id) in order.ids.enumerated() where !writer.isFull {
            guard let part = relationships.first(where: { $0.id == id })?.target else { continue }
            let slide = SlideReader(writer.inner())
            try package.read(part, into: slide)
            if slide.isHidden {
                writer.note("the hidden slide \(index + 1) was left out")
                continue
            }
            let title = slide.title.isEmpty ? "" : ": \(slide.title)"
            writer.division(1, "Slide \(index + 1)\(title)")
            writer.add(slide.finish())
            try addParts(of: part, of: package, to: &writer)
        }
        return writer
    }

    private static func addParts(of slide: String, of package: OfficePackage, to writer: inout MarkupWriter)
        throws
    {
        for relationship in try package.relationships(ofPart: slide) where !relationship.isExternal {
            switch relationship.type {
            case "diagramData":
                let diagram = SlideReader(writer.inner())
                try package.read(relationship.target, into: diagram)
                writer.add(diagram.finish())
            case "chart":
                let chart = ChartReader()
                try package.read(relationship.target, into: chart)
                if !chart.words.isEmpty { writer.paragraph("Chart: " + chart.words.joined(separator: ", ")) }
            case "notesSlide":
                let notes = SlideReader(writer.inner(), isNotes: true)
                try package.read(relationship.target, into: notes)
                let text = notes.finish()
                if text.hasText {
                    writer.division(2, "Notes")
                    writer.add(text)
                }
            default: break
            }
        }
    }
}

/// Reads `ppt/presentation.xml`: the slides in the order of the show.
private final class SlideOrderReader: OfficeXMLHandler {
    private(set) var ids: [String] = []

    func start(_ name: String, _ attributes: OfficeAttributes) {
        if name == "sldId", let id = attributes.relationship() { ids.append(id) }
    }

    func text(_ text: String) {}
    func end(_ name: String) {}
}

/// Reads a chart: its titles, and the names of its series and categories, each once.
private final class ChartReader: OfficeXMLHandler {
    private(set) var words: [String] = []
    private var current = ""
    private var isText = false
    /// Inside `c:val`, whose figures say nothing without the picture.
    private var isInValues = false

    func start(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "val", "xVal", "yVal": isInValues = true
        case "t", "v":
            isText = !isInValues
            current = ""
        default: break
        }
    }

    func text(_ text: String) {
        if isText { current += text }
    }

    func end(_ name: String) {
        switch name {
        case "val", "xVal", "yVal": isInValues = false
        case "t", "v":
            if isText, !current.isEmpty, !words.contains(current), words.count < 200 { words.append(current) }
            isText = false
        default: break
        }
    }
}
