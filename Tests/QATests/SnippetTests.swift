import Models
import Testing
import Text

@testable import QA

@Suite struct `Snippets` {
    @Test func `begin with the sentence that fits and mark its words`() {
        let terms = Set(EnglishStems.all(of: "rotating certificates"))
        let snippet = Snippet(of: "Hello there. The certificate is rotated yearly.", terms: terms)
        #expect(snippet.text == "The certificate is rotated yearly.")
        let marked = snippet.highlights.map { range in
            String(decoding: Array(snippet.text.utf8)[range], as: UTF8.self)
        }
        #expect(marked == ["certificate", "rotated"])
    }

    @Test(arguments: [
        "", "é", String(repeating: "x", count: 5_000), String(repeating: "Wörter über ", count: 400),
    ])
    func `never exceed their limit by much and never break a character`(text: String) {
        let snippet = Snippet(of: text, terms: ["über"])
        #expect(snippet.text.utf8.count <= Snippet.byteLimit + 8)
        #expect(!snippet.text.unicodeScalars.contains("\u{FFFD}"))
        #expect(snippet.highlights.allSatisfy { $0.upperBound <= snippet.text.utf8.count })
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
