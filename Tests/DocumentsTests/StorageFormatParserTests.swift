import Testing

@testable import Documents

@Suite struct `Storage format parser` {
    private func blocks(_ source: String) throws -> [Block] {
        try StorageFormatParser().parse(source).blocks
    }

    @Test func `there are 253 named characters`() throws {
        // The five of XML and four samples from each end of the table of XHTML 1.0.
        let source = "<p>&amp;&lt;&gt;&quot;&apos;&nbsp;&iexcl;&yuml;&OElig;&diams;&thetasym;&zwj;</p>"
        #expect(try blocks(source) == [.paragraph([.text("&<>\"' ¡ÿŒ♦ϑ\u{200D}")])])
        #expect(StorageFormatEntities.count == 253)
    }

    @Test func `a well-formed page has no warnings`() throws {
        let page = try StorageFormatParser().parse(
            "<p>a<br />b &ldquo;c&rdquo;</p><ac:link ac:anchor=\"x\" />")
        #expect(page.warnings.isEmpty)
    }

    @Test func `a defect is reported with its line`() throws {
        let page = try StorageFormatParser().parse("<p>one</p>\n<!-- two\nthree -->\n<p>four<br></p>")
        #expect(page.warnings == [.repairedMarkup(line: 4, code: 76)])
        #expect(page.blocks == [.paragraph([.text("one")]), .paragraph([.text("four")])])
    }

    @Test func `a stray end tag does not reach across a cell`() throws {
        let source = "<p><table><tbody><tr><td>a</p>b</td><td>c</td></tr></tbody></table>"
        guard case .table(let table)? = try blocks(source).last else {
            Issue.record("no table")
            return
        }
        #expect(table.rows.map(\.count) == [2])
    }

    @Test func `parameters of an unknown macro never become text`() throws {
        let source = """
            <ac:structured-macro ac:name="profiles"><ac:parameter ac:name="a">false</ac:parameter>\
            <ac:parameter ac:name="fields">fullName,nick</ac:parameter></ac:structured-macro>
            """
        let page = try StorageFormatParser().parse(source)
        #expect(page.blocks.isEmpty)
        #expect(page.warnings == [.unknownMacro(name: "profiles")])
    }

    @Test func `an extension is rendered once`() throws {
        let source = """
            <ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">tip\
            </ac:adf-attribute><ac:adf-content><p>x</p></ac:adf-content></ac:adf-node>\
            <ac:adf-fallback><p>x</p></ac:adf-fallback></ac:adf-extension>
            """
        #expect(try blocks(source) == [.panel(kind: "tip", title: nil, [.paragraph([.text("x")])])])
    }

    @Test func `code keeps its lines, its indentation and its end-of-CDATA`() throws {
        let source = """
            <ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[
              if (a[b[0]]]]><![CDATA[> 1) {
                  &nbsp;
              }
            ]]></ac:plain-text-body></ac:structured-macro>
            """
        let code = "  if (a[b[0]]> 1) {\n      &nbsp;\n  }"
        #expect(try blocks(source) == [.code(language: nil, title: nil, text: code)])
    }

    @Test func `pages parsed at once do not disturb each other`() async throws {
        let names = StorageFormatFixtures.names
        let sources = try names.map { try StorageFormatFixtures.source($0) }
        let alone = try sources.map { try StorageFormatParser().parse($0) }
        try await withThrowingTaskGroup(of: (Int, ParsedPage).self) { group in
            for round in 0..<400 {
                let index = round % sources.count
                group.addTask { (index, try StorageFormatParser().parse(sources[index])) }
            }
            for try await (index, page) in group { #expect(page == alone[index], "\(names[index])") }
        }
    }
}
