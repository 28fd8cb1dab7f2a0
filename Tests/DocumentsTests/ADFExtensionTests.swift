import Foundation
import Testing

@testable import Documents

/// Extensions of Atlassian Document Format: what is kept to be shown where they cannot be.
@Suite struct `Extensions of Atlassian Document Format` {
    private func page(_ content: String) throws -> ParsedPage {
        try ADFParser().parse(#"{"type":"doc","version":1,"content":["# + content + "]}")
    }

    private func text(_ page: ParsedPage) -> String {
        TextRenderer(references: KnownPeople()).render(page.blocks, title: "Golden").text
    }

    private static let unsupported = "__confluenceADFMigrationUnsupportedContentInternalExtension__"

    private func unsupported(_ type: String, _ parameters: String) -> String {
        """
        {"type":"\(type)","attrs":{"extensionType":"com.atlassian.confluence.migration",
        "extensionKey":"\(Self.unsupported)","text":"","parameters":{\(parameters)}}}
        """
    }

    private static let paragraphs = """
        {"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"First."}]},
        {"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[
        {"type":"text","text":"a point"}]}]}]}]}
        """

    @Test func `content that the editor does not support is kept, without a warning`() throws {
        let nested = #""nestedContent":"# + Self.paragraphs
        for type in ["extension", "bodiedExtension"] {
            let page = try page(unsupported(type, nested))
            #expect(text(page) == "First.\n\n- a point")
            #expect(page.warnings.isEmpty)
        }
        let inline = try page(
            #"{"type":"paragraph","content":[{"type":"text","text":"before"},"#
                + unsupported(
                    "inlineExtension",
                    #""nestedContent":{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"kept"}]}]}"#
                ) + #",{"type":"text","text":"after"}]}"#)
        #expect(text(inline) == "before kept after")
    }

    @Test func `content that is kept as storage format is read as such`() throws {
        let markup =
            #"<h2>Tank</h2><table><tr><th>Key</th><td>9 &amp; 10</td></tr></table><p>See <ac:link><ri:user ri:account-id=\"557058:ana\"/></ac:link></p>"#
        let page = try page(unsupported("extension", #""cxhtml":""# + markup + #"""#))
        #expect(text(page) == "Tank\n\nKey: 9 & 10\n\nSee Ana Ruiz")
        let broken = try self.page(unsupported("extension", #""cxhtml":"<p>kept <b>bold""#))
        #expect(text(broken) == "kept bold")
        #expect(broken.warnings.count == 1)
    }

    @Test
    func `a document within the document may be a string, and an empty one gives way to storage format`()
        throws
    {
        let string = try JSONEncoder().encode(Self.paragraphs)
        let nested = #""nestedContent":"# + String(decoding: string, as: UTF8.self)
        #expect(text(try page(unsupported("extension", nested))) == "First.\n\n- a point")
        let empty = #""nestedContent":{"type":"doc","content":[]},"cxhtml":"<p>kept</p>""#
        #expect(text(try page(unsupported("extension", empty))) == "kept")
    }

    @Test(arguments: ["inlineExtension", "extension", "bodiedExtension"])
    func `the words that stand for an extension are kept where it shows nothing itself`(type: String) throws {
        let unknown = try page(
            #"{"type":"\#(type)","attrs":{"extensionType":"com.x","extensionKey":"k","text":"stands for it"}}"#
        )
        #expect(text(unknown) == "stands for it")
        let known = try page(
            #"{"type":"\#(type)","attrs":{"extensionType":"x","extensionKey":"jira","text":"DOCK-12"}}"#)
        #expect(text(known) == "DOCK-12")
        let shown = try page(
            #"{"type":"\#(type)","attrs":{"extensionKey":"jira","text":"Jira","parameters":{"macroParams":{"key":{"value":"OPS-1"}}}}}"#
        )
        #expect(text(shown) == "OPS-1")
        let live = try page(#"{"type":"\#(type)","attrs":{"extensionKey":"toc","text":"Contents"}}"#)
        #expect(text(live).isEmpty)
        let nameless = try page(#"{"type":"\#(type)","attrs":{"text":"no key"}}"#)
        #expect(text(nameless) == "no key")
    }

    @Test func `what an extension holds is shown, and not what stands for it`() throws {
        let page = try page(
            """
            {"type":"bodiedExtension","attrs":{"extensionKey":"k","text":"stands for it"},"content":[
            {"type":"paragraph","content":[{"type":"text","text":"body"}]}]}
            """)
        #expect(text(page) == "body")
    }

    @Test func `a node that the editor did not know is read in the one that keeps it`() throws {
        let page = try page(
            """
            {"type":"unsupportedBlock","attrs":{"originalValue":{"type":"paragraph","content":[
            {"type":"text","text":"old "},{"type":"unsupportedInline","attrs":{"originalValue":
            {"type":"status","attrs":{"text":"DONE"}}}}]}}}
            """)
        #expect(text(page) == "old DONE")
    }

    @Test func `documents in strings in strings end somewhere`() throws {
        var document = Self.paragraphs
        for _ in 0..<6 {
            let string = String(decoding: try JSONEncoder().encode(document), as: UTF8.self)
            document =
                #"{"type":"doc","content":["# + unsupported("extension", #""nestedContent":"# + string) + "]}"
        }
        _ = try ADFParser().parse(document)
    }

    @Test func `panels have the labels that Confluence gives them in storage format`() throws {
        func panel(_ type: String) -> String {
            #"{"type":"panel","attrs":{"panelType":"\#(type)"},"content":[{"type":"paragraph","content":[{"type":"text","text":"Mind it."}]}]}"#
        }
        for (type, macro) in [
            ("info", "info"), ("note", "note"), ("warning", "note"), ("error", "warning"),
            ("success", "tip"), ("custom", "panel"),
        ] {
            let storage = try StorageFormatParser().parse(
                #"<ac:structured-macro ac:name="\#(macro)"><ac:rich-text-body><p>Mind it.</p></ac:rich-text-body></ac:structured-macro>"#
            )
            #expect(try page(panel(type)).blocks == storage.blocks)
        }
    }
}
