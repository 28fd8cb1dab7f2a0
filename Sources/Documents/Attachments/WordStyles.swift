/// What a Word document's styles and numberings say about paragraphs.
struct WordStyles {
    /// What a paragraph's style makes of it.
    enum Role: Equatable {
        case text, title, quote, code
        case heading(Int)
        /// A line of a table of contents, which only repeats headings.
        case contents
    }

    /// A list that a paragraph belongs to.
    struct Numbering: Equatable {
        var id: String
        var level: Int
    }

    fileprivate struct Style {
        var name = ""
        var parent: String?
        var outlineLevel: Int?
        var numberingID: String?
        var numberingLevel = 0
    }

    fileprivate var styles: [String: Style] = [:]
    /// Formats by abstract numbering and level.
    fileprivate var formats: [String: [Int: String]] = [:]
    fileprivate var abstractIDs: [String: String] = [:]

    /// - Parameter style: the paragraph's style id; programs translate ids, so names decide.
    func role(of style: String?) -> Role {
        for style in chain(style) {
            let name = style.name.lowercased()
            if name == "title" { return .title }
            if name.hasPrefix("toc ") || name == "toc heading" { return .contents }
            if name.hasPrefix("heading "), let level = Int(name.dropFirst(8)), (1...9).contains(level) {
                return .heading(level)
            }
            if let level = style.outlineLevel, (0...8).contains(level) { return .heading(level + 1) }
            if name.contains("quote") { return .quote }
            if name.contains("code") || name.contains("preformatted") || name == "macro"
                || name == "macro text"
            {
                return .code
            }
        }
        return .text
    }

    /// The list that a style puts its paragraphs into.
    func numbering(of style: String?) -> Numbering? {
        for style in chain(style) {
            if let id = style.numberingID { return Numbering(id: id, level: style.numberingLevel) }
        }
        return nil
    }

    /// Whether entries have numbers or letters rather than bullets; `nil` when there is no such list.
    func isOrdered(_ numbering: Numbering) -> Bool? {
        guard numbering.id != "0", let abstract = abstractIDs[numbering.id] else { return nil }
        let format = formats[abstract]?[numbering.level] ?? "bullet"
        return format == "none" ? nil : format != "bullet"
    }

    private func chain(_ id: String?) -> [Style] {
        var found: [Style] = []
        var next = id
        // A style that is based on itself ends here, too.
        while let id = next, let style = styles[id], found.count < 16 {
            found.append(style)
            next = style.parent
        }
        return found
    }
}

/// Reads `word/styles.xml` and `word/numbering.xml`.
final class WordStylesReader: OfficeXMLHandler {
    private(set) var styles = WordStyles()
    private var styleID: String?
    private var abstractID: String?
    private var numberingID: String?
    private var level = 0

    func start(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "style":
            styleID = attributes["styleId"]
            if let styleID { styles.styles[styleID] = WordStyles.Style() }
        case "abstractNum": abstractID = attributes["abstractNumId"]
        case "num": numberingID = attributes["numId"]
        case "lvl": level = attributes["ilvl"].flatMap(Int.init) ?? 0
        case "numFmt":
            guard let abstractID, let format = attributes["val"] else { return }
            styles.formats[abstractID, default: [:]][level] = format
        case "abstractNumId":
            if let numberingID, let id = attributes["val"] { styles.abstractIDs[numberingID] = id }
        default: startInStyle(name, attributes)
        }
    }

    private func startInStyle(_ name: String, _ attributes: OfficeAttributes) {
        guard let styleID, let value = attributes["val"] else { return }
        switch name {
        case "name": styles.styles[styleID]?.name = value
        case "basedOn": styles.styles[styleID]?.parent = value
        case "outlineLvl": styles.styles[styleID]?.outlineLevel = Int(value)
        case "numId": styles.styles[styleID]?.numberingID = value
        case "ilvl": styles.styles[styleID]?.numberingLevel = Int(value) ?? 0
        default: break
        }
    }

    func text(_ text: String) {}

    func end(_ name: String) {
        switch name {
        case "style": styleID = nil
        case "abstractNum": abstractID = nil
        case "num": numberingID = nil
        default: break
        }
    }
}
