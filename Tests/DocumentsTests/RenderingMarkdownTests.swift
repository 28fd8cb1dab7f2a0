import Documents
import Testing

@Suite struct `Rendered Markdown` {
    private func render(_ inlines: Inline...) -> String {
        MarkdownRenderer().render([.paragraph(inlines)])
    }

    @Test(arguments: [
        ("# no heading", "\\# no heading\n"), ("- no list", "\\- no list\n"),
        ("1. no list", "1\\. no list\n"),
        ("2024 was", "2024 was\n"), ("a*b_c`d", "a\\*b\\_c\\`d\n"), ("<b>", "\\<b>\n"), ("-5 °C", "-5 °C\n"),
    ])
    func `text that looks like Markdown stays text`(text: String, markdown: String) {
        #expect(render(.text(text)) == markdown)
    }

    @Test func `marks stand close to the words`() {
        #expect(render(.text("a"), .strong([.text(" b ")]), .text("c")) == "a **b** c\n")
    }

    @Test func `code with backticks gets longer fences`() {
        #expect(render(.code("a`b")) == "`` a`b ``\n")
        let block = Block.code(language: "md", title: nil, text: "```\nx\n```")
        #expect(MarkdownRenderer().render([block]) == "````md\n```\nx\n```\n````\n")
    }

    @Test func `a fence is as long as it must be, however many backticks there are`() {
        let marks = String(repeating: "`", count: 100_000)
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            #expect(render(.code("a\(marks)b``c")) == "`\(marks) a\(marks)b``c `\(marks)\n")
            let block = Block.code(language: nil, title: nil, text: marks)
            #expect(MarkdownRenderer().render([block]) == "`\(marks)\n\(marks)\n`\(marks)\n")
        }
        // Trying each length would take minutes; the bound leaves room for a busy machine.
        #expect(elapsed < .seconds(20), "\(elapsed)")
    }

    @Test func `a bar in a cell does not part it`() {
        let cell = TableCell(isHeader: false, blocks: [.paragraph([.text("a|b")])])
        #expect(MarkdownRenderer().render([.table(Table(rows: [[cell]]))]).hasSuffix("| a\\|b |\n"))
    }

    @Test func `depth does not multiply a page`() {
        var block = Block.paragraph([.text("x")])
        for _ in 0..<200 { block = .quote([block]) }
        #expect(MarkdownRenderer().render([block]).utf8.count < 1_000)
    }

    @Test func `a link's target is in Confluence's notation`() {
        let target = LinkTarget.page(title: "My page", spaceKey: "OPS", anchor: "Top")
        #expect(render(.link(target, [.text("see")])) == "[see](<OPS:My page#Top>)\n")
    }
}
