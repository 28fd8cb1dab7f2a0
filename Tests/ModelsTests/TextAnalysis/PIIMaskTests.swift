import Foundation
import Models
import TestSupport
import Testing

@Suite struct `Masking personal data` {
    /// A span over a part of a text, by its first occurrence.
    private func span(
        _ part: String, in text: String, _ type: String = "NAME", _ score: Double = 1
    ) throws -> PIISpan {
        let bytes = Array(text.utf8), sought = Array(part.utf8)
        let start = try #require(
            (0...max(0, bytes.count - sought.count)).first {
                Array(bytes[$0...].prefix(sought.count)) == sought
            })
        return PIISpan(range: start..<start + sought.count, type: type, score: score)
    }

    private func masked(_ text: String, _ spans: [(String, String)], _ mask: PIIMask = PIIMask()) throws
        -> String
    {
        try mask.masked(text, try spans.map { try span($0.0, in: text, $0.1) })
    }

    @Test func `puts the type in place of each, in any order`() throws {
        let text = "Write to ada@example.com or +44 20 7946 0018."
        let spans = [("+44 20 7946 0018", "PHONE"), ("ada@example.com", "EMAIL")]
        #expect(try masked(text, spans) == "Write to [EMAIL] or [PHONE].")
        #expect(try masked(text, []) == text)
        #expect(try masked("", []) == "")
    }

    @Test func `reaches from the first byte to the last`() throws {
        #expect(try masked("Ada", [("Ada", "NAME")]) == "[NAME]")
        #expect(try masked("Ada, Grace", [("Ada", "NAME"), ("Grace", "NAME")]) == "[NAME], [NAME]")
        #expect(try masked("🦊", [("🦊", "NAME")]) == "[NAME]")
    }

    @Test func `leaves no half of a character`() throws {
        #expect(try masked("né e\u{301}té 🦊", [("e\u{301}t", "NAME")]) == "né [NAME]é 🦊")
        // The accent alone, the letter alone, one of a family.
        let accent = PIISpan(range: 2..<4, type: "A", score: 1)
        #expect(try PIIMask().masked("xe\u{301}y", [accent]) == "x[A]y")
        let letter = PIISpan(range: 1..<2, type: "A", score: 1)
        #expect(try PIIMask().masked("xe\u{301}y", [letter]) == "x[A]y")
        let family = "a👩‍👩‍👧b"
        for byte in 1..<family.utf8.count - 1 {
            let inside = PIISpan(range: byte..<byte + 1, type: "A", score: 1)
            #expect(try PIIMask().masked(family, [inside]) == "a[A]b")
        }
        #expect(try masked("🇩🇪🇫🇷", [("🇫🇷", "A")]) == "🇩🇪[A]")
    }

    @Test func `makes one of spans that overlap, by the type of the longest`() throws {
        let text = "I am Ada Lovelace here"
        #expect(
            try masked(text, [("Ada Lovelace", "NAME"), ("Lovelace here", "ADDRESS")]) == "I am [ADDRESS]")
        #expect(try masked(text, [("Ada Lovelace", "NAME"), ("Love", "OTHER")]) == "I am [NAME] here")
        #expect(try masked(text, [("Love", "OTHER"), ("Ada Lovelace", "NAME")]) == "I am [NAME] here")
        // A chain of three, of which the first and the last do not meet.
        let chain = [("am Ada", "A"), ("Ada Lovelace", "B"), ("lace here", "C")]
        #expect(try masked(text, chain) == "I [B]")
        let same = [
            PIISpan(range: 5..<8, type: "LOW", score: 0.6), PIISpan(range: 5..<8, type: "HIGH", score: 0.9),
        ]
        #expect(try PIIMask().masked(text, same) == "I am [HIGH] Lovelace here")
    }

    @Test func `keeps spans apart that only touch`() throws {
        #expect(try masked("AdaGrace", [("Ada", "A"), ("Grace", "B")]) == "[A][B]")
        // Two halves of one character do meet.
        let halves = [
            PIISpan(range: 0..<1, type: "A", score: 1), PIISpan(range: 1..<3, type: "B", score: 1),
        ]
        #expect(try PIIMask().masked("e\u{301}", halves) == "[B]")
    }

    @Test func `passes empty, unsure and other spans over`() throws {
        let text = "Ada 42"
        let spans = [
            PIISpan(range: 0..<0, type: "NAME", score: 1), PIISpan(range: 0..<3, type: "NAME", score: 0.5),
            PIISpan(range: 4..<6, type: "AGE", score: 0.9), PIISpan(range: 6..<6, type: "NAME", score: 1),
        ]
        #expect(try PIIMask().masked(text, spans) == "[NAME] [AGE]")
        #expect(try PIIMask(minimumScore: 0.5).masked(text, spans) == "[NAME] [AGE]")
        #expect(try PIIMask(minimumScore: 0.6).masked(text, spans) == "Ada [AGE]")
        #expect(try PIIMask(types: ["NAME"]).masked(text, spans) == "[NAME] 42")
        #expect(try PIIMask(types: []).masked(text, spans) == text)
        #expect(PIIMask(minimumScore: 0.6).counted(spans).map(\.type) == ["AGE"])
    }

    @Test func `keeps the lines of the text`() throws {
        let text = "To\n12 Harbour Road\r\n \n\nLondon\u{2028}UK.\nBye"
        let address = "12 Harbour Road\r\n \n\nLondon\u{2028}UK"
        #expect(
            try masked(text, [(address, "ADDRESS")])
                == "To\n[ADDRESS]\r\n \n\n[ADDRESS]\u{2028}[ADDRESS].\nBye")
        #expect(try masked("a\nb", [("\n", "X")]) == "a\nb")
        #expect(try masked("a\nb", [("a\n", "X")]) == "[X]\nb")
        // Half of a line break is not written over.
        let half = PIISpan(range: 0..<2, type: "X", score: 1)
        #expect(try PIIMask().masked("a\r\nb", [half]) == "[X]\r\nb")
    }

    @Test(arguments: [0..<4, 3..<4, 10..<12, -1..<2])
    func `refuses spans of another text, counted or not`(range: Range<Int>) {
        let span = PIISpan(range: range, type: "NAME", score: 0)
        let error = #expect(throws: PIIMask.Fault.outside(range: range, bytes: 3)) {
            try PIIMask(minimumScore: 0.5).masked("Ada", [span])
        }
        #expect(error?.description.contains("Ada") == false)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `leaves nothing of what was found, and all else as it was`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let letters = ["a", "é", "e\u{301}", "🦊", "👩‍👩‍👧", "\r\n", "\n", " ", "字", "🇩🇪"]
        for _ in 0..<300 {
            let text = (0..<Int.random(in: 1...20, using: &random))
                .map { _ in letters.randomElement(using: &random) ?? "" }.joined()
            let count = text.utf8.count
            let spans = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                let start = Int.random(in: 0...count, using: &random)
                return PIISpan(
                    range: start..<Int.random(in: start...count, using: &random), type: "", score: 1)
            }
            var expected = ""
            var isInside = false
            var offset = 0
            // By the definition: a character is masked when a span has a byte of it, a line at a time.
            for character in text {
                let range = offset..<offset + character.utf8.count
                offset = range.upperBound
                let isMasked = spans.contains { $0.range.overlaps(range) } && !character.isNewline
                if !isMasked {
                    expected.append(character)
                } else if !isInside {
                    expected += "[]"
                }
                isInside = isMasked
            }
            let result = try PIIMask().masked(text, spans)
            // Touching spans make two marks of one run, and white space alone none: neither shows anything.
            let marks = result.replacing("[]", with: "").filter { $0 != " " }
            #expect(marks == expected.replacing("[]", with: "").filter { $0 != " " }, "seed \(seed)")
            #expect(result.count(where: \.isNewline) == text.count(where: \.isNewline), "seed \(seed)")
        }
    }
}

@Suite struct `A policy of personal data` {
    private let text = "I am Ada"
    private let spans = [PIISpan(range: 5..<8, type: "NAME", score: 0.7)]

    @Test func `keeps, masks or leaves out`() throws {
        #expect(try PIIPolicy.keep.applied(to: text, spans, mask: PIIMask()) == text)
        #expect(try PIIPolicy.mask.applied(to: text, spans, mask: PIIMask()) == "I am [NAME]")
        #expect(try PIIPolicy.leaveOut.applied(to: text, spans, mask: PIIMask()) == nil)
    }

    @Test(arguments: PIIPolicy.allCases)
    func `leaves a text alone that has none that counts`(_ policy: PIIPolicy) throws {
        #expect(try policy.applied(to: text, [], mask: PIIMask()) == text)
        #expect(try policy.applied(to: text, spans, mask: PIIMask(minimumScore: 0.8)) == text)
        #expect(try policy.applied(to: text, spans, mask: PIIMask(types: ["EMAIL"])) == text)
    }
}
