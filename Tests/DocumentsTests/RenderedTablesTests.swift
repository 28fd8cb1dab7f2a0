import Testing

@testable import Documents

/// Tables of live macros, taken from the rendered page.
@Suite struct `Rendered tables` {
    private func macro(_ name: String, _ parameters: [String: String] = [:]) -> String {
        let given = parameters.sorted { $0.key < $1.key }
            .map { "<ac:parameter ac:name=\"\($0.key)\">\($0.value)</ac:parameter>" }.joined()
        return
            "<ac:structured-macro ac:name=\"\(name)\" ac:schema-version=\"1\">\(given)</ac:structured-macro>"
    }

    private func table(_ rows: [String]...) -> String {
        let body = rows.enumerated().map { index, row in
            let tag = index == 0 ? "th" : "td"
            return "<tr>" + row.map { "<\(tag)>\($0)</\(tag)>" }.joined() + "</tr>"
        }
        return
            "<div class=\"table-wrap\"><table class=\"confluenceTable\"><tbody>\(body.joined())</tbody></table></div>"
    }

    private func text(
        _ storage: String, _ view: String, mayShow: (LinkedPage) -> Bool = { _ in true }
    ) throws -> String {
        let page = try RenderedTables(view).page(storage: storage, mayShow: mayShow)
        return TextRenderer().render(page.blocks, title: "").text
    }

    private let decisions = ["Decision", "Status"]

    private func link(_ words: String, id: Int = 12) -> String {
        "<a href=\"/wiki/spaces/OPS/pages/\(id)/X\">\(words)</a>"
    }

    @Test func `a report's rows stand where the macro stands`() throws {
        let storage =
            "<h2>Decisions</h2><p>All:</p>\(macro("detailssummary", ["cql": "label = adr"]))<p>End.</p>"
        let view =
            "<h2 id=\"x\">Decisions</h2><p>All:</p>\(table(decisions, ["<a href=\"/wiki/spaces/OPS/pages/12/Queue\">Queue</a>", "DONE"]))<p>End.<br></p>"
        let found = try text(storage, view)
        #expect(found == "Decisions\n\nAll:\n\nDecision | Status\nQueue | DONE\n\nEnd.")
    }

    @Test func `a list of Jira issues replaces its query, one issue stays its key`() throws {
        let storage =
            "<p>\(macro("jira", ["key": "AB-1"]))</p><p>\(macro("jira", ["jqlQuery": "project = AB"]))</p>"
        let view = "<p>AB-1 - Fix it</p>\(table(["Key", "Summary"], ["AB-2", "Paint"]))"
        let found = try text(storage, view)
        #expect(found == "AB-1\n\nKey | Summary\nAB-2 | Paint")
    }

    @Test func `sections are aligned by their headings, tables within them by their order`() throws {
        let own = table(["Own"], ["first"])
        let storage = """
            <h2>A</h2>\(own)\(macro("detailssummary"))<h2>B</h2>\(macro("content-report-table"))\(own)
            """
        let view = """
            <h2>A</h2>\(own)\(table(["R"], [link("a")]))<h2>Injected</h2><h2>B</h2>\(table(["S"], [link("b")]))\(own)
            """
        let found = try text(storage, view)
        #expect(found == "A\n\nOwn\n\nfirst\n\nR\n\na\n\nB\n\nS\n\nb\n\nOwn\n\nfirst")
    }

    @Test func `a macro that renders nothing takes no other table`() throws {
        let (one, two) = (table(["One"], ["1"]), table(["Two"], ["2"]))
        let storage = one + macro("jira", ["jqlQuery": "x = y"]) + two + macro("detailssummary")
        let view = one + "<p>No issues found.</p>" + two + table(["R"], [link("r")])
        let found = try text(storage, view)
        #expect(found == "One\n\n1\n\nJira: x = y\n\nTwo\n\n2\n\nR\n\nr")
    }

    @Test func `a macro that renders two tables has both`() throws {
        let own = table(["Own"], ["1"])
        let storage = macro("detailssummary") + own
        let view = table(["R"], [link("a")]) + table(["S"], [link("b")]) + own
        let found = try text(storage, view)
        #expect(found == "R\n\na\n\nS\n\nb\n\nOwn\n\n1")
    }

    @Test func `a rendered page that says nothing changes nothing`() throws {
        let storage = "<p>a</p>\(macro("detailssummary"))\(macro("jira", ["jql": "p = q"]))"
        for view in ["", "<html>", "<p>error</p>", String(repeating: "<div>", count: 2_000)] {
            let found = try text(storage, view)
            #expect(found == "a\n\nJira: p = q")
        }
    }

    @Test func `only pages with such a macro are worth another request`() {
        #expect(RenderedTables.areWanted(in: macro("detailssummary")))
        #expect(RenderedTables.areWanted(in: "<ac:structured-macro ac:name=\"jiraissues\"/>"))
        #expect(!RenderedTables.areWanted(in: macro("jira", ["key": "AB-1"])))
        #expect(!RenderedTables.areWanted(in: macro("toc") + "<p>detailssummary</p>"))
        #expect(
            !RenderedTables.areWanted(
                in: "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA["
                    + macro("detailssummary") + "]]></ac:plain-text-body></ac:structured-macro>"))
    }

    @Test func `a macro that closes itself gets its table too`() throws {
        let storage = "<p>a</p><ac:structured-macro ac:name=\"detailssummary\"/><p>b</p>"
        let found = try text(storage, table(["R"], [link("r")]))
        #expect(found == "a\n\nR\n\nr\n\nb")
    }

    @Test func `a report's row is shown only where its page may be`() throws {
        let view = table(
            decisions, [link("Open"), "DONE"], [link("Secret", id: 13), "DRAFT"], ["No link", "LOST"],
            ["<a href=\"/wiki/x/AbC\">Short</a>", "LOST"],
            ["\(link("Both")) <a href=\"/display/OPS/Secret+too\">too</a>", "LOST"],
            ["\(link("Ana")) <a href=\"/display/~ana\">Ana</a>", "DONE"])
        let shown = try text(macro("detailssummary"), view) { page in
            page != .id("13") && page != .title("Secret too", spaceKey: "OPS") && page != .unknown
        }
        #expect(shown == "Decision | Status\nOpen | DONE\nAna Ana | DONE")
    }

    @Test(arguments: [
        ("/pages/viewpage.action?pageId=77", LinkedPage.id("77")),
        ("https://x.atlassian.net/wiki/spaces/A/pages/78/T", .id("78")),
        ("/display/A/One+two%3F", .title("One two?", spaceKey: "A")),
        ("/wiki/spaces/A/blog/2024/01/02/79/T", .id("79")), ("/x/AbC", .unknown),
        ("https://jira.example.com/browse/AB-1", nil), ("/display/~ana", nil),
    ])
    func `a link tells which page it leads to`(address: String, page: LinkedPage?) {
        #expect(LinkedPage(.url(address)) == page)
    }
}
