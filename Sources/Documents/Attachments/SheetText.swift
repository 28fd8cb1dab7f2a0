/// Excel workbooks (XLSX) as elements of storage format: a heading `Sheet …` and its tables for each sheet.
///
/// Numbers as a reader sees them as far as meaning goes: dates and times in ISO 8601, percentages with their
/// sign, other numbers in full. A formula stands for its last result, or for itself when it has none. Hidden
/// sheets are left out, with a note.
enum SheetText {
    /// - Throws: ``AttachmentRefusal``, `CancellationError`.
    static func markup(_ bytes: [UInt8], into writer: MarkupWriter) throws -> MarkupWriter {
        var writer = writer
        let package = try OfficePackage(bytes, .xlsx)
        let main = try package.mainPart()
        let relationships = try package.relationships(ofPart: main)
        let workbook = WorkbookReader()
        try package.read(main, into: workbook)
        let strings = SharedStringsReader()
        let styles = SheetStylesReader()
        for relationship in relationships where !relationship.isExternal {
            if relationship.type == "sharedStrings" { try package.read(relationship.target, into: strings) }
            if relationship.type == "styles" { try package.read(relationship.target, into: styles) }
        }
        let formats = SheetFormats(styles, has1904Dates: workbook.has1904Dates)
        for sheet in workbook.sheets where !writer.isFull {
            guard let part = relationships.first(where: { $0.id == sheet.relationship })?.target else {
                continue
            }
            if sheet.isHidden {
                writer.note("the hidden sheet “\(sheet.name)” was left out")
                continue
            }
            let reader = SheetReader(writer, name: sheet.name, strings: strings.strings, formats: formats)
            try package.read(part, into: reader)
            writer = reader.finish()
        }
        return writer
    }
}

/// Reads `xl/workbook.xml`.
private final class WorkbookReader: OfficeXMLHandler {
    struct Sheet {
        var name: String
        var relationship: String
        var isHidden: Bool
    }

    private(set) var sheets: [Sheet] = []
    private(set) var has1904Dates = false

    func start(_ name: String, _ attributes: OfficeAttributes) {
        if name == "workbookPr" { has1904Dates = attributes.flag("date1904") }
        guard name == "sheet", let relationship = attributes.relationship() else { return }
        let isHidden = attributes["state"].map { $0 != "visible" } ?? false
        sheets.append(
            Sheet(name: attributes["name"] ?? "", relationship: relationship, isHidden: isHidden))
    }

    func text(_ text: String) {}
    func end(_ name: String) {}
}

/// Reads `xl/sharedStrings.xml`.
private final class SharedStringsReader: OfficeXMLHandler {
    private(set) var strings: [String] = []
    private var current = ""
    private var isText = false
    private var byteCount = 0
    private var phoneticDepth = 0

    /// More text than this is never written; numbers that point past it give nothing.
    var isDone: Bool { byteCount > 128 << 20 }

    func start(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "si": current = ""
        case "t": isText = phoneticDepth == 0
        // How to pronounce the characters.
        case "rPh": phoneticDepth += 1
        default: break
        }
    }

    func text(_ text: String) {
        guard isText else { return }
        current += text
        byteCount += text.utf8.count
    }

    func end(_ name: String) {
        switch name {
        case "t": isText = false
        case "rPh": phoneticDepth -= 1
        case "si": strings.append(current)
        default: break
        }
    }
}

/// Reads one sheet, row by row.
private final class SheetReader: OfficeXMLHandler {
    private var layout: SheetLayout
    private let strings: [String]
    private let formats: SheetFormats
    private var row: [Int: String] = [:]
    private var rowNumber = 0
    private var column = 0
    private var type = ""
    private var style = 0
    private var value = ""
    private var inlineText = ""
    private var formula = ""
    private var capturing: String?
    private var phoneticDepth = 0

    init(_ writer: MarkupWriter, name: String, strings: [String], formats: SheetFormats) {
        layout = SheetLayout(writer, name: name)
        self.strings = strings
        self.formats = formats
    }

    var isDone: Bool { layout.isFull }

    /// The last column of a sheet, XFD.
    private static let columnLimit = 16_384
    /// The last row of a sheet.
    private static let rowLimit = 1 << 20

    func start(_ name: String, _ attributes: OfficeAttributes) {
        switch name {
        case "row":
            let number = attributes["r"].flatMap(Int.init) ?? rowNumber + 1
            rowNumber = min(max(number, 0), Self.rowLimit)
            row = [:]
            column = 0
        case "c":
            column = attributes["r"].flatMap(Self.column) ?? column + 1
            type = attributes["t"] ?? "n"
            style = attributes["s"].flatMap(Int.init) ?? 0
            (value, inlineText, formula) = ("", "", "")
        case "v", "f": capturing = name
        case "t": capturing = phoneticDepth == 0 ? "t" : nil
        case "rPh": phoneticDepth += 1
        default: break
        }
    }

    func text(_ text: String) {
        switch capturing {
        case "v": value += text
        case "f": formula += text
        case "t": inlineText += text
        default: break
        }
    }

    func end(_ name: String) {
        switch name {
        case "v", "f", "t": capturing = nil
        case "rPh": phoneticDepth -= 1
        case "c":
            let shown = cellText()
            if !shown.isEmpty, (1...Self.columnLimit).contains(column) { row[column] = shown }
        case "row": layout.add(row, number: rowNumber)
        default: break
        }
    }

    func finish() -> MarkupWriter {
        layout.finish()
    }

    private func cellText() -> String {
        switch type {
        case "s": return Int(value).flatMap { strings.indices.contains($0) ? strings[$0] : nil } ?? ""
        case "inlineStr": return inlineText
        case "b": return value == "1" ? "TRUE" : value == "0" ? "FALSE" : value
        case "str", "e", "d": return value
        default:
            if value.isEmpty { return formula.isEmpty ? "" : "=" + formula }
            return formats.text(of: value, style: style)
        }
    }

    /// `B` of `B7` as 2.
    private static func column(_ reference: String) -> Int? {
        var number = 0
        for byte in reference.utf8 {
            guard byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") else { break }
            number = number * 26 + Int(byte - UInt8(ascii: "A")) + 1
            if number > columnLimit { return nil }
        }
        return number > 0 ? number : nil
    }
}
