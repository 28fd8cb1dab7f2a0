import Documents
import Testing

/// Markup in which words are easily lost, glued together or invented.
@Suite struct `Storage format, word for word` {
    private static func render(_ source: String) throws -> RenderedText {
        TextRenderer().render(try StorageFormatParser().parse(source).blocks, title: "")
    }

    private func text(_ source: String) throws -> String {
        try Self.render(source).text
    }

    private func markdown(_ source: String) throws -> String {
        MarkdownRenderer().render(try StorageFormatParser().parse(source).blocks)
    }

    @Test(arguments: [
        ("<p>Owner<strong><br/></strong>Ann</p>", "Owner\nAnn"),
        ("<p>one<strong><br/>two</strong></p>", "one\ntwo"),
        ("<p>one<em><strong><br/>two</strong></em></p>", "one\ntwo"),
        ("<p>see<a href=\"#x\"><br/></a>here</p>", "see\nhere"),
        ("<p>see<a href=\"#x\"><br/>here</a></p>", "see\nhere"),
        ("<p><strong><br/>first</strong></p>", "first"),
        ("<p>last<strong><br/></strong></p>", "last"),
        ("<h2>a<em><br/>b</em></h2>", "a b"),
        (
            "<p>a <strong><ac:image ac:alt=\"x\"><ac:caption><br/>c</ac:caption></ac:image></strong></p>",
            "a (Image: x – c)"
        ),
    ])
    func `a line break within a style or a link parts the words around it`(source: String, text: String)
        throws
    {
        #expect(try self.text(source) == text)
    }

    @Test func `a line break that a style begins with stands outside of it`() throws {
        #expect(try markdown("<p>one<strong><br/>two</strong></p>") == "one\\\n**two**\n")
    }

    /// Rows of page properties and what they say.
    @Test(arguments: [
        ("<tr><th><h3>Owner</h3></th><td>Ann</td></tr>", "Owner: Ann"),
        ("<tr><th><p><strong>Owner</strong></p></th><td>Ann</td></tr>", "Owner: Ann"),
        (
            "<tr><td colspan=\"2\"><ul><li>a</li><li>b</li></ul></td></tr><tr><th>Owner</th><td>Ann</td></tr>",
            "a; b\nOwner: Ann"
        ),
        ("<tr><th><ul><li>a</li></ul></th><td>Ann</td></tr>", "a; Ann"),
        (
            "<tr><th><h3>A</h3></th><th>B</th><th>C</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>",
            "A: 1\nB: 2\nC: 3"
        ),
        (
            """
            <tr><th><ul><li>A</li></ul></th><th>B</th><th>C</th></tr><tr><td>1</td><td>2</td><td>3</td></tr>
            """, "A | B | C\n1 | 2 | 3"
        ),
    ])
    func `page properties keep keys of any kind, and rows without one`(rows: String, text: String) throws {
        #expect(try self.text(details(rows)) == text)
        #expect(try !markdown(details(rows)).contains("****"))
    }

    @Test func `the caption of page properties is a paragraph before them`() throws {
        let rows = "<caption>Facts</caption><tr><th>Owner</th><td>Ann</td></tr>"
        #expect(try text(details(rows)) == "Facts\n\nOwner: Ann")
        let facts = details("<tr><td><ul><li>a</li></ul></td></tr>")
        #expect(try text("<table><tr><td>x</td><td>\(facts)</td></tr></table>") == "x | a")
    }

    private func details(_ rows: String) -> String {
        """
        <ac:structured-macro ac:name="details"><ac:rich-text-body><table>\(rows)</table></ac:rich-text-body>\
        </ac:structured-macro>
        """
    }

    // MARK: Tables in tables

    /// What stands in a cell beside `x`, as text and as Markdown.
    @Test(arguments: [
        (
            """
            <table><caption>People</caption><tr><th colspan="2">Contacts</th></tr>\
            <tr><th>Name</th><th>Phone</th></tr><tr><td>Ana</td><td>11</td></tr></table>
            """, "People; Contacts\n  - Name: Ana, Phone: 11",
            "People<br>**Contacts**<br>- Name: Ana, Phone: 11"
        ),
        ("<table><tr><th>Ports</th></tr><tr><td>80</td></tr></table>", "Ports\n  - 80", "**Ports**<br>- 80"),
        (
            """
            <table><tr><th><table><tr><td>deep</td></tr></table></th><th>B</th></tr>\
            <tr><td>1</td><td>2</td></tr></table>
            """, "\n    - deep\n  - 1, B: 2", "- - deep: 1, B: 2"
        ),
        (
            """
            <ac:structured-macro ac:name="code"><ac:parameter ac:name="title">run.sh</ac:parameter>\
            <ac:plain-text-body><![CDATA[make]]></ac:plain-text-body></ac:structured-macro>
            """, "run.sh: make", "**run.sh**<br>`make`"
        ),
    ])
    func `captions, titles and headers within a cell are kept`(cell: String, text: String, markdown: String)
        throws
    {
        let source = "<table><tr><td>x</td><td>\(cell)</td></tr></table>"
        #expect(try self.text(source) == (text.hasPrefix("\n") ? "x" : "x | ") + text)
        #expect(try self.markdown(source).hasSuffix("| x | \(markdown) |\n"))
    }

