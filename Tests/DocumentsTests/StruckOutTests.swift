import Foundation
import TestSupport
import Testing

@testable import Documents

/// What is struck out stands no more: the text, which is searched and quoted, leaves it out, and Markdown shows it
/// struck.
@Suite struct `Struck-out text` {
    private func page(_ markup: String) throws -> ParsedPage { try StorageFormatParser().parse(markup) }

    private func text(_ markup: String) throws -> String {
        TextRenderer().render(try page(markup).blocks, title: "Golden").text
    }

    @Test(arguments: [
        "<s>500</s>", "<del>500</del>", "<strike>500</strike>",
        #"<span style="color: red; text-decoration: line-through;">500</span>"#,
        #"<span style="TEXT-DECORATION-LINE:underline LINE-THROUGH">500</span>"#,
        "<s>500 <strong>litres</strong></s>", "<strong><s>500</s></strong>",
    ])
    func `it is left out of the text and struck in Markdown`(struck: String) throws {
        let markup = "<p>The limit is \(struck) 750 litres.</p>"
        #expect(try text(markup) == "The limit is 750 litres.")
        #expect(MarkdownRenderer().render(try page(markup).blocks).contains("~~500"))
    }

    @Test(arguments: [
        ("Use <s>red</s>.", "Use."), ("<s>Red</s> green", "green"), ("a, <s>b</s>, c", "a, c"),
        ("colo<s>u</s>r", "color"), ("Limit<s>500</s>750", "Limit 750"), ("75<s>0</s>5", "75 5"),
        ("one<br/><s>two</s><br/>three", "one\nthree"), ("end <s>gone</s>", "end"), ("<s>all</s>", ""),
        ("in (<s>old</s> new)", "in (new)"),
    ])
    func `the gap that it leaves is closed`(markup: String, expected: String) throws {
        #expect(try text("<p>\(markup)</p>") == expected)
    }

    @Test func `blocks that are struck out are left out whole`() throws {
        #expect(try text("<p>Valid.</p><del><p>Gone.</p><ul><li>too</li></ul></del>") == "Valid.")
        let style = #"style="text-decoration: line-through""#
        #expect(try text("<p \(style)>Gone.</p><p>Valid.</p>") == "Valid.")
        #expect(
            try text("<div \(style)><h2>Gone</h2><pre>rm -r</pre></div><p>Valid.</p>").hasSuffix("Valid."))
        #expect(try text("<ol><li>one</li><li \(style)>two</li><li>three</li></ol>") == "1. one\n3. three")
        let table = """
            <table><tr><th>Part</th><th>Days</th></tr><tr><td>valve</td><td \(style)>30</td></tr>\
            <tr \(style)><td>seal</td><td>90</td></tr><tr><td>oil</td><td>7</td></tr></table>
            """
        #expect(try text(table) == "Part | Days\nvalve\noil | 7")
    }

    @Test func `a task that is struck out is none`() throws {
        func task(_ body: String) -> String { "<ac:task><ac:task-body>\(body)</ac:task-body></ac:task>" }
        #expect(
            try text("<ac:task-list>\(task("<s>order oil</s>"))\(task("check it"))</ac:task-list>")
                == "- [ ] check it")
    }

    @Test func `a heading that is struck out says so and keeps its section`() throws {
        let rendered = TextRenderer().render(
            try page("<h2>Now</h2><p>a</p><h2><s>Old way</s></h2><p>b</p>").blocks, title: "Golden")
        #expect(rendered.sections.map(\.headingPath) == [[], ["Now"], ["Old way (struck out)"]])
        #expect(rendered.sections.last?.anchor == "Old-way")
    }

    @Test func `a run of a Word document is struck out`() throws {
        func run(_ text: String, _ properties: String) -> String {
            "<w:r><w:rPr>\(properties)</w:rPr><w:t xml:space=\"preserve\">\(text)</w:t></w:r>"
        }
        let body =
            run("The limit is ", "<w:b/>") + run("500", "<w:strike/>") + run(" ", "")
            + run("600", "<w:dstrike w:val=\"true\"/>") + run(" 750", "<w:strike w:val=\"0\"/>")
        let document = """
            <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>\
            <w:pPr><w:rPr><w:strike/></w:rPr></w:pPr>\(body)</w:p></w:body></w:document>
            """
        var zip = ZipWriter()
        zip.add("[Content_Types].xml", Data("<Types/>".utf8))
        zip.add("word/document.xml", Data(document.utf8))
        var written = try WordText.markup([UInt8](zip.data), into: MarkupWriter(byteLimit: 1 << 20))
        let page = try StorageFormatParser().parse(written.finish())
        #expect(TextRenderer().render(page.blocks, title: "").text == "The limit is 750")
    }

    @Test func `code does not hold what is struck out in it`() throws {
        #expect(try text("<p>Run <code>drain <s>--force</s> all</code></p>") == "Run drain all")
        #expect(try text("<pre>one\n<s>two</s>\nthree</pre>").contains("two") == false)
    }

    @Test func `the editor's mark, wiki markup and HTML files strike out as well`() throws {
        let document = try ADFParser().parse(
            """
            {"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"The limit is "},
            {"type":"text","text":"500","marks":[{"type":"strike"}]},{"type":"text","text":" 750."}]}]}
            """)
        #expect(TextRenderer().render(document.blocks, title: "").text == "The limit is 750.")
        let file = """
            <p>The limit is <strike>500</strike> <span style="text-decoration:line-through">600</span> 750.</p>
            <p style="text-decoration: line-through">gone</p>
            """
        var written = try HTMLText.markup(Array(file.utf8), into: MarkupWriter(byteLimit: 1 << 20))
        let html = try StorageFormatParser().parse(written.finish())
        #expect(TextRenderer().render(html.blocks, title: "").text == "The limit is 750.")
        let wiki = try StorageFormatParser().parse(WikiMarkup.events(of: "The limit is -500- 750."))
        #expect(TextRenderer().render(wiki.blocks, title: "").text == "The limit is 750.")
    }
}
