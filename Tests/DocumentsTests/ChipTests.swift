import Testing

@testable import Documents

/// What pages show in a box of its own: dates, statuses, people, keys of Jira, emoji, cards, formulas.
@Suite struct `Chips in running text` {
    private func text(_ markup: String) throws -> String {
        TextRenderer(references: KnownPeople()).render(
            try StorageFormatParser().parse(markup).blocks, title: "Golden"
        ).text
    }

    private static let chips: [(markup: String, words: String)] = [
        (#"<time datetime="2031-05-04" />"#, "2031-05-04"),
        (
            #"<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">PAUSED</ac:parameter></ac:structured-macro>"#,
            "PAUSED"
        ),
        (
            #"<ac:structured-macro ac:name="jira"><ac:parameter ac:name="key">OPS-12</ac:parameter></ac:structured-macro>"#,
            "OPS-12"
        ),
        (#"<ac:link><ri:user ri:account-id="557058:ana" /></ac:link>"#, "Ana Ruiz"),
        (#"<ri:user ri:userkey="8a7f808" />"#, "Chen Wu"),
        (#"<ac:emoticon ac:name="blue-star" ac:emoji-fallback="⚓" />"#, "⚓"),
        (#"<a href="https://w.example/x" data-card-appearance="inline">Plan</a>"#, "Plan"),
        (
            #"<ac:structured-macro ac:name="mathinline"><ac:parameter ac:name="body">x^2</ac:parameter></ac:structured-macro>"#,
            "x^2"
        ),
        (
            #"<ac:structured-macro ac:name="view-file"><ac:parameter ac:name="name"><ri:attachment ri:filename="a.pdf" /></ac:parameter></ac:structured-macro>"#,
            "a.pdf"
        ),
        (
            #"<ac:structured-macro ac:name="made-up"><ac:parameter ac:name="title">Seal</ac:parameter></ac:structured-macro>"#,
            "Seal"
        ),
    ]

    @Test(arguments: Self.chips)
    func `a chip is apart from the words beside it`(markup: String, words: String) throws {
        #expect(try text("<p>before\(markup)after</p>") == "before \(words) after")
        #expect(try text("<p><strong>before</strong>\(markup)<em>after</em></p>") == "before \(words) after")
        #expect(try text("<p>before<strong>\(markup)</strong>after</p>") == "before \(words) after")
        #expect(try text("<p>一\(markup)二</p>") == "一 \(words) 二")
        #expect(
            try text("<table><tr><td>before\(markup)after</td></tr></table>") == "before \(words) after")
    }

    @Test(arguments: Self.chips)
    func `a chip gets no space that it does not need`(markup: String, words: String) throws {
        #expect(try text("<p>\(markup)</p>") == words)
        #expect(try text("<p>before \(markup) after</p>") == "before \(words) after")
        #expect(try text("<p>(\(markup)), “\(markup)”.</p>") == "(\(words)), “\(words)”.")
        #expect(try text("<p>before<br/>\(markup)<br/>after</p>") == "before\n\(words)\nafter")
        #expect(try text("<p>done.\(markup)</p>") == "done. \(words)")
    }

    @Test func `chips side by side are apart, and emoji are not`() throws {
        let (date, status) = (Self.chips[0].markup, Self.chips[1].markup)
        let emoji = Self.chips[5].markup
        #expect(try text("<p>\(date)\(status)\(date)</p>") == "2031-05-04 PAUSED 2031-05-04")
        #expect(try text("<p>well\(emoji)\(emoji)done\(emoji)\(status)</p>") == "well ⚓⚓ done ⚓ PAUSED")
    }

    @Test func `chips of the editor's own format are apart as well`() throws {
        let nodes = [
            #"{"type":"date","attrs":{"timestamp":"1772668800000"}}"#,
            #"{"type":"status","attrs":{"text":"BLOCKED"}}"#,
            #"{"type":"mention","attrs":{"id":"557058:ana","text":"@Ana"}}"#,
            #"{"type":"emoji","attrs":{"shortName":":anchor:","text":"⚓"}}"#,
            #"{"type":"inlineCard","attrs":{"url":"https://w.example/browse/DOCK-12"}}"#,
            #"{"type":"inlineExtension","attrs":{"extensionType":"x","extensionKey":"jira","parameters":{"macroParams":{"key":{"value":"OPS-12"}}}}}"#,
        ]
        let words = [
            "2026-03-05", "BLOCKED", "Ana Ruiz", "⚓", "https://w.example/browse/DOCK-12", "OPS-12",
        ]
        for (node, words) in zip(nodes, words) {
            let page = try ADFParser().parse(
                #"{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"before"},"#
                    + node + #",{"type":"text","text":"after"}]}]}"#)
            let text = TextRenderer(references: KnownPeople()).render(page.blocks, title: "").text
            #expect(text == "before \(words) after")
        }
    }

    @Test func `links, code and styles in a word leave it whole`() throws {
        #expect(try text("<p>un<strong>break</strong>able</p>") == "unbreakable")
        #expect(try text(#"<p>pre<a href="https://a.example">fix</a>es</p>"#) == "prefixes")
        #expect(try text("<p>the <code>max</code>imum</p>") == "the maximum")
    }
}
