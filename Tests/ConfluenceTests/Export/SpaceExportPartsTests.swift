import Foundation
import TestSupport
import Testing

@testable import Confluence
@testable import Documents

@Suite struct `Space export parts` {
    @Test func `a descriptor is read as Java writes it`() {
        let text = """
            #Mon Nov 16 09:30:00 UTC 2026
            ! another comment
            spaceKey=R\\u00C9D
            exportType : space
            baseUrl=https\\://wiki.example\\:8443/confluence
            backupAttachments=false
            long=one \\
                two
            timezoneId=Europe/Amsterdam
            """
        let descriptor = SpaceExportDescriptor(properties: Data(text.utf8))
        #expect(descriptor.spaceKey == "RÉD")
        #expect(descriptor.exportType == "space")
        #expect(descriptor.baseURL?.absoluteString == "https://wiki.example:8443/confluence")
        #expect(descriptor.hasAttachments == false)
        #expect(descriptor.timeZone?.identifier == "Europe/Amsterdam")
        #expect(!descriptor.isSiteBackup)
        #expect(SpaceExportDescriptor.parse(Data(text.utf8))["long"] == "one two")
        #expect(SpaceExportDescriptor.parse(Data("na\\=me=\u{E9}\\t1".utf8))["na=me"] != nil)
        #expect(SpaceExportDescriptor(properties: Data()).isSiteBackup)
    }

    @Test(arguments: [
        ("plain ]] > prose", "plain ]] > prose"),
        ("<![CDATA[a]] ></ac:plain-text-body>", "<![CDATA[a]]></ac:plain-text-body>"),
        ("<![CDATA[a[b[0]] > 1]] ></ac:plain-text-body>", "<![CDATA[a[b[0]] > 1]]></ac:plain-text-body>"),
        ("<![CDATA[x]]]] ><![CDATA[>y]] ></ac:x>", "<![CDATA[x]]]]><![CDATA[>y]]></ac:x>"),
        ("<![CDATA[a]]\u{200B}></ac:x>", "<![CDATA[a]]></ac:x>"),
        ("<![CDATA[wrong]] > <p>", "<![CDATA[wrong]]> <p>"),
        ("<![CDATA[intact]]><p>]] ></p>", "<![CDATA[intact]]><p>]] ></p>"),
        ("end <![CDATA[cdata]] >", "end <![CDATA[cdata]]>"),
        ("<![CDATA[never closed", "<![CDATA[never closed"),
        (
            "<ac:a><![CDATA[one]] ></ac:a><ac:b><![CDATA[two]] ></ac:b>",
            "<ac:a><![CDATA[one]]></ac:a><ac:b><![CDATA[two]]></ac:b>"
        ),
    ])
    func `the ends of CDATA sections are restored, and what is code stays`(damaged: String, restored: String)
    {
        #expect(SpaceExportBody.repaired(damaged) == restored)
    }

    @Test func `sections without a good end are restored in linear time`() {
        let clock = ContinuousClock()
        let elapsed = clock.measure {
            let damaged = String(repeating: "<![CDATA[a]] >x", count: 50_000)
            let restored = String(repeating: "<![CDATA[a]]>x", count: 50_000)
            #expect(SpaceExportBody.repaired(damaged) == restored)
        }
        // Quadratic time would take many minutes; the bound leaves room for a busy machine.
        #expect(elapsed < .seconds(20), "\(elapsed)")
    }

