import Foundation
import TestSupport
import Testing

@testable import Documents

/// What readers record goes into the block tree as if it had been written as storage format and read from there.
@Suite struct `Tree events` {
    /// What the parser says of the text that the events stand for.
    private func expectSame(_ events: TreeEvents, _ comment: Comment? = nil) throws {
        let text = events.storageFormat
        #expect(events.byteCount == text.utf8.count, comment)
        #expect(try StorageFormatParser().parse(events) == (try StorageFormatParser().parse(text)), comment)
    }

    @Test(arguments: `Attachments, against golden files`.names)
    func `a file's events and their storage format give the same page`(name: String) async throws {
        let bytes = [UInt8](try Fixtures.data("attachments/\(name)"))
        let read = try await AttachmentText().body(of: bytes, fileName: name, mediaType: nil)
        guard case .events(let events) = read.body else {
            Issue.record("\(name) is no tree events")
            return
        }
        try expectSame(events)
    }

    @Test func `wiki markup at random and its storage format give the same page`() throws {
        let pieces = [
            "*", "_", "-", "+", "^", "~", "a", "b c", "\n", "\n\n", "|", "||", "# ", "* ", "h2. ", "bq. ",
            "{{", "}}",
            "[", "]", "[A|B]", "[S:P#x]", "[~u]", "[^f.txt]", "!i.png|alt=\"x\"!", "{code}", "{quote}",
            "{info}",
            "{status:title=x}", "{color:red}", "]]>", "&amp;", "&eacute;", "&#9;", "&nope;", "&", "<", ">",
            "\"", "\\",
            "\\\\", "----", "é", "\u{1}", "\u{FFFE}", "\t", "{excerpt:name=e}", "[https://e.org/?a=1&b=2]",
        ]
        var generator = SeededGenerator(seed: 11)
        for round in 0..<2_000 {
            let count = Int.random(in: 0...24, using: &generator)
            let markup = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            try expectSame(
                WikiMarkup.events(of: markup), "seed 11, round \(round): \(markup.debugDescription)")
        }
    }

    @Test(arguments: [
        "", "a & b < c > d \"e\"", "]]>", "x]]>]]>y", "one\ntwo\tthree", "\u{FFFF}\u{FFFD}\u{0}z", "日本",
    ])
    func `any characters come through as text, as code and as a value`(words: String) throws {
        var events = TreeEvents()
        events.add(.p, [.name: words]) { $0.addText(words) }
        events.add(.macro, [.name: "code"]) { macro in
            macro.add(.parameter, [.name: "title"]) { $0.addText(words) }
            macro.add(.plainTextBody) { $0.addVerbatim(words) }
        }
        events.add(.p) { paragraph in
            paragraph.add(.a, [.href: words]) { $0.addText("link", .line) }
            paragraph.addEmpty(.br)
        }
        try expectSame(events)
    }

    @Test func `a carriage return ends a line once, and is a space in a value and on one line`() {
        func bytes(_ space: XMLCharacters.Space) -> String {
            var bytes: [UInt8] = []
            XMLCharacters.append("a\r\nb\rc\u{8}\td\u{FFFE}", to: &bytes, space)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(bytes(.text) == "a\nb\nc\td")
        #expect(bytes(.value) == "a b c d")
        #expect(bytes(.line) == "a  b c d")
    }

    @Test func `what is taken back leaves no trace`() {
        var events = TreeEvents()
        events.add(.p) { $0.addText("kept") }
        let before = events
        let mark = events.mark
        events.open(.a, [.href: "x"])
        events.addText("gone & forgotten")
        events.rewind(to: mark)
        #expect(events == before)
    }

    @Test func `limits hold for events as for text`() throws {
        var events = TreeEvents()
        for _ in 0..<40 { events.open(.blockquote) }
        events.addText("deep")
        for _ in 0..<40 { events.close(.blockquote) }
        let deep = StorageFormatParser(limits: StorageFormatLimits(maxDepth: 10))
        #expect(try deep.parse(events) == (try deep.parse(events.storageFormat)))
        #expect(try deep.parse(events).warnings == [.depthCut(limit: 10)])
        let few = StorageFormatParser(limits: StorageFormatLimits(maxElementCount: 5))
        #expect(try few.parse(events) == (try few.parse(events.storageFormat)))
        let small = StorageFormatParser(limits: StorageFormatLimits(maxBytes: 100))
        let refusal = StorageFormatRefusal.documentTooLarge(byteCount: events.byteCount, limitBytes: 100)
        #expect(throws: DocumentsError.storageFormat(refusal)) { try small.parse(events) }
    }
}