    @Test func `a table in a header cell stands below the header`() throws {
        let source = """
            <table><tr><th>Host<table><tr><td>old</td><td>name</td></tr></table></th><th>Port</th></tr>\
            <tr><td>db</td><td>1</td></tr></table>
            """
        let rendered = try Self.render(source)
        #expect(rendered.text == "Host | Port\n  - old | name\ndb | 1")
        #expect(rendered.units.map(\.lead) == ["Host | Port", "Host | Port"])
    }

    @Test func `a header is shown however long it is`() throws {
        let long = String(repeating: "h", count: (1 << 20) + 1)
        let source = "<table><tr><th>\(long)</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"
        #expect(try text(source) == long + " | b\n1 | 2")
    }

    @Test func `a header without rows can be found`() throws {
        let rendered = try Self.render(
            "<table><tr><th>Name</th><th>Port</th></tr><tr><td></td><td> </td></tr></table>")
        #expect(rendered.text == "Name | Port")
        #expect(rendered.units.map(\.range) == [0..<11])
    }

    // MARK: Verbatim

    @Test(arguments: [
        (
            """
            <pre>Set <ac:structured-macro ac:name="status"><ac:parameter ac:name="colour">Green</ac:parameter>\
            <ac:parameter ac:name="title">OK</ac:parameter></ac:structured-macro></pre>
            """, "Set OK"
        ),
        ("<pre>a<div>b</div>c<br/>d</pre>", "a\nb\nc\nd"),
        (
            """
            <ac:structured-macro ac:name="markdown"><ac:rich-text-body><p>a</p><p>b</p></ac:rich-text-body>\
            </ac:structured-macro>
            """, "markdown:\na\nb"
        ),
        ("<p>See <code><ac:link><ri:page ri:content-title=\"Config\"/></ac:link></code>.</p>", "See Config."),
        ("<p>a<code> </code>b</p>", "a b"),
    ])
    func `what is verbatim holds its words and no settings`(source: String, text: String) throws {
        #expect(try self.text(source) == text)
    }

    // MARK: Titles and links

    @Test(arguments: [
        """
        <ac:structured-macro ac:name="expand"><ac:parameter ac:name="">Read more</ac:parameter>\
        <ac:rich-text-body><p>Pumps.</p></ac:rich-text-body></ac:structured-macro>
        """,
        """
        <ac:macro ac:name="expand"><ac:default-parameter>Read more</ac:default-parameter>\
        <ac:rich-text-body><p>Pumps.</p></ac:rich-text-body></ac:macro>
        """,
    ])
    func `a fold's title may be its default parameter`(source: String) throws {
        #expect(try text(source) == "Read more\nPumps.")
    }

    @Test(arguments: [
        (
            "<p>See <a href=\"https://x/browse/ABC-7\" data-card-appearance=\"inline\"></a>.</p>",
            "See https://x/browse/ABC-7."
        ),
        ("<p>See <a href=\"#top\"></a>it.</p>", "See it."),
        ("<p><ac:link><ri:page ri:content-title=\"Guide\"/>the guide</ac:link></p>", "the guide"),
        ("<p><ac:link ac:anchor=\"x\"><strong>go</strong> <em>on</em></ac:link></p>", "go on"),
        ("<p>(<ac:link>\n<ri:page ri:content-title=\"Guide\"/>\n</ac:link>)</p>", "(Guide)"),
    ])
    func `a link shows what it holds, else where it leads`(source: String, text: String) throws {
        #expect(try self.text(source) == text)
    }
}

@Suite struct `Text in odd places` {
    private func text(_ markup: String) throws -> String {
        TextRenderer(references: KnownPeople()).render(
            try StorageFormatParser().parse(markup).blocks, title: "Golden"
        ).text
    }

    @Test func `text beside a task's body is kept, and a list below it`() throws {
        #expect(
            try text(
                """
                <ac:task-list>stray list<ac:task>stray task<ac:task-id>1</ac:task-id>\
                <ac:task-status>incomplete</ac:task-status><ac:task-body>job</ac:task-body><ac:task-list>\
                <ac:task><ac:task-status>complete</ac:task-status><ac:task-body>paint</ac:task-body></ac:task>\
                </ac:task-list></ac:task></ac:task-list>
                """) == "- stray list\n- [ ] stray task\n  job\n  - [x] paint")
    }

    @Test func `text straight in a table or a row is kept, apart from cells and from each other`() throws {
        #expect(
            try text(
                """
                <table>stray table<tbody><tr>stray row<td>cell</td>behind<td>other</td><p>in row</p></tr>\
                loose<tr><td>c</td><td>d</td></tr></tbody></table>
                """) == "cell | other\nc | d\n\nstray table\n\nstray row\n\nbehind\n\nin row\n\nloose")
    }

    @Test func `text straight in a node of the editor is kept`() throws {
        #expect(
            try text(
                """
                <ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">info\
                </ac:adf-attribute>loose<ac:adf-content><p>Body.</p></ac:adf-content></ac:adf-node>\
                </ac:adf-extension>
                """) == "Info: loose\n\nBody.")
    }

    @Test(arguments: ["code", "noformat", "markdown", "html"])
    func `a title of code without a body is nothing`(macro: String) throws {
        #expect(
            try text(
                """
                <ac:structured-macro ac:name="\(macro)"><ac:parameter ac:name="title">Nightly</ac:parameter>\
                </ac:structured-macro>
                """
            ).isEmpty)
    }
}
