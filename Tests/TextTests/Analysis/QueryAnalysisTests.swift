import Testing

@testable import Text

@Suite struct `Query analysis` {
    /// Whether a document has one variant of every content word that was written as a word.
    private func meets(_ query: String, _ document: String) -> Bool {
        let found = terms(document)
        let words = QueryAnalysis(query).contentWords
        return !words.isEmpty
            && words.allSatisfy { word in
                word.weight < 1 || word.variants.contains { found.contains($0.term) }
            }
    }

    @Test(arguments: [
        ("退货", "退货必须在七天内登记。"), ("用户身份", "用户身份由门禁卡确认。"), ("货", "退货必须"), ("itgc", "重跑gen-itgc后清零。"),
        ("STRASSE", "in der Straße 4"), ("strasse 4", "in der Straße 4 erfasst"),
        ("parse html response", "See also parseHTMLResponse."),
        ("get user by id", "The method getUserById reads."),
        ("E2290", "Code `E-2290` means"), ("e-2290", "Code E2290 means"), ("wifi", "the Wi-Fi"),
        ("Wi-Fi", "the wifi"),
        ("ueberstunden", "Überstunden werden erfasst"), ("Überstunden", "Ueberstunden"),
        ("uberstunden", "Überstunden"),
        ("cafe", "Le café est ouvert"), ("naïve", "a naive one"), ("isik", "ışık"), ("IŞIK", "ışık"),
        ("certificate rotation", "Rotating the certificates is done by the engineers."),
        ("Rechnung", "Die Rechnungen werden von der Abteilung geprüft."),
        ("demande", "Le responsable approuve les demandes."), ("кошка", "Мы видели кошками"),
        ("２３", "23 cranes"), ("10.20.31", "Host 10.20.31.47"), ("2.3.1", "since v2.3.1"),
        ("example.com/a", "https://example.com/a"),
        ("1000", "1,000 pieces"), ("nodejs", "Node.js"), ("ﬁle", "the file"), ("데이터", "데이터베이스를 삭제"),
        ("API", "the APIs"), ("user", "the user’s name"), ("init", "`__init__`"), ("20310607", "2031-06-07"),
    ])
    func `a query meets the document`(query: String, document: String) {
        #expect(meets(query, document), "\(QueryAnalysis(query).words) \(terms(document).sorted())")
    }

    @Test func `a word meets itself in every language`() {
        let words = [
            "Rechnungen", "certificates", "événements", "kitaplarından", "кошками", "επιχειρήσεις",
            "empleados",
        ]
        for language in Language.allCases {
            for word in words {
                let document = Set(Analyzer().tokens(of: word, languages: [language]).map(\.term))
                let query = QueryAnalysis(word.uppercased()).words[0].variants.map(\.term)
                #expect(!document.isDisjoint(with: query))
            }
        }
    }

    @Test func `stop words are marked, and stay when there is nothing else`() {
        let query = QueryAnalysis("What is the due date?")
        #expect(query.words.filter(\.isStopWord).map { $0.variants[0].term } == ["what", "is", "the"])
        #expect(query.contentWords.map { $0.variants[0].term } == ["due", "date"])
        #expect(QueryAnalysis("to be or not to be").contentWords.count == 4)
        #expect(QueryAnalysis("wer ist das").contentWords.count == 3)
        #expect(QueryAnalysis("Was macht die IT?").contentWords.contains { $0.variants[0].term == "it" })
    }

