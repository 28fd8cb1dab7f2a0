import Testing

@testable import Documents

/// Pages of Confluence before 4.0, as they are found: each line of wiki markup as text that a reader searches.
@Suite struct `Wiki markup` {
    private func text(_ markup: String) throws -> String {
        let page = try StorageFormatParser().parse(WikiMarkup.events(of: markup))
        #expect(!page.warnings.contains { if case .repairedMarkup = $0 { true } else { false } })
        return TextRenderer().render(page.blocks, title: "").text
    }

    @Test(arguments: [
        ("* a\n** b\n*# c\n* d\n# e", "- a\n  - b\n  1. c\n- d\n\n1. e"),
        ("*** deep\n* flat", "- deep\n- flat"),
        ("* a\nstill a\n\nafter", "- a\n  still a\n\nafter"),
        ("{info:title=Mind}\n* a\n{info}\nafter", "Info: Mind\n\n- a\n\nafter"),
        ("{note}One{note} two", "Note: One\n\ntwo"),
        ("{section}{column:width=30%}Left{column}{column}Right{column}{section}", "Left\n\nRight"),
        (
            "{expand:title=More|x=1}Inner\n{code:sql}select 1;{code}\n{expand}",
            "More\nInner\n\nsql:\nselect 1;"
        ),
        ("{quote}Said.{quote}", "Said."),
        ("See {jira:AB-12} and {status:colour=Green|title=DONE}.", "See AB-12 and DONE."),
        ("{include:OPS:Other page}", "Other page"),
        ("{excerpt-include:Glossary|nopanel=true}", "Glossary"),
        ("{toc}\n{children:all=true}\nText {color:red}red{color}.", "Text red."),
        ("{style}p { color: red }{style}\nText", "Text"),
        ("|| Host || Port ||\n| db | 1|\n|| Sum | 2 |", "Host | Port\ndb | 1\nSum | 2"),
        ("| [a|b] | {status:title=OK|colour=Green} | !x.png|alt=Map! |", "a | OK | Image: Map (x.png)"),
        ("|| Owner | Ana |\n|| Room | 4 |", "Owner: Ana\nRoom: 4"),
        ("a&nbsp;b AT&T &eacute;", "a b AT&T é"),
        ("[Guide^plan.pdf] [OPS:/2024/05/06/News] [^own.txt] [~ben]", "plan.pdf News own.txt ben"),
        ("{panel}never closed", "never closed"), ("{code}never closed", "never closed"),
        ("\\{info} stays", "{info} stays"), ("{{a{b}}} {x", "a{b} {x"),
        ("{mathblock}a^2{mathblock}", "a^2"), ("{Code}x{Code} y", "x\n\ny"),
    ])
    func `reads as people saw it`(markup: String, expected: String) throws {
        let found = try text(markup)
        #expect(found == expected)
    }

    @Test func `an excerpt of an old page can be included`() throws {
        let page = try StorageFormatParser().parse(
            WikiMarkup.events(of: "{excerpt:name=x}Short.{excerpt}"))
        #expect(page.excerpt(named: "x") == [.paragraph([.text("Short.")])])
    }

    @Test(arguments: ["{", "{a:", "|", "* ", "{info}", "[", "!a", "\\", "{code", "*#", "&", "h1. ", "||x|"])
    func `200,000 bytes of one fragment end`(fragment: String) throws {
        let markup = String(repeating: fragment, count: 200_000 / fragment.utf8.count)
        _ = try StorageFormatParser().parse(WikiMarkup.events(of: markup))
    }
}
