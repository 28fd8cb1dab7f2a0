import Foundation
import Testing
import Text

@testable import Documents

/// Pages made to break a parser. That each test ends says that none of them takes time without measure.
@Suite struct `Storage format, hostile pages` {
    private func text(_ source: String, limits: StorageFormatLimits = StorageFormatLimits()) throws -> String
    {
        let page = try StorageFormatParser(limits: limits).parse(source)
        return TextRenderer().render(page.blocks, title: "").text
    }

    @Test func `a million laughs stay unlaughed`() throws {
        var entities = "<!ENTITY lol0 \"lol\">"
        for level in 1...9 {
            let inner = String(repeating: "&lol\(level - 1);", count: 10)
            entities += "<!ENTITY lol\(level) \"\(inner)\">"
        }
        let source = "<?xml version=\"1.0\"?><!DOCTYPE x [\(entities)]><p>Ha &lol9; end</p>"
        #expect(try text(source) == "Ha &lol9; end")
    }

    @Test func `an external entity is never read`() throws {
        let source = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/hostname\">]><p>Is &f; there?</p>"
        #expect(try text(source) == "Is &f; there?")
        #expect(try text("<p>a</p><!DOCTYPE y SYSTEM \"http://localhost:1/x.dtd\"><p>b</p>") == "a\n\nb")
    }

    @Test func `500 levels of nesting keep their text and are reported`() throws {
        let source =
            String(repeating: "<div>", count: 500) + "<p>deep</p>" + String(repeating: "</div>", count: 500)
            + "<p>after</p>"
        let page = try StorageFormatParser().parse(source)
        #expect(TextRenderer().render(page.blocks, title: "").text == "deep\n\nafter")
        #expect(page.warnings == [.depthCut(limit: 256)])
    }

    @Test(arguments: ["ul><li", "table><tr><td", "blockquote", "strong", "ac:layout-cell"])
    func `10,000 levels of one element keep their text`(tag: String) throws {
        let open = "<" + tag + ">"
        let close = tag.split(separator: "><").reversed().map { "</\($0)>" }.joined()
        let source =
            String(repeating: open, count: 10_000) + "deep" + String(repeating: close, count: 10_000)
            + "<p>end</p>"
        let rendered = try text(source)
        #expect(rendered.contains("deep"))
        #expect(rendered.hasSuffix("end"))
        #expect(try text(String(repeating: open, count: 10_000) + "deep").contains("deep"))
    }

    @Test func `a page of 10 MB is taken in whole`() throws {
        let source = String(
            repeating: "<p>All work &amp; no play makes <b>Jack</b> dull.</p>\n", count: 200_000)
        #expect(source.utf8.count > 10_000_000)
        let rendered = try text(source)
        #expect(rendered.hasPrefix("All work & no play makes Jack dull.\n\nAll work"))
        #expect(rendered.utf8.count == 200_000 * 37 - 2)
    }

    /// Openings and closings of one level.
    @Test(arguments: [
        ("<ul><li>a", "</li></ul>"), ("<table><tbody><tr><td>a", "</td></tr></tbody></table>"),
        (
            "<ac:structured-macro ac:name=\"info\"><ac:rich-text-body><p>a</p>",
            "</ac:rich-text-body></ac:structured-macro>"
        ),
        ("<blockquote>a", "</blockquote>"), ("<b>a", "</b>"),
        ("<ac:link><ac:link-body>a", "</ac:link-body></ac:link>"),
    ])
    func `500 levels become chunks that hold every level's text`(open: String, close: String) throws {
        let source = String(repeating: open, count: 500) + "deep" + String(repeating: close, count: 500)
        let rendered = TextRenderer().render(try StorageFormatParser().parse(source).blocks, title: "")
        let chunks = Chunker(counter: EstimatedTokenCounter()).chunks(of: rendered, title: "")
        #expect(chunks.contains { $0.text.contains("deep") })
        #expect(chunks.allSatisfy { $0.tokenCount <= 254 })
    }

    @Test(arguments: [
        ("<p>", "wordwithoutend", "</p>"), ("<p>", "All work and no play. ", "</p>"),
        ("<table><tbody>", "<tr><th>key</th><td>value of it</td></tr>", "</tbody></table>"),
        ("", "<h2>Title</h2><p>One sentence.</p>", ""), ("<p>", "漢字かな交じり文。", "</p>"),
    ])
    func `10 MB of one shape become chunks`(before: String, piece: String, after: String) throws {
        let source = before + String(repeating: piece, count: 10_000_000 / piece.utf8.count) + after
        let rendered = TextRenderer().render(try StorageFormatParser().parse(source).blocks, title: "")
        let chunks = Chunker(counter: EstimatedTokenCounter()).chunks(of: rendered, title: "")
        #expect(chunks.last?.range.upperBound == rendered.text.utf8.count)
        #expect(chunks.allSatisfy { $0.tokenCount <= 254 })
    }

    @Test func `a page over the limit is refused with both numbers`() throws {
        let parser = StorageFormatParser(limits: StorageFormatLimits(maxBytes: 10))
        let refusal = StorageFormatRefusal.documentTooLarge(byteCount: 11, limitBytes: 10)
        #expect(throws: DocumentsError.storageFormat(refusal)) { try parser.parse("12345678901") }
        #expect(try parser.parse("1234567890").blocks == [.paragraph([.text("1234567890")])])
        #expect(DocumentsError.storageFormat(refusal).description.contains("11 bytes long; the limit is 10"))
    }

