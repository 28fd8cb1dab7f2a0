import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct `XML of AWS` {
    private func fault(_ text: String) -> XMLFault? {
        do throws(XMLFault) {
            _ = try XMLTree(parsing: Data(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `is read with entities, CDATA, namespaces and attributes`() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- c --><a:List xmlns:a="urn:x" n="1 &amp; 2"><Key>a&lt;b&#x1F600;<![CDATA[<&>]]></Key>\
            <Key/><!-- x --><Size>7</Size></a:List>
            """
        let root = try XMLTree(parsing: Data(text.utf8))
        #expect(root.name == "List")
        #expect(root.attributes["n"] == "1 & 2")
        #expect(root.all("Key").map(\.text) == ["a<b😀<&>", ""])
        #expect(root["Size"]?.text == "7")
        #expect(root["None"] == nil)
    }

    @Test(arguments: [
        "", " ", "<", "<a", "<a>", "<a></b>", "<a/><b/>", "<a/>text", "text<a/>", "<a/></document><document>",
        "text", "<a>&undefined;</a>", "<a b=c/>",
        "<a>\u{1}</a>", "{}",
    ])
    func `that is not well-formed is refused`(text: String) {
        guard case .notWellFormed = fault(text) else {
            Issue.record("\(String(describing: fault(text)))")
            return
        }
    }

    @Test(arguments: [
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
    ])
    func `with a document type is refused unread`(text: String) {
        #expect(fault(text) == .documentType)
    }

    @Test func `in another encoding is refused, whatever it says`() throws {
        let declared = "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a>+ADw-!DOCTYPE-</a>"
        #expect(fault(declared) == .encoding)
        let wide = try #require("<a>x</a>".data(using: .utf16))
        #expect(throws: XMLFault.self) { try XMLTree(parsing: wide) }
        #expect(throws: XMLFault.encoding) { try XMLTree(parsing: Data([0x3C, 0x61, 0xFF])) }
        #expect(try XMLTree(parsing: Data("\u{FEFF}<a>x</a>".utf8)).text == "x")
    }

    @Test func `deeper or larger than the limit is refused with the limit`() {
        let deep = String(repeating: "<a>", count: 65) + String(repeating: "</a>", count: 65)
        #expect(fault(deep) == .tooDeep(limit: 64))
        let allowed = String(repeating: "<a>", count: 64) + String(repeating: "</a>", count: 64)
        #expect(fault(allowed) == nil)
        let bytes = XMLTree.limitBytes + 1
        #expect(throws: XMLFault.tooLarge(bytes: bytes, limit: XMLTree.limitBytes)) {
            try XMLTree(parsing: Data(count: bytes))
        }
    }

    /// Trees of up to four levels with names, attributes and texts of the characters that are hard to write:
    /// each kind is as likely as the others.
    private func tree(_ random: inout SeededGenerator, depth: Int = 0) -> XMLTree {
        func text(_ random: inout SeededGenerator) -> String {
            let hard: [Character] = [
                "a", "é", "😀", "&", "<", ">", "\"", "'", "]", " ", "\n", "\t", "\r", "-", "\u{FFFD}",
            ]
            return String(
                (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                    hard.randomElement(using: &random)
                })
        }
        let names = ["Key", "a", "Été", "x-1", "_y.z"]
        let count = depth < 3 ? Int.random(in: 0...3, using: &random) : 0
        var attributes: [String: String] = [:]
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            attributes[names.randomElement(using: &random) ?? "a"] = text(&random)
        }
        return XMLTree(
            names.randomElement(using: &random) ?? "a", attributes: attributes, text: text(&random),
            children: (0..<count).map { _ in tree(&random, depth: depth + 1) })
    }

    @Test func `any tree is read as it was written`() throws {
        var random = SeededGenerator(seed: 31)
        for _ in 0..<2_000 {
            let tree = tree(&random)
            #expect(try XMLTree(parsing: Data(tree.serialized().utf8)) == tree, "seed 31")
        }
    }

    /// Documents with bytes changed, left out and doubled anywhere: what a broken connection or an enemy sends.
    @Test func `damaged documents are read or refused, never more`() {
        var random = SeededGenerator(seed: 32)
        var readCount = 0
        for _ in 0..<5_000 {
            var bytes = Array(tree(&random).serialized().utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
            }
            if (try? XMLTree(parsing: Data(bytes))) != nil { readCount += 1 }
        }
        #expect((1..<5_000).contains(readCount), "seed 32")
    }
}
