import Foundation
import TestSupport
import Testing

@testable import Documents

@Suite struct `The parts that read attachments` {
    @Test(arguments: [
        ("General", SheetFormats.Kind.number), ("0.00", .number), ("#,##0.00 [$€-407];[Red]-0", .number),
        ("0%", .percent), ("dd/mm/yyyy", .date), ("d. mmm yyyy \"at\" hh:mm", .dateTime), ("[h]:mm", .time),
        ("mm:ss", .time), ("\"year\" 0", .number), ("[$-409]mmmm d", .date), ("m/d", .date),
        ("0.0 \\d", .number),
    ])
    func `a number format tells dates from figures`(code: String, kind: SheetFormats.Kind) {
        #expect(SheetFormats.kind(code) == kind)
    }

    @Test(arguments: [
        (0.1 + 0.2, "0.3"), (1e21, "1E+21"), (-5, "-5"), (1_234_567, "1234567"), (0.000125, "0.000125"),
    ])
    func `numbers are shown with the digits a spreadsheet keeps`(number: Double, text: String) {
        #expect(SheetFormats.plain(number) == text)
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "99999999999999999999", "x"])
    func `a row's number may be any`(number: String) throws {
        let space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        let parts = [
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": """
            <workbook xmlns:r="\(space)"><sheets><sheet name="S" r:id="a"/></sheets></workbook>
            """,
            "xl/_rels/workbook.xml.rels": """
            <Relationships><Relationship Id="a" Type="\(space)/worksheet" Target="sheet.xml"/></Relationships>
            """,
            "xl/sheet.xml": """
            <worksheet><sheetData><row r="\(number)"><c><v>1</v></c><c><v>2</v></c></row>\
            <row><c><v>3</v></c><c><v>4</v></c></row></sheetData></worksheet>
            """,
        ]
        var zip = ZipWriter()
        for (name, content) in parts.sorted(by: { $0.key < $1.key }) { zip.add(name, Data(content.utf8)) }
        var written = try SheetText.markup([UInt8](zip.data), into: MarkupWriter(byteLimit: 1 << 20))
        let blocks = try StorageFormatParser().parse(written.finish()).blocks
        let text = TextRenderer().render(blocks, title: "").text
        #expect(text.contains("1 | 2") && text.contains("3 | 4"))
    }

    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]), ("a;b,c\n1;2,3\n", [["a", "b,c"], ["1", "2,3"]]),
        ("a\tb\r\n1\t2", [["a", "b"], ["1", "2"]]),
        ("\"x\"\"y\",b\n\"1\n2\",3", [["x\"y", "b"], ["1 2", "3"]]),
        ("a,\"open\nb,c", [["a", "\"open"], ["b", "c"]]), ("one\ntwo", [["one"], ["two"]]), (",\n,", []),
    ])
    func `CSV is cut as spreadsheets cut it`(text: String, rows: [[String]]) throws {
        let written = try CSVText.markup(text, into: MarkupWriter(byteLimit: 1 << 20))
        var copy = written
        let blocks = try StorageFormatParser().parse(copy.finish()).blocks
        let found = blocks.flatMap { block -> [[String]] in
            guard case .table(let table) = block else { return [] }
            return table.rows.map { row in
                row.map { PlainWords.of($0.blocks) }
            }
        }
        #expect(found == rows)
    }

    @Test(arguments: [
        ("fore-", "man", "foreman"), ("Rhein-", "Main", "Rhein-Main"), ("B-", "17", "B-17"),
        ("a", "b", "a b"), ("so\u{AD}", "me", "some"),
    ])
    func `a hyphen at a line's end joins what it parted`(above: String, below: String, joined: String) {
        #expect(PDFPages.joined(above, below[...]) == joined)
    }

    @Test func `lines that head and foot most pages are left out, once or twice they are text`() throws {
        let page = { (number: Int, text: String) in "Handbook\n\n\(text)\n\n\(number) of 4\n\u{0C}" }
        let four = (1...4).map { page($0, "Page text \(["a", "b", "c", "d"][$0 - 1])") }.joined()
        var written = PDFPages(four).markup(into: MarkupWriter(byteLimit: 1 << 20))
        let markup = written.finish().storageFormat
        #expect(!markup.contains("Handbook") && !markup.contains("of 4") && markup.contains("Page text d"))
        var short = PDFPages(page(1, "x") + page(2, "y")).markup(into: MarkupWriter(byteLimit: 1 << 20))
        #expect(short.finish().storageFormat.contains("Handbook"))
    }

    @Test func `broken HTML is mended, and what is not text does not come through`() throws {
        let source = """
            <html><body><table><tr><td>a<td>b</table><script>x()</script><p>one<p>two<b>three</p><ul><li>x
            <div>&nbsp;&copy; &lt;y&gt;</div><textarea>z</textarea>
            """
        var written = try HTMLText.markup(Array(source.utf8), into: MarkupWriter(byteLimit: 1 << 20))
        let markup = written.finish()
        let page = try StorageFormatParser().parse(markup)
        #expect(page.warnings.isEmpty, "\(markup.storageFormat)")
        let text = TextRenderer().render(page.blocks, title: "").text
        #expect(text.contains("a | b") && text.contains("© <y>") && text.contains("twothree"))
        #expect(!text.contains("x()") && !text.contains("z"))
    }

    @Test(arguments: [1, 7, 4096]) func `markup stays well-formed wherever its limit falls`(limit: Int) throws
    {
        var writer = MarkupWriter(byteLimit: limit)
        var inline = InlineMarkup()
        inline.add("a & <b> \u{1} \"c\"")
        for level in 0..<60 {
            writer.item(level: level % 4, isOrdered: level % 3 == 0, inline)
            if level % 9 == 0 { writer.heading(2, inline) }
            if level % 7 == 0 {
                writer.table([
                    TableRow(cells: [.init(markup: InlineMarkup("x").markup, columnSpan: 2)], isHeader: true)
                ])
            }
        }
        let page = try StorageFormatParser().parse(writer.finish())
        #expect(page.warnings.isEmpty)
        #expect(writer.isCut == (limit < 4096) || limit == 4096)
    }
}

/// The words of blocks on one line.
private enum PlainWords {
    static func of(_ blocks: [Block]) -> String {
        TextRenderer().render(blocks, title: "").text.replacing("\n", with: " ")
    }
}
