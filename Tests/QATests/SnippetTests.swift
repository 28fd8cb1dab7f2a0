import Testing
import Text

@testable import QA

@Suite struct `Snippets` {
    private func snippet(_ query: String, _ passage: String) -> Snippet {
        Snippet(of: passage, for: Highlighter(QueryAnalysis(query)))
    }

    private func marked(_ snippet: Snippet) -> [String] {
        snippet.highlights.map { String(decoding: Array(snippet.text.utf8)[$0], as: UTF8.self) }
    }

    @Test func `begin with the sentence that fits and mark its words`() {
        let found = snippet("rotating certificates", "Hello there. The certificate is rotated yearly.")
        #expect(found.text == "The certificate is rotated yearly.")
        #expect(marked(found) == ["certificate", "rotated"])
    }

    @Test(arguments: [
        (
            "Wer bezahlt die Rechnung?", "Hallo. Die Rechnungen werden von uns bezahlt.",
            ["Rechnungen", "bezahlt"]
        ),
        ("退货必须登记", "入库流程由主管批准。退货必须在七天内登记。", ["退货", "货必", "必须", "登记"]),
        ("get user by id", "The method getUserById reads.", ["get", "User", "Id"]),
        ("E2290", "Code `E-2290` is stale.", ["E-2290"]),
        ("\"the lease\" ends", "The lease ends on 31. March 2031.", ["The", "lease", "ends"]),
        ("STRASSE", "In der Straße 4.", ["Straße"]),
    ])
    func `mark words of any language, identifiers and quoted words`(
        query: String, passage: String, words: [String]
    ) {
        let found = snippet(query, passage)
        let joined = marked(found).joined()
        #expect(words.allSatisfy { joined.contains($0) } && !joined.isEmpty)
        #expect(passage.contains(found.text))
    }

    @Test func `reach over sentences that hold the words together`() {
        let passage = "First. The crane is oiled.\nThe hoist is oiled in June. Last."
        let found = snippet("crane hoist", passage)
        #expect(found.text.hasPrefix("The crane is oiled.\nThe hoist"))
    }

    @Test func `show the words in the middle of a sentence without an end`() {
        let passage =
            String(repeating: "lorem ipsum ", count: 200) + "the needle is here "
            + String(repeating: "dolor sit ", count: 200)
        let found = snippet("needle", passage)
        #expect(marked(found) == ["needle"])
        #expect(!found.text.hasPrefix(" ") && passage.contains(" " + found.text + " "))
    }

    @Test(arguments: [
        "", " \n ", "é", String(repeating: "x", count: 5_000), String(repeating: "Wörter über ", count: 400),
        "über  alles.\n\n| a | über |\n",
        String(repeating: "über：退货必须在七天内登记", count: 40), "e" + String(repeating: "\u{301}", count: 900),
        String(repeating: "👩\u{200D}🚀", count: 90),
        "One. Two!  Three\u{A0}über? \tFour.", "a\r\nb über\r\nc",
    ])
    func `are a part of the passage within the limit and never break a character`(passage: String) {
        for found in [snippet("über four", passage)] {
            #expect(found.text.utf8.count <= Snippet.byteLimit)
            #expect(!found.text.unicodeScalars.contains("\u{FFFD}"))
            #expect(contains(Array(passage.utf8), Array(found.text.utf8)))
            #expect(found.highlights.allSatisfy { !$0.isEmpty && $0.upperBound <= found.text.utf8.count })
            #expect(
                zip(found.highlights, found.highlights.dropFirst()).allSatisfy {
                    $0.upperBound <= $1.lowerBound
                })
            #expect(!found.text.isEmpty || passage.allSatisfy(\.isWhitespace))
        }
    }

    private func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
        part.isEmpty || whole.indices.contains { whole[$0...].starts(with: part) }
    }
}

@Suite struct `Sentences of a passage` {
    @Test(arguments: [
        ("One. Two.", ["One.", "Two."]),
        ("Version 2.3 is out. Use it.", ["Version 2.3 is out.", "Use it."]),
        ("See e.g. Halifax. Then go.", ["See e.g. Halifax.", "Then go."]),
        ("- a\n- b\n\n", ["- a", "- b"]),
        ("Run a.sh now? Yes!", ["Run a.sh now?", "Yes!"]),
        ("1. First", ["1. First"]),
        ("", []),
    ])
    func `end where a reader would end them`(text: String, expected: [String]) {
        let found = Sentence.all(of: text)
        #expect(found.map(\.text) == expected)
        let bytes = Array(text.utf8)
        #expect(found.allSatisfy { String(decoding: bytes[$0.range], as: UTF8.self) == $0.text })
    }
}
