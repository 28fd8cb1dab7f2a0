import Foundation
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `A multipart form` {
    private let type = "multipart/form-data; boundary=X"

    private func form(_ text: String, type: String? = nil) throws(MultipartForm.Fault) -> MultipartForm {
        try MultipartForm(Data(text.utf8), contentType: type ?? self.type)
    }

    @Test func `gives its parts with their names, types and bytes`() throws {
        let body =
            "preamble\r\n--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\ntwo\r\n"
            + "--X\r\ncontent-disposition: form-data; filename=\"x \\\"y\\\".bin\"; name=file\r\n"
            + "Content-Type: image/png\r\nX-Other: 1\r\n\r\n\r\n--X--\r\nepilogue"
        let parts = try form(body).parts
        #expect(parts.map(\.name) == ["a", "file"])
        #expect(parts[0].data == Data("one\r\ntwo".utf8))
        #expect(parts[0].fileName == nil)
        #expect(parts[1].fileName == #"x "y".bin"#)
        #expect(parts[1].contentType == "image/png")
        #expect(parts[1].data.isEmpty)
        #expect(try form(body)["file"] == parts[1])
        #expect(try form(body)["other"] == nil)
    }

    @Test func `keeps bytes that look like a boundary and are none`() throws {
        let data = Data([0, 255]) + Data("--X\r\n-X\n--X\r--Y\r\n".utf8)
        let body =
            Data("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n".utf8) + data
            + Data("\r\n--X--".utf8)
        #expect(try MultipartForm(body, contentType: type)["a"]?.data == data)
    }

    @Test func `takes a boundary in quotes, and of any case of its name`() throws {
        let body = "--a b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--a b--"
        let form = try form(body, type: "Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"")
        #expect(form["a"]?.data == Data("1".utf8))
    }

    @Test(arguments: [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
    ])
    func `is refused without a boundary`(type: String) {
        #expect(throws: MultipartForm.Fault.noBoundary) { try form("--X--", type: type) }
    }

    @Test func `is refused when it is cut off anywhere, and never crashes`() throws {
        let whole = LangflowText.form(Data("hello".utf8), name: "a.txt", boundary: "X")
        _ = try MultipartForm(whole, contentType: type)
        // The line break behind the last boundary may be missing.
        for count in 0..<(whole.count - 2) {
            #expect(throws: MultipartForm.Fault.self, "\(count) bytes") {
                try MultipartForm(whole.prefix(count), contentType: type)
            }
        }
    }

    @Test func `is refused with parts that have no readable head`() {
        for head in [
            "", "\r\n", "no colon\r\n\r\n", "Content-Disposition: form-data\r\n\r\n",
            "Content-Disposition: form-data; name=\"\"\r\n\r\n",
            "Content-Type: text/plain\r\n\r\n",
            "X: \(String(repeating: "x", count: 9_000))\r\n\r\n",
        ] {
            #expect(throws: MultipartForm.Fault.malformedHead, "\(head.prefix(40))") {
                try form("--X\r\n\(head)value\r\n--X--")
            }
        }
    }

    @Test func `is refused with too many parts`() throws {
        let part = "\r\n--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"
        let most = String(repeating: part, count: MultipartForm.partLimit)
        #expect(try form(most + "\r\n--X--").parts.count == MultipartForm.partLimit)
        #expect(throws: MultipartForm.Fault.tooManyParts(limit: MultipartForm.partLimit)) {
            try form(most + part + "\r\n--X--")
        }
    }

    @Test func `never crashes on bytes of any kind`() {
        var random = SeededGenerator(seed: 7)
        let pieces = ["--X", "\r\n", "--", ":", ";", "\"", "\\", "name=", "filename=", "a", "\u{0}", "é"]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0..<24, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            _ = try? form(text)
            _ = try? form("--X\r\nContent-Disposition: form-data; \(text)\r\n\r\n--X--")
            _ = try? form("--X--", type: "multipart/form-data; \(text)")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A stored archive` {
    @Test func `is opened by Python, with every name and byte`() throws {
        let entries: [(name: String, data: Data)] = [
            ("a.json", Data("{}".utf8)), ("ü 🚀.json", Data("text".utf8)), ("empty", Data()),
            ("long.txt", Data(String(repeating: "0123456789", count: 20_000).utf8)),
        ]
        let files = try PythonZip.files(in: StoredZip.archive(entries))
        #expect(files.count == entries.count)
        for (name, data) in entries { #expect(files[name] == String(decoding: data, as: UTF8.self)) }
    }

    @Test func `is opened without any entry, and is the same bytes for the same contents`() throws {
        #expect(try PythonZip.files(in: StoredZip.archive([])).isEmpty)
        let entries: [(name: String, data: Data)] = [("a", Data("1".utf8))]
        #expect(StoredZip.archive(entries) == StoredZip.archive(entries))
    }
}
