import Foundation
import Testing

@testable import Documents

/// Pages in Atlassian Document Format. `fixtures/storage-format/NAME.adf.json` says what `NAME.xhtml` says.
@Suite struct `Atlassian Document Format` {
    private static let paired: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: StorageFormatFixtures.folder.path))
        return (files ?? []).filter { $0.hasSuffix(".adf.json") }.map { String($0.dropLast(9)) }.sorted()
    }()

    private func adf(_ name: String) throws -> String {
        try String(
            contentsOf: StorageFormatFixtures.folder.appending(path: name + ".adf.json"), encoding: .utf8)
    }

    private func text(_ page: ParsedPage) -> String {
        TextRenderer(references: KnownNames(first: KnownPeople(), names: page.names))
            .render(page.blocks, title: "Golden").text
    }

    private func text(content: String) throws -> String {
        text(try ADFParser().parse(#"{"type":"doc","version":1,"content":["# + content + "]}"))
    }

    @Test(arguments: paired)
    func `the same page in both formats gives the same text and Markdown`(name: String) throws {
        let storage = try StorageFormatParser().parse(try StorageFormatFixtures.source(name))
        let document = try ADFParser().parse(try adf(name))
        #expect(text(document) == text(storage))
        let renderer = MarkdownRenderer(references: KnownPeople())
        #expect(renderer.render(document.blocks) == renderer.render(storage.blocks))
    }

    @Test func `there are at least 31 pages in both formats`() {
        #expect(Self.paired.count >= 31)
    }

    @Test func `a node that is not known renders what it holds`() throws {
        let text = try text(
            content: """
                {"type":"marquee","attrs":{"speed":"fast"},"content":[{"type":"paragraph","content":[
                {"type":"text","text":"Before "},{"type":"glow","content":[{"type":"text","text":"inside"}]},
                {"type":"text","text":" after"}]}]},{"type":"shrug"},{"type":"loose","text":"words"}
                """)
        #expect(text == "Before inside after")
    }

    @Test func `a person has the name that the document gives unless the site knows a better one`() throws {
        let page = try ADFParser().parse(
            """
            {"type":"doc","content":[{"type":"paragraph","content":[
            {"type":"mention","attrs":{"id":"557058:ana","text":"@Ana of old"}},{"type":"text","text":", "},
            {"type":"mention","attrs":{"id":"x","text":"@Bo"}},{"type":"text","text":", "},
            {"type":"mention","attrs":{"id":"here","text":"@here","userType":"SPECIAL"}}]}]}
            """)
        #expect(text(page) == "Ana Ruiz, Bo, @here")
    }

    @Test func `dates, cards, placeholders and files read as people see them`() throws {
        let text = try text(
            content: """
                {"type":"paragraph","content":[{"type":"date","attrs":{"timestamp":"1768435200000"}},
                {"type":"placeholder","attrs":{"text":"Type here"}},{"type":"text","text":" "},
                {"type":"inlineCard","attrs":{"url":"https://example.com/a&b"}}]},
                {"type":"mediaGroup","content":[{"type":"media","attrs":{"id":"7","type":"file","alt":"a.pdf"}}]},
                {"type":"mediaSingle","content":[{"type":"media","attrs":{"type":"file","id":"9-x","alt":"Crane"}},
                {"type":"caption","content":[{"type":"text","text":"At dawn"}]}]},
                {"type":"blockCard","attrs":{"data":{"url":"https://example.com/c","name":"Board"}}},
                {"type":"syncBlock","attrs":{"resourceId":"r"}}
                """)
        #expect(
            text == "2026-01-15 https://example.com/a&b\n\na.pdf\n\nImage: Crane – At dawn\n\nBoard")
        #expect(
            try self.text(
                content: #"{"type":"paragraph","content":[{"type":"date","attrs":{"timestamp":1e300}}]}"#
            )
            .isEmpty == false)
    }

    @Test func `marks that neighbors share are one element`() throws {
        let page = try ADFParser().parse(
            """
            {"type":"doc","content":[{"type":"paragraph","content":[
            {"type":"text","text":"half","marks":[{"type":"em"},{"type":"strong"}]},
            {"type":"text","text":"bold","marks":[{"type":"textColor","attrs":{"color":"#f00"}},{"type":"strong"}]},
            {"type":"text","text":"2","marks":[{"type":"subsup","attrs":{"type":"sub"}}]}]}]}
            """)
        #expect(
            page.blocks == [
                .paragraph([
                    .strong([.emphasis([.text("half")]), .text("bold")]), .subscript([.text("2")]),
                ])
            ])
    }

    @Test(arguments: [
        #"{"type":"doc","content":[]}"#, #"{"content":[{}]}"#, #"{"content":[null,1,"x",[]]}"#,
        #"{"type":"doc","content":[{"type":"heading"},{"type":"table"},{"type":"media"},{"type":"panel"}]}"#,
        #"{"type":"doc","content":[{"type":"orderedList","attrs":{"order":"99999999999999999999"}}]}"#,
    ])
    func `a document with next to nothing in it is no error`(source: String) throws {
        _ = text(try ADFParser().parse(source))
    }

    @Test(arguments: [
        ("", 0), ("{", 1), (#"{"type":"doc","content":[}"#, 25), (#"{"a":tru}"#, 5), (#"{"a":"b"#, 7),
        (#"{"content":[]} x"#, 15),
    ])
    func `what is no JSON is refused with the place`(source: String, offset: Int) {
        do {
            _ = try ADFParser().parse(source)
            Issue.record("\(source) was read")
        } catch DocumentsError.documentFormat(.notJSON(let byteOffset, _)) {
            #expect(byteOffset == offset)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test(arguments: [
        (#"end\ud83d"#, "end\u{FFFD}"), (#"\ude00end"#, "\u{FFFD}end"), (#"a\u12 b"#, "a\u{FFFD}12 b"),
        (#"\ud83d\u0041"#, "\u{FFFD}A"), (#"\ud83d\ude00"#, "😀"), (#"it\'s"#, "it's"),
    ])
    func `a bad escape costs its character`(escaped: String, expected: String) throws {
        let content = #"{"type":"paragraph","content":[{"type":"text","text":""# + escaped + #""}]}"#
        #expect(try text(content: content) == expected)
    }

    @Test func `JSON that is no document is refused`() {
        #expect(throws: DocumentsError.documentFormat(.notADocument)) { try ADFParser().parse(#"{"a":1}"#) }
        let parser = ADFParser(limits: StorageFormatLimits(maxBytes: 10))
        let refusal = StorageFormatRefusal.documentTooLarge(byteCount: 14, limitBytes: 10)
        #expect(throws: DocumentsError.storageFormat(refusal)) { try parser.parse(#"{"content":[]}"#) }
    }

    @Test(arguments: [
        #"{"id":"1","body":{"atlas_doc_format":{"value":"{\"type\":\"doc\",\"content\":[{\"type\":\"rule\"}]}"}}}"#,
        #"{"atlas_doc_format":{"value":{"type":"doc","content":[{"type":"rule"}]}}}"#,
    ])
    func `a document is found in an answer of the REST API`(source: String) throws {
        #expect(try ADFParser().parse(source).blocks == [.rule])
    }

    @Test func `500 levels of nesting, and 100,000, keep their text and are reported`() throws {
        for depth in [500, 100_000] {
            let open = String(repeating: #"{"type":"blockquote","content":["#, count: depth)
            let close = String(repeating: "]}", count: depth)
            let words = #"{"type":"paragraph","content":[{"type":"text","text":"deep"}]}"#
            let page = try ADFParser().parse(
                #"{"type":"doc","content":["# + open + words + close
                    + #",{"type":"paragraph","content":[{"type":"text","text":"after"}]}]}"#)
            #expect(text(page) == "deep\n\nafter")
            #expect(page.warnings == [.depthCut(limit: 256)])
        }
    }

    @Test func `escapes are read, broken ones become a replacement character`() throws {
        let text = try text(
            content:
                #"{"type":"paragraph","content":[{"type":"text","text":"A\u00e9\ud83d\ude00\n<b>&amp;\ud83dx"}]}"#
        )
        #expect(text == "Aé😀 <b>&amp;\u{FFFD}x")
    }

    @Test func `the numbers of a numbered table's rows are left out of both formats`() throws {
        func cell(_ type: String, _ words: String) -> String {
            let inner = #"{"type":"paragraph","content":[{"type":"text","text":"\#(words)"}]}"#
            return #"{"type":"\#(type)","content":[\#(inner)]}"#
        }
        let rows = [("tableHeader", "Name", "Phone"), ("tableCell", "Ana", "11")].map { type, left, right in
            #"{"type":"tableRow","content":[\#(cell(type, left)),\#(cell(type, right))]}"#
        }
        let document = try ADFParser().parse(
            #"{"type":"doc","content":[{"type":"table","attrs":{"isNumberColumnEnabled":true},"content":["#
                + rows.joined(separator: ",") + "]}]}")
        let storage = try StorageFormatParser().parse(
            """
            <table><tbody><tr><th class="numberingColumn"/><th><p>Name</p></th><th><p>Phone</p></th></tr>\
            <tr><td class="numberingColumn">1</td><td><p>Ana</p></td><td class="x y"><p>11</p></td></tr>\
            </tbody></table>
            """)
        #expect(document.blocks == storage.blocks)
        #expect(text(storage) == "Name | Phone\nAna | 11")
    }

    @Test func `code keeps its lines and the end of a CDATA section`() throws {
        let page = try ADFParser().parse(
            #"{"content":[{"type":"codeBlock","attrs":{"language":"c"},"content":[{"type":"text","text":"a[b[0]]>1;\n  x"}]}]}"#
        )
        #expect(page.blocks == [.code(language: "c", title: nil, text: "a[b[0]]>1;\n  x")])
    }

    @Test(arguments: [
        ("{\"type\"", true), (" \n\u{FEFF}{ \"a\"", true), ("<p>", false), ("{code}", false), ("", false),
    ])
    func `the format is told by how a body begins`(source: String, isDocument: Bool) {
        #expect(ADFParser.canRead(source) == isDocument)
    }
}
