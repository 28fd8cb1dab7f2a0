import Foundation
import JSONValue
import Testing

@Suite struct `JSON that is written piece by piece` {
    @Test func `is the text that a tree of the same members makes`() throws {
        var writer = JSONWriter()
        writer.object { document in
            document.emptyList("empty")
            document.member("flag", true)
            document.list("list") { list in
                list.object { $0.member("n", -7) }
                list.object { _ in }
                list.element("a \"quoted\" text")
            }
            document.null("nothing")
            document.object("object") { object in
                object.object("inner") { $0.member("text", "€ \n") }
                object.member("last", "")
            }
        }
        let tree: JSONValue = [
            "empty": [], "flag": true, "list": [["n": -7], [:], "a \"quoted\" text"], "nothing": nil,
            "object": ["inner": ["text": "€ \n"], "last": ""],
        ]
        #expect(try writer.bytes == tree.utf8())
        var whole = JSONWriter()
        whole.list { list in
            list.object { object in
                object.member("before", json: writer.bytes)
                object.member("behind", 1)
            }
            list.element("last")
        }
        #expect(try whole.bytes == JSONValue.array([["before": tree, "behind": 1], "last"]).utf8())
    }

    /// Texts are looked through eight bytes at a time, so each byte is tried at each place of a word, beside others
    /// that look like it once a bit was borrowed.
    @Test func `escapes what must be escaped wherever it stands, and nothing else`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let neighbours: [Unicode.Scalar] = [
            "a", " ", "!", "\"", "#", "[", "\\", "]", "\u{7F}", "é", "\u{1F}",
        ]
        for code in UInt8(0)...127 {
            for length in [1, 7, 8, 9, 17] {
                for place in 0..<length {
                    var scalars = String.UnicodeScalarView()
                    for offset in 0..<length {
                        let other = neighbours[(offset + Int(code)) % neighbours.count]
                        scalars.append(offset == place ? Unicode.Scalar(code) : other)
                    }
                    let text = String(scalars)
                    var expected = try encoder.encode(text)
                    expected = Data("{\"k\":".utf8) + expected + Data("}".utf8)
                    var writer = JSONWriter()
                    writer.object { $0.member("k", text) }
                    #expect(Data(writer.bytes) == expected, "\(code) at \(place) of \(length)")
                }
            }
        }
    }
}
