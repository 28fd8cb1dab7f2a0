import Foundation
import TestSupport
import Testing

@testable import Documents

/// ``StorageFormatScanner`` may leave any page to libxml2, but what it takes it must read alike.
@Suite struct `Storage format, read in one pass` {
    private let parser = StorageFormatParser()

    /// The tree as lines, so that where the bytes lie does not matter.
    private func outline(_ tree: StorageFormatTree) -> [String] {
        tree.nodes.map { node in
            let links = "\(node.parent) \(node.firstChild) \(node.lastChild) \(node.nextSibling)"
            if node.element == .text {
                let bytes = tree.bytes[Int(node.start)..<Int(node.end)]
                return "\(links) \(String(decoding: bytes, as: UTF8.self).debugDescription)"
            }
            let attributes = tree.attributes[Int(node.start)...].prefix(Int(node.attributeCount)).map {
                let value = String(decoding: tree.bytes[Int($0.start)..<Int($0.end)], as: UTF8.self)
                return "\($0.name)=\(value.debugDescription)"
            }
            return "\(links) \(node.element) \(node.macro) \(node.hasBlock) \(attributes)"
        }
    }

    /// `nil` when the scanner left the page.
    private func scanned(_ source: String) -> StorageFormatTree? {
        StorageFormatScanner.scan(source, into: parser.emptyTree(byteCount: source.utf8.count))
    }

    /// - Returns: whether the scanner took the page.
    private func compare(_ source: String, _ comment: String = "") throws -> Bool {
        guard let tree = scanned(source) else { return false }
        let (long, warnings) = try parser.cleanedTree(of: source)
        #expect(warnings.isEmpty, "\(comment): \(source.prefix(300))")
        #expect(outline(tree) == outline(long), "\(comment): \(source.prefix(300))")
        return true
    }

    @Test(arguments: StorageFormatFixtures.names)
    func `every page that needs no repair is taken, and read as libxml2 reads it`(name: String) throws {
        let source = try StorageFormatFixtures.source(name)
        let needsRepair = try !parser.cleanedTree(of: source).1.isEmpty
        let isTaken = try compare(source, name)
        #expect(isTaken != needsRepair || name.hasPrefix("broken"))
    }

    @Test(arguments: StorageFormatFixtures.names)
    func `a mutated page is left, or read as libxml2 reads it`(name: String) throws {
        let bytes = Array(try StorageFormatFixtures.source(name).utf8)
        let pieces = [
            "<b>", "</b>", "<br/>", "<p a='1' b=\"&amp;\">", "</p>", "&eacute;", "&#13;", "&#x10000;",
            "&nope;",
            "]]>", "<!-- \n -->", "<?x\n?>", "<!DOCTYPE x [\n]>", "<![CDATA[ ]] \r\n ]]>", "\r\n", "\r",
            "\u{FFFE}", "\u{E9}", ">", "]", "&#93;", "\t", "\n", " xmlns:q=\"u\"", " ac:name='a\nb'", "ac:",
            "<q:x/>", "<_/>", "<é/>", "\u{FEFF}", "\0",
        ]
        let seed = name.utf8.reduce(UInt64(13)) { $0 &* 41 &+ UInt64($1) }
        var generator = SeededGenerator(seed: seed)
        for round in 0..<40 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !mutant.isEmpty {
                let start = Int.random(in: 0..<mutant.count, using: &generator)
                let end = min(mutant.count, start + Int.random(in: 0...12, using: &generator))
                mutant.replaceSubrange(
                    start..<end, with: Array((pieces.randomElement(using: &generator) ?? "").utf8))
            }
            _ = try compare(String(decoding: mutant, as: UTF8.self), "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [
        "", "text", " <p>a</p> ", "<p>a &lt; b &amp;&amp; c &gt; d &quot;&apos;</p>",
        "<p>&Eacute;&#233;&#xE9;</p>",
        "<p>&#128;&#1;&#65534;</p>", "<p>&nope; & &; &#; &#x;</p>", "<p>a<!-- x\ny -->b<?z\n?>c</p>",
        "<!DOCTYPE a [<!ENTITY b \"c\">\n]><p>d</p>", "<p>line\r\nline</p>", "<p><![CDATA[a\r\n<b>&c;]]></p>",
        "<p title='a\n\tb&#10;c&#9;&quot;'>x</p>", "<br/><br /><hr\n/>", "<P>a</P>",
        "<x:y xmlns:x='u'>a</x:y>",
        "<ac:link ac:anchor = \"a\" ><ri:page ri:content-title='b'/></ac:link >", "<p>a]b>c</p>",
        "<p>\u{FFFD}\u{EFFF}</p>",
        "\u{FEFF}<p>a</p>", "<p a='&lt;' />", "<p xml:lang='de'>a</p>",
    ])
    func `plain pages are taken`(source: String) throws {
        let isTaken = try compare(source)
        #expect(isTaken)
    }

    @Test(arguments: [
        "<p>", "</p>", "<p></b>", "<b><i></b></i>", "<p a=1>x</p>", "<p a>x</p>", "<p a='1'b='2'>x</p>",
        "<p a='1' a='2'>x</p>", "<p a='<'>x</p>", "<p>]]></p>", "<p>]]&gt;]></p>", "<p>]&#93;></p>",
        "<p>\u{1}</p>",
        "<p>\u{FFFE}</p>", "<p>a\rb</p>", "<p>&#13;</p>", "<p a='&#13;'>x</p>", "<a:b:c/>", "<:a/>", "<a:/>",
        "<é/>",
        "<1/>", "< p>", "<p/ >", "<!-- a", "<![CDATA[ a", "<?a", "<!a", "<", "<p", "<p a", "<p a=", "<p a='",
        "<p a='1' A='2'>case</p>", "</x><x>",
    ])
    func `pages that are not plain are left`(source: String) {
        #expect(scanned(source) == nil)
    }

    @Test func `limits hold in one pass as they do in two`() throws {
        let limits = StorageFormatLimits(maxDepth: 3, maxElementCount: 20)
        let parser = StorageFormatParser(limits: limits)
        for source in [
            "<p><b><i><u title='t'>deep<br/></u></i></b></p><p>after</p>",
            String(repeating: "<p title='x'>a</p>", count: 40),
        ] {
            let empty = parser.emptyTree(byteCount: source.utf8.count)
            let tree = try #require(StorageFormatScanner.scan(source, into: empty))
            let long = try parser.cleanedTree(of: source).0
            #expect(outline(tree) == outline(long))
            #expect(tree.isDepthCut == long.isDepthCut && tree.isElementCountCut == long.isElementCountCut)
        }
    }

    /// Every position of every kind of byte in words of eight and behind them.
    @Test func `marks are found wherever they stand`() {
        for length in 0..<26 {
            for position in 0..<max(length, 1) {
                for byte in [0x3C, 0x3E, 0x26, 0xEF, 0x00, 0x1F, 0x20, 0x3D, 0x27, 0x7F, 0x80, 0xFF]
                    as [UInt8]
                {
                    var bytes = [UInt8](repeating: 0x61, count: length)
                    if length > 0 { bytes[position] = byte }
                    let isMark = byte < 0x20 || [0x3C, 0x3E, 0x26, 0xEF].contains(byte)
                    let first = length > 0 && isMark ? position : length
                    #expect(bytes.span.firstMark(from: 0) == first)
                    #expect(bytes.span.firstMark(from: length) == length)
                    #expect(bytes.span.contains(byte) == (length > 0))
                }
            }
        }
    }
}
