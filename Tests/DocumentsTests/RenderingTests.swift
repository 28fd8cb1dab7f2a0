import Documents
import Testing
import Text

@Suite struct `Rendered text` {
    private func render(_ blocks: [Block], title: String = "") -> RenderedText {
        TextRenderer().render(blocks, title: title)
    }

    private func paragraph(_ text: String) -> Block { .paragraph([.text(text)]) }

    private func cell(_ text: String, isHeader: Bool = false) -> TableCell {
        TableCell(isHeader: isHeader, blocks: text.isEmpty ? [] : [paragraph(text)])
    }

    @Test func `no blocks give no text, no units and the section before any heading`() {
        let rendered = render([])
        #expect(
            rendered == RenderedText(text: "", sections: [.init(headingPath: [], anchor: nil)], units: []))
    }

    @Test func `a heading that repeats the title opens no path`() {
        let blocks: [Block] = [.heading(level: 1, [.text("VPN")]), paragraph("a")]
        #expect(render(blocks, title: "VPN").sections.last?.headingPath == [])
        #expect(render(blocks, title: "Other").sections.last?.headingPath == ["VPN"])
    }

    @Test func `every row of a table carries its header`() {
        let header = [cell("Name", isHeader: true), cell("Port", isHeader: true)]
        let rows = (1...3).map { [cell("db\($0)"), cell("\(5000 + $0)")] }
        let rendered = render([.table(Table(rows: [header] + rows))])
        #expect(rendered.units.map(\.lead) == ["Name | Port", "Name | Port", "Name | Port"])
        #expect(Set(rendered.units.map(\.group)).count == 1)
        #expect(rendered.text == "Name | Port\ndb1 | 5001\ndb2 | 5002\ndb3 | 5003")
    }

    @Test func `an inner list item carries its parent`() {
        let inner = Block.list(isOrdered: false, [ListItem(blocks: [paragraph("inner")])])
        let outer = ListItem(blocks: [paragraph("outer"), inner])
        let rendered = render([paragraph("Do:"), .list(isOrdered: true, start: 4, [outer])])
        #expect(rendered.text == "Do:\n\n4. outer\n   - inner")
        #expect(rendered.units.last?.lead == "Do:\n4. outer")
    }

    @Test func `of a long paragraph before a list the announcing sentence is the lead`() {
        let long = String(repeating: "Words go on. ", count: 30) + "Do this:"
        let rendered = render([
            paragraph(long), .list(isOrdered: false, [ListItem(blocks: [paragraph("x")])]),
        ])
        #expect(rendered.units.last?.lead == "Do this:")
    }

    @Test func `a block of code is verbatim even in a list`() {
        let code = Block.code(language: "sh", title: nil, text: "a\n  b")
        let rendered = render([.list(isOrdered: false, [ListItem(blocks: [paragraph("Run:"), code])])])
        #expect(rendered.text == "- Run:\n\nsh:\na\n  b")
        #expect(rendered.units.last?.kind == .code)
        #expect(rendered.units.last?.lead == "- Run:\nsh:")
    }

    @Test func `what follows a fold does not stand under the fold's headings`() {
        let fold = Block.fold(title: "More", [.heading(level: 2, [.text("In")]), paragraph("a")])
        let rendered = render([.heading(level: 1, [.text("Out")]), fold, paragraph("b")])
        let paths = rendered.units.map { rendered.sections[$0.section].headingPath }
        #expect(paths == [["Out"], ["Out", "In"], ["Out"]])
    }

    @Test func `between units lies only white space, a heading or what units repeat`() throws {
        for name in StorageFormatFixtures.names {
            let page = try StorageFormatParser().parse(try StorageFormatFixtures.source(name))
            let rendered = render(page.blocks)
            #expect(rendered.hasSoundUnits, "\(name)")
            let known = Set(
                rendered.units.flatMap { $0.lead.split(separator: "\n").map { $0.trimmed } }
                    + rendered.sections.compactMap(\.headingPath.last))
            let bytes = Array(rendered.text.utf8)
            var end = 0
            for unit in rendered.units {
                let gap = String(decoding: bytes[end..<unit.range.lowerBound], as: UTF8.self)
                for line in gap.split(separator: "\n").map(\.trimmed) where !line.isEmpty {
                    #expect(known.contains(line), "\(name): “\(line)” is in no unit")
                }
                end = unit.range.upperBound
            }
        }
    }

    @Test func `a person is named, or is someone`() {
        let blocks: [Block] = [.paragraph([.mention(.accountID("557058:ana")), .mention(.accountID("x"))])]
        #expect(TextRenderer(references: KnownPeople()).render(blocks, title: "").text == "Ana Ruizsomeone")
    }

    @Test func `anchors follow Confluence, a repeated heading is counted`() {
        let heading = Block.heading(level: 2, [.text("Set up: it's easy")])
        let rendered = render([heading, heading, heading])
        #expect(
            rendered.sections.dropFirst().map(\.anchor) == [
                "Set-up:-it's-easy", "Set-up:-it's-easy.1", "Set-up:-it's-easy.2",
            ])
    }

    @Test func `an image's words are said once, and long ones cost no more than their length`() {
        let long = String(repeating: "a", count: 200_000)
        let image = ImageReference(source: "f.png", alternative: long, title: long)
        #expect(render([.image(image)]).text == "Image: \(long) (f.png)")
        let title = String(long.dropLast(100_000)) + "b"
        let other = ImageReference(source: "", alternative: long, title: title)
        let clock = ContinuousClock()
        let elapsed = clock.measure { _ = render([.image(other)]) }
        // Each place compared with each would take minutes; the bound leaves room for a busy machine.
        #expect(elapsed < .seconds(20), "\(elapsed)")
    }

    @Test func `a heading with nothing under it is a unit of its own`() {
        let rendered = render([.heading(level: 2, [.text("Lonely")]), .heading(level: 2, [.text("Last")])])
        #expect(rendered.units.map { rendered.sections[$0.section].headingPath } == [["Lonely"], ["Last"]])
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