    @Test func `the byte filter gives the same however its input is cut`() {
        let input: [UInt8] =
            Array("a\u{8}b&#8;&#x1F;&#65;<![CDATA[&#8;\u{1}]]>é\u{FFFE}𝄞&#xD800;&#9;&#".utf8) + [
                0xC3, 0x28, 0xE2, 0x82,
            ]
        func filtered(pieces size: Int) -> String {
            var filter = EntitiesFilter()
            var output: [UInt8] = []
            for start in stride(from: 0, to: input.count, by: size) {
                let piece = Array(input[start..<min(start + size, input.count)])
                piece.withUnsafeBytes { filter.filter($0, isLast: false, into: &output) }
            }
            filter.filter(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, into: &output)
            return String(decoding: output, as: UTF8.self)
        }
        let whole = filtered(pieces: input.count)
        #expect(whole == "ab&#65;<![CDATA[&#8;]]>é\u{FFFD}\u{FFFD}\u{FFFD}𝄞&#9;&#\u{FFFD}(\u{FFFD}\u{FFFD}")
        for size in 1...20 { #expect(filtered(pieces: size) == whole, "pieces of \(size)") }
    }

    @Test(arguments: [
        ("h1. One\nText *bold* and _em_.", "<h1>One</h1><p>Text <strong>bold</strong> and <em>em</em>.</p>"),
        ("snake_case_name a*b*c", "<p>snake_case_name a*b*c</p>"),
        (
            "|| A || B ||\n| 1 | [x|http://e.x/] |",
            "<table><tbody><tr><th> A </th><th> B </th></tr><tr><td> 1 </td><td> <a href=\"http://e.x/\">x</a> </td></tr></tbody></table>"
        ),
        (
            "{code:java}\nif (a<b) {\n}\n{code}\nafter",
            "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"\">java</ac:parameter><ac:plain-text-body><![CDATA[if (a<b) {\n}\n]]></ac:plain-text-body></ac:structured-macro><p>after</p>"
        ),
        (
            "{noformat}x{noformat}",
            "<ac:structured-macro ac:name=\"noformat\"><ac:plain-text-body><![CDATA[x]]></ac:plain-text-body></ac:structured-macro>"
        ),
        (
            "[DOC:Page Title#top]",
            "<p><ac:link ac:anchor=\"top\"><ri:page ri:content-title=\"Page Title\" ri:space-key=\"DOC\"/></ac:link></p>"
        ),
        (
            "* a\n** b\nmore\n*# c\n* d\n# e",
            "<ul><li>a<ul><li>b<br/>more</li></ul><ol><li>c</li></ol></li><li>d</li></ul><ol><li>e</li></ol>"
        ),
        ("# one\n# two\n\ntext", "<ol><li>one</li><li>two</li></ol><p>text</p>"),
        (
            "{toc:maxLevel=2}\n{panel:title=Note|bgColor=red}body{panel}",
            "<p><ac:structured-macro ac:name=\"toc\"><ac:parameter ac:name=\"maxLevel\">2</ac:parameter></ac:structured-macro></p><ac:structured-macro ac:name=\"panel\"><ac:parameter ac:name=\"title\">Note</ac:parameter><ac:parameter ac:name=\"bgColor\">red</ac:parameter><ac:rich-text-body><p>body</p></ac:rich-text-body></ac:structured-macro>"
        ),
        ("----\n\\*not bold\\*", "<hr/><p>*not bold*</p>"),
        ("", ""),
        (
            "{code",
            "<ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[]]></ac:plain-text-body></ac:structured-macro>"
        ),
        ("! [ { * _ {{a<b}}", "<p>! [ { * _ <code>a&lt;b</code></p>"),
    ])
    func `wiki markup becomes storage format`(markup: String, storage: String) {
        #expect(WikiMarkup.events(of: markup).storageFormat == storage)
    }

    @Test func `text attachments are UTF-8, UTF-16 by its mark, or else Windows-1252`() {
        #expect(TextAttachment.text([0xEF, 0xBB, 0xBF, 0x61]) == "a")
        #expect(TextAttachment.text([0x61, 0xE9]) == "aé")
        #expect(TextAttachment.text([0x93, 0x61, 0x94, 0x20, 0x80]) == "“a” €")
        // Windows-1252 has no character for this one.
        #expect(TextAttachment.text([0x61, 0x81]) != nil)
        #expect(TextAttachment.text([0xFF, 0xFE, 0x61, 0]) == "a")
        #expect(TextAttachment.text([0x61, 0]) == nil)
    }

    @Test func `links open where the site is served, with or without wiki in the base`() throws {
        let cloud = ConfluenceLinks(base: try #require(URL(string: "https://a.atlassian.net/")))
        #expect(cloud.page(id: "12", spaceKey: "DOC") == "https://a.atlassian.net/wiki/spaces/DOC/pages/12")
        let same = ConfluenceLinks(base: try #require(URL(string: "https://a.atlassian.net/wiki")))
        #expect(same.base == cloud.base)
        let server = ConfluenceLinks(base: try #require(URL(string: "https://wiki.x/confluence/")))
        #expect(
            server.page(id: "12", spaceKey: "DOC")
                == "https://wiki.x/confluence/pages/viewpage.action?pageId=12")
        #expect(
            server.attachment(fileName: "a b&c.txt", pageID: "12")
                == "https://wiki.x/confluence/download/attachments/12/a%20b%26c.txt")
    }
}
