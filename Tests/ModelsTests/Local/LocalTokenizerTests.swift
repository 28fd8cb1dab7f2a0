import Foundation
import Models
import TestSupport
import Testing

@Suite struct `WordPiece tokenizer` {
    let tokenizer: WordPieceTokenizer

    init() throws {
        tokenizer = try LocalModelFolder.tokenizer.get()
    }

    @Test func `ids equal the reference's for every fixture text`() throws {
        let references = try Fixtures.jsonLines("encoder/reference.jsonl", as: EncoderReference.self)
        #expect(references.count >= 240)
        for (line, reference) in references.enumerated() {
            #expect(
                tokenizer.encode(reference.text) == reference.ids,
                "line \(line + 1): \(reference.text.debugDescription)")
        }
    }

    @Test func `a count is the number of ids without the two special ones`() throws {
        for reference in try Fixtures.jsonLines("encoder/reference.jsonl", as: EncoderReference.self) {
            let ids = tokenizer.encode(reference.text, maxTokens: 1_000_000)
            #expect(tokenizer.count(reference.text[...]) == ids.count - 2)
        }
    }

    @Test func `counts add up across white space`() throws {
        let texts = try Fixtures.jsonLines("encoder/reference.jsonl", as: EncoderReference.self).map(\.text)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let a = texts[Int.random(in: texts.indices, using: &generator)]
            let b = texts[Int.random(in: texts.indices, using: &generator)]
            #expect(tokenizer.count("\(a) \(b)") == tokenizer.count(a[...]) + tokenizer.count(b[...]))
        }
    }

    @Test func `a slice of a text is counted by itself`() {
        let text = "before Überraschung after"
        #expect(tokenizer.count(text.dropFirst(7).dropLast(6)) == tokenizer.count("Überraschung"))
    }

    @Test(arguments: [2, 3, 4, 5, 100])
    func `truncation keeps the first pieces and the separator`(limit: Int) {
        let all = tokenizer.encode("unbelievable untranslatability of embeddings", maxTokens: 1000)
        let cut = tokenizer.encode("unbelievable untranslatability of embeddings", maxTokens: limit)
        #expect(cut == (limit >= all.count ? all : all.prefix(limit - 1) + [102]))
    }

    @Test func `an unknown word that straddles the limit is one unknown piece`() {
        // The word begins with known pieces; that it cannot be matched shows only behind the limit.
        let ids = tokenizer.encode("a b playing\u{20000}x", maxTokens: 5)
        #expect(ids.count == 5)
        let unknown = tokenizer.encode("a b embeddings\u{16A0}\u{1F000}", maxTokens: 5)
        #expect(unknown[3] == 100)
    }

    @Test func `random scalars of every plane do not crash and stay within the limit`() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...80, using: &generator) {
                let plane =
                    UInt32.random(in: 0...16, using: &generator) * (Bool.random(using: &generator) ? 1 : 0)
                let value = plane << 16 | UInt32.random(in: 0...0xFFFF, using: &generator)
                text.append(Unicode.Scalar(value) ?? " ")
            }
            let ids = tokenizer.encode(String(text), maxTokens: 32)
            #expect(ids.count >= 2 && ids.count <= 32 && ids.first == 101 && ids.last == 102)
        }
    }

    @Test func `a small vocabulary of one's own works, the longest piece first`() throws {
        let folder = try TemporaryDirectory()
        let lines = ["[UNK]", "[CLS]", "[SEP]", "un", "una", "##a", "##able", "##ff", ".", "日"]
        let file = try folder.write(lines.joined(separator: "\r\n") + "\r\n", to: "vocab.txt")
        let own = try WordPieceTokenizer(vocabulary: file)
        #expect(own.encode("unaffable UNAA. 日本 unx") == [1, 4, 7, 6, 4, 5, 8, 9, 0, 0, 2])
    }

    @Test func `a missing vocabulary is named`() {
        #expect(throws: ModelsError.self) {
            try WordPieceTokenizer(vocabulary: URL(filePath: "/nowhere/vocab.txt"))
        }
    }

    @Test(arguments: ["", "\n", "[CLS]\n[SEP]\nword\n", "[UNK]\n[CLS]\n"])
    func `a vocabulary without its special tokens is damaged`(content: String) throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(content, to: "vocab.txt")
        let error = #expect(throws: ModelsError.self) { try WordPieceTokenizer(vocabulary: file) }
        guard case .damaged(file.path, let reason) = error else {
            Issue.record("not refused as damaged")
            return
        }
        #expect(reason.contains("is not among its"))
    }

    @Test func `a vocabulary that is not text is damaged`() throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(Data([0xFF, 0xFE, 0x0A]), to: "vocab.txt")
        #expect(throws: ModelsError.damaged(file: file.path, reason: "it is not UTF-8 text")) {
            try WordPieceTokenizer(vocabulary: file)
        }
    }
}