    @Test func `identifiers are named as such and weigh more whole`() throws {
        let query = QueryAnalysis("When is invoice INV-2031-0045 due?")
        let whole = try #require(query.words.first { $0.isIdentifier })
        #expect(whole.variants[0].term == "inv20310045" && whole.weight == 1)
        #expect(
            query.words.filter { $0.weight < 0.5 }.map { $0.variants[0].term } == ["inv", "2031", "0045"])
        for name in [
            "10.20.31.47", "getUserById", "E2290", "7f3a01c1-88d2", "a@b.example", "ERR_X", "C++", "4711",
        ] {
            #expect(QueryAnalysis("see \(name)").words.contains { $0.isIdentifier }, "\(name)")
        }
        for name in ["the well-known crane", "long-term plans", "User's guide", "Why?"] {
            #expect(!QueryAnalysis(name).words.contains { $0.isIdentifier }, "\(name)")
        }
    }

    @Test(arguments: [
        (#"the "as soon as" rule"#, [["as", "soon", "as"]]),
        ("„nach Abnahme“ zahlen", [["nach", "abnahme"]]),
        ("«à payer» vite", [["a", "payer"]]), ("「退货必须」", [["退货", "货必", "必须"]]), (#"an "unpaired quote"#, []),
        (#""""#, []), (#""one" "two three""#, [["one"], ["two", "three"]]),
    ])
    func `pairs of quotes make phrases`(text: String, phrases: [[String]]) {
        #expect(QueryAnalysis(text).phrases.filter(\.isQuoted).map { $0.terms.map(\.term) } == phrases)
    }

    @Test func `the last word is a beginning while it is written`() {
        #expect(QueryAnalysis("the certif", completesLastWord: true).prefix?.terms == ["certif"])
        #expect(QueryAnalysis("the certif ", completesLastWord: true).prefix == nil)
        #expect(QueryAnalysis("the certif").prefix == nil)
        #expect(QueryAnalysis("getUs", completesLastWord: true).prefix?.terms.contains("getus") == true)
        #expect(QueryAnalysis("退货", completesLastWord: true).prefix?.terms == ["货"])
    }

    @Test(arguments: [
        "", " ", "AND OR NOT", "+ - && || ! ( ) { } [ ] ^ ~ * ? : \\ /", "\"", "\"\"\"", "“ „ « 「",
        "\u{200F}\u{200E}\u{202E}",
        "\u{200B}\u{200D}\u{FEFF}", "\u{0}", "🚀🚀", String(repeating: "a", count: 4096),
        String(repeating: "退", count: 4096),
        String(repeating: "-", count: 4096), String(repeating: "\"", count: 4096),
        String(repeating: "a-", count: 2048),
        String(repeating: "\u{301}", count: 2048), String(repeating: "a ", count: 2048),
        String(repeating: "aB1", count: 1365),
    ])
    func `odd queries give few plain words`(text: String) {
        let query = QueryAnalysis(text, completesLastWord: true)
        #expect(
            query.words.count <= QueryAnalysis.wordLimit && query.phrases.count <= QueryAnalysis.phraseLimit)
        #expect(
            query.words.allSatisfy { !$0.variants.isEmpty && $0.variants.allSatisfy { !$0.term.isEmpty } })
        #expect(query.contentWords.isEmpty == query.words.isEmpty)
    }

    @Test func `right-to-left marks and zero-width characters change nothing`() {
        let plain = QueryAnalysis("rotate certificates").words.map(\.variants)
        #expect(
            QueryAnalysis("\u{202E}rotate\u{200B} certi\u{AD}ficates\u{200F}").words.map(\.variants) == plain)
        #expect(QueryAnalysis("AND \"rotate").words.map { $0.variants[0].term } == ["and", "rotate"])
    }

    @Test(arguments: [
        ("rotating certificates", "The certificate is rotated yearly.", ["certificate", "rotated"]),
        ("get user by id", "Call getUserById() now", ["get", "User", "Id"]),
        ("E2290", "Code `E-2290`, not 2290", ["E-2290"]),
        ("退货", "必须退货。", ["退货"]), ("STRASSE", "in der Straße", ["Straße"]),
        ("\"of the\" crane", "of the crane, the hoist", ["of", "the", "crane"]),
        ("INV-2031-0045", "INV-2031-0046 and INV-2031-0045", ["INV-2031-0045"]), ("the", "the end", ["the"]),
        ("?", "the end", []),
    ])
    func `words of the query are marked`(query: String, text: String, marked: [String]) {
        let bytes = Array(text.utf8)
        let ranges = Highlighter(QueryAnalysis(query)).ranges(in: text)
        #expect(ranges.map { String(decoding: bytes[$0], as: UTF8.self) } == marked)
    }
}