    @Test func `100,000 attributes cost a warning`() throws {
        let attributes = (0..<100_000).map { "a\($0)=\"1\"" }.joined(separator: " ")
        let page = try StorageFormatParser().parse("<p \(attributes)>Text</p>")
        #expect(page.blocks == [.paragraph([.text("Text")])])
        #expect(page.warnings == [.tooManyAttributes])
    }

    @Test func `elements past the limit leave their text`() throws {
        let source = String(repeating: "<p>a </p>", count: 50)
        let page = try StorageFormatParser(limits: StorageFormatLimits(maxElementCount: 10)).parse(source)
        #expect(page.warnings == [.elementCountCut(limit: 10)])
        let rendered = TextRenderer().render(page.blocks, title: "").text
        #expect(rendered.utf8.count { $0 == UInt8(ascii: "a") } == 50)
    }

    @Test func `merged cells cannot multiply a page`() throws {
        let cell = String(repeating: "long ", count: 2_000)
        let rows = String(repeating: "<tr><td>x</td></tr>", count: 20_000)
        let source =
            "<table><tr><td rowspan=\"65534\" colspan=\"1000\">\(cell)</td><td>y</td></tr>\(rows)</table>"
        let page = try StorageFormatParser().parse(source)
        #expect(TextRenderer().render(page.blocks, title: "").text.utf8.count < 4_000_000)
        #expect(MarkdownRenderer().render(page.blocks).utf8.count < 8_000_000)
    }

    /// One level of a table in a header cell, before and after what it holds.
    @Test(arguments: [
        ("<th colspan=\"50\">", "</th><th>x</th></tr>"),
        ("<th rowspan=\"2\">", "</th><th>x</th></tr><tr><th>z</th></tr>"), ("<th>", "</th><th>x</th></tr>"),
    ])
    func `tables in header cells cannot multiply a page`(open: String, close: String) throws {
        let rows = String(repeating: "<tr><td>y</td><td>z</td></tr>", count: 3)
        let source =
            String(repeating: "<table><tbody><tr>" + open, count: 60) + "deep"
            + String(repeating: close + rows + "</tbody></table>", count: 60)
        let page = try StorageFormatParser().parse(source)
        #expect(page.warnings.isEmpty)
        let rendered = TextRenderer().render(page.blocks, title: "").text
        #expect(rendered.contains("deep") && rendered.utf8.count < 100_000)
        let markdown = MarkdownRenderer().render(page.blocks)
        #expect(markdown.contains("deep") && markdown.utf8.count < 4_000_000)
    }

    @Test(arguments: [
        (String(repeating: "<div>", count: 300) + "<p>one</p><p>two</p>", 500_000, "one two"),
        (String(repeating: "<div>", count: 600) + "<p>one<p>two<br>three", 500_000, "one two three"),
        ("<p>one</p><p>two</p><ul><li>three</li></ul>", 1, "one\n\ntwo three"),
        (
            "<p>one</p><script>bad()</script><br/>two<ac:parameter ac:name=\"x\"><b>no</b></ac:parameter>", 1,
            "one\n\ntwo"
        ),
    ])
    func `what lies too deep or comes too late is parted, and settings stay hidden`(
        source: String, elementLimit: Int, text: String
    ) throws {
        let closing = String(repeating: "</div>", count: source.hasSuffix("</p>") ? 300 : 0)
        let limits = StorageFormatLimits(maxElementCount: elementLimit)
        #expect(try self.text(source + closing, limits: limits) == text)
    }

    @Test func `a heading as long as a page is not repeated by every passage below it`() throws {
        let long = String(repeating: "word ", count: 1_000) + "end"
        let page = try StorageFormatParser().parse("<h2>\(long)</h2><p>Text.</p>")
        let rendered = TextRenderer().render(page.blocks, title: "")
        #expect(rendered.text == long + "\n\nText.")
        #expect(rendered.sections.last?.headingPath == [String(long.prefix(300))])
        #expect(rendered.sections.last?.anchor?.utf8.count == long.utf8.count)
    }

    @Test(arguments: [
        "<!--", "<!", "<![CDATA[", "<?", "</", "<", "&", "&#", "]]>", "<a b='", "<!DOCTYPE [", "<![", "<![>",
        "<ac:plain-text-body><![CDATA[</ac:plain-text-body>", "<p", "</p>", "<b></i>", "<td>",
    ])
    func `400,000 bytes of one fragment end in linear time`(fragment: String) throws {
        let source = String(repeating: fragment, count: 400_000 / fragment.utf8.count) + "<p>end</p>"
        let clock = ContinuousClock()
        let elapsed = try clock.measure { _ = try text(source) }
        // Quadratic time would take minutes; the bound leaves room for a busy machine.
        #expect(elapsed < .seconds(20), "\(fragment) took \(elapsed)")
    }

    @Test(arguments: [
        "", " ", "\0", "\u{FEFF}", "<", ">", "&", "<p>", "</p>", "<x/>", "\r\n", "]]>", "<!-- -->",
    ])
    func `next to nothing is no error`(source: String) throws {
        _ = try text(source)
    }
}
