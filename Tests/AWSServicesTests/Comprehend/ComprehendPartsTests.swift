import TestSupport
import Testing

@testable import AWSServices

@Suite struct `Pieces of a text` {
    private func pieces(_ text: String, _ limit: Int, overlap: Int = 0) -> [String] {
        ComprehendParts.of(text, limitBytes: limit, overlapBytes: overlap).map(\.content)
    }

    @Test func `of a text that fits are the text`() {
        #expect(pieces("exactly ten", 11) == ["exactly ten"])
        #expect(pieces("", 8).isEmpty)
        #expect(pieces(" \n\t ", 8).isEmpty)
    }

    @Test func `end after a sentence, a line, or a word`() {
        #expect(pieces("One is here. Two is far away", 20) == ["One is here. ", "Two is far away"])
        #expect(pieces("One is here\nTwo is far away", 20) == ["One is here\n", "Two is far away"])
        #expect(pieces("One is here Two is far away", 20) == ["One is here Two is ", "far away"])
        #expect(pieces("一つあります。二つあります", 33) == ["一つあります。", "二つあります"])
        #expect(pieces("abcdefghijklmnop", 10) == ["abcdefghij", "klmnop"])
        // A sentence that ends in the first half makes pieces that are too small.
        #expect(pieces("No. abcdefghijklmnop", 12) == ["No. abcdefgh", "ijklmnop"])
    }

    @Test func `are of whole characters`() {
        let family = "👩‍👩‍👧‍👦"
        #expect(pieces(String(repeating: family, count: 3), 60) == [family + family, family])
        #expect(pieces("abcdefg\r\nijk", 8) == ["abcdefg", "\r\nijk"])
        #expect(pieces("e\u{301}e\u{301}e\u{301}e\u{301}", 8) == ["e\u{301}e\u{301}", "e\u{301}e\u{301}"])
    }

    @Test func `cut a character that is longer than a piece between code points`() {
        let accents = "e" + String(repeating: "\u{301}", count: 20)
        let found = pieces(accents, 10)
        #expect(found.joined().unicodeScalars.elementsEqual(accents.unicodeScalars))
        #expect(found.count > 3 && found.allSatisfy { $0.utf8.count <= 10 })
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5])
    func `hold the whole text, none larger than allowed, each at its offset`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let letters = ["a", " ", "é", "e\u{301}", "🦊", "\r\n", ". ", "字", "。", "👩‍👩‍👧‍👦", "word "]
        for _ in 0..<200 {
            let count = Int.random(in: 0...120, using: &random)
            let text = (0..<count).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
            let limit = Int.random(in: 8...60, using: &random)
            let overlap = Int.random(in: 0...limit / 8, using: &random)
            let parts = ComprehendParts.of(text, at: 7, limitBytes: limit, overlapBytes: overlap)
            let bytes = Array(text.utf8)
            var covered = [Bool](repeating: false, count: bytes.count)
            for part in parts {
                let range = part.offset..<part.offset + part.content.utf8.count
                #expect(part.textIndex == 7 && range.count <= limit)
                #expect(Array(part.content.utf8) == Array(bytes[range]), "seed \(seed)")
                for byte in range { covered[byte] = true }
            }
            let missed = zip(bytes, covered).filter { !$0.1 }.map(\.0)
            let visible = String(decoding: missed, as: UTF8.self).filter { !$0.isWhitespace }
            #expect(visible.isEmpty, "seed \(seed), \(limit) bytes")
        }
    }

    @Test func `that overlap have what lies on a cut whole in one of them`() {
        let text = (0..<120).map { "w\($0) " }.joined()
        let parts = ComprehendParts.of(text, limitBytes: 96, overlapBytes: 12)
        for (start, byte) in zip(0..., text.utf8.dropLast(8)) where byte == UInt8(ascii: "w") {
            let window = start..<start + 8
            #expect(
                parts.contains { part in
                    part.offset <= window.lowerBound
                        && part.offset + part.content.utf8.count >= window.upperBound
                }, "\(window)")
        }
    }
}

@Suite struct `Offsets that count code points` {
    @Test func `become byte ranges of the text`() {
        let text = "a🦊e\u{301}字b"
        let offsets = CodePointOffsets(text)
        #expect(offsets.bytes(0, 1) == 0..<1)
        #expect(offsets.bytes(1, 2) == 1..<5)
        #expect(offsets.bytes(2, 4) == 5..<8)
        #expect(offsets.bytes(4, 6) == 8..<12)
        #expect(offsets.bytes(6, 6) == 12..<12)
        #expect(offsets.content(1..<5) == "🦊" && offsets.content(8..<12) == "字b")
        #expect(CodePointOffsets("plain").bytes(1, 5) == 1..<5)
        #expect(CodePointOffsets("").bytes(0, 0) == 0..<0)
    }

    @Test(arguments: [(-1, 1), (0, 7), (3, 2), (7, 7), (Int.min, Int.max)])
    func `of another text have none`(begin: Int, end: Int) {
        #expect(CodePointOffsets("a🦊e\u{301}字b").bytes(begin, end) == nil)
        #expect(CodePointOffsets("sixsix").bytes(begin, end) == nil)
    }
}

@Suite struct `What was found in pieces` {
    @Test func `weighs by their lengths`() {
        let languages = ComprehendMerging.languages([
            .init(value: [.init(code: "en", score: 0.9), .init(code: "de", score: 0.1)], bytes: 100),
            .init(value: [.init(code: "de", score: 0.8)], bytes: 300),
        ])
        #expect(languages.map(\.code) == ["de", "en"])
        #expect(abs(languages[0].score - 0.625) < 1e-9 && abs(languages[1].score - 0.225) < 1e-9)
        let sentiment = ComprehendMerging.sentiment([
            .init(value: .init(kind: .positive, scores: [.positive: 1]), bytes: 1),
            .init(value: .init(kind: .negative, scores: [.negative: 1]), bytes: 3),
        ])
        #expect(sentiment?.kind == .negative && sentiment?.scores == [.positive: 0.25, .negative: 0.75])
        #expect(ComprehendMerging.sentiment([]) == nil && ComprehendMerging.languages([]).isEmpty)
    }

    @Test func `twice is told once, by the better score`() {
        let found = ComprehendMerging.personalData([
            .init(type: "NAME", score: 0.5, range: 4..<9), .init(type: "AGE", score: 0.1, range: 0..<2),
            .init(type: "NAME", score: 0.7, range: 4..<9), .init(type: "NAME", score: 0.6, range: 4..<12),
            .init(type: "NAME", score: 0.2, range: 4..<9),
        ])
        #expect(found.map(\.range) == [0..<2, 4..<9, 4..<12])
        #expect(found.map(\.score) == [0.1, 0.7, 0.6])
    }
}

@Suite struct `Tags of languages` {
    @Test func `are Comprehend's languages where it has them`() {
        let tags = ["en", "EN-us", "pt-BR", "zh", "zh-TW", "zh_tw", "zh-Hans"]
        #expect(
            tags.map(ComprehendLanguage.init(tag:)) == [
                .english, .english, .portuguese, .chinese, .traditionalChinese, .traditionalChinese, .chinese,
            ])
        #expect(["sw", "", "e", "english", "-"].allSatisfy { ComprehendLanguage(tag: $0) == nil })
    }
}
