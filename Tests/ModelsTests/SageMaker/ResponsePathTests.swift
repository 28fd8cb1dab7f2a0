import Foundation
import JSONValue
import Testing

@testable import Models

@Suite struct `A response's path` {
    private let answer: JSONValue = [
        "embeddings": [[1, 2], [3, 4]], "data": [["embedding": [1]], ["embedding": [2]]],
        "choices": [["delta": ["content": "planted"]], ["delta": [:]]],
        "predictions": [["scores": [0.5, 9]], ["scores": [0.25]]], "a.b": ["c d": "e"], "nothing": nil,
        "empty": [],
    ]

    @Test(arguments: [
        ("embeddings", "[[[1,2],[3,4]]]"), ("embeddings[*]", "[[1,2],[3,4]]"),
        ("embeddings[*][1]", "[2,4]"), ("embeddings[*][*]", "[1,2,3,4]"),
        ("data[*].embedding", "[[1],[2]]"), ("$.data[1].embedding[0]", "[2]"),
        ("choices[0].delta.content", #"["planted"]"#), ("predictions[*].scores[0]", "[0.5,0.25]"),
        (#"["a.b"]['c d']"#, #"["e"]"#), ("nothing", "[null]"), ("empty[*].x", "[]"),
    ])
    func `finds what stands there, in order`(path: String, expected: String) throws {
        let found = try ResponsePath(parsing: path).values(in: answer)
        #expect(.array(found) == (try JSONValue(parsing: expected)))
    }

    @Test func `of the whole answer is $, and a list may be the whole`() throws {
        #expect(try ResponsePath(parsing: "$").values(in: "x") == ["x"])
        #expect(
            try ResponsePath(parsing: "[0].generated_text").values(in: [["generated_text": "x"]]) == ["x"])
        #expect(try ResponsePath(parsing: "$[*]").values(in: [1, 2]) == [1, 2])
    }

    @Test(arguments: [
        ("", 0), (".a", 0), ("a.", 2), ("a..b", 2), ("a[", 2), ("a[]", 2), ("a[-1]", 2), ("a[1", 3),
        ("a[*", 3), ("a[x]", 2), (#"a["b]"#, 5), (#"a[""]"#, 3), ("a]", 1), ("a b", 1), ("*", 0),
        ("a[1]b", 4),
        ("$a", 1), ("a[99999999999999999999]", 2),
    ])
    func `that cannot be read is refused with the character`(path: String, offset: Int) {
        let error = #expect(throws: ResponsePathError.self) { try ResponsePath(parsing: path) }
        guard case .malformed(path, offset, _) = error else {
            Issue.record("\(path): \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        ("embedding", "$.embedding", "value", nil), ("embeddings.vector", "$.embeddings", "object", "array"),
        ("embeddings[2]", "$.embeddings[2]", "value", nil),
        ("data[*].vector", "$.data[0].vector", "value", nil), ("data.embedding", "$.data", "object", "array"),
        ("choices[*].delta.content", "$.choices[1].delta.content", "value", nil),
        ("choices[0].delta.content[*]", "$.choices[0].delta.content", "array", "string"),
        ("nothing.x", "$.nothing", "object", "null"), (#"["a.b"].x"#, #"$["a.b"].x"#, "value", nil),
    ])
    func `says where it fails, and never what stands there`(
        path: String, place: String, expected: String, found: String?
    ) throws {
        let path = try ResponsePath(parsing: path)
        let error = #expect(throws: ResponsePathError.self) { try path.values(in: answer) }
        #expect(
            error == .notThere(path: path.description, place: place, expected: expected, found: found))
        #expect(error?.description.contains("planted") == false)
        #expect(error?.description.contains(place) == true)
    }

    @Test func `passes over what is absent where pieces may lack it`() throws {
        let path = try ResponsePath(parsing: "choices[0].delta.content")
        for text in [
            "{}", #"{"choices": []}"#, #"{"choices": null}"#, #"{"choices": [{}]}"#,
            #"{"choices": [{"delta": null}]}"#,
        ] {
            #expect(try path.firstIfPresent(in: JSONValue(parsing: text)) == nil)
        }
        #expect(try path.firstIfPresent(in: ["choices": [["delta": ["content": nil]]]]) == .null)
        #expect(try path.firstIfPresent(in: answer) == "planted")
        for text in ["[]", #"{"choices": {}}"#, #"{"choices": ["planted"]}"#] {
            #expect(throws: ResponsePathError.self) {
                try path.firstIfPresent(in: JSONValue(parsing: text))
            }
        }
    }

    @Test(arguments: [
        ("$", "[[1,2],[3,4]]"), ("[*]", "[[1,2.0],[3e0,4]]"),
        ("embeddings", #"{"embeddings": [[1,2],[3,4]]}"#),
        ("data[*].embedding", #"{"data": [{"embedding": [1,2], "index": 0}, {"embedding": [3,4]}]}"#),
        ("a[1].v", #"{"a": [{"v": 0}, {"v": [[1,2],[3,4]]}, {}]}"#),
    ])
    func `of vectors is of one each or of a list`(path: String, text: String) throws {
        #expect(try ResponsePath(parsing: path).vectors(in: Data(text.utf8)) == [[1, 2], [3, 4]])
    }

    @Test func `of one vector is a list of it`() throws {
        #expect(
            try ResponsePath(parsing: "embedding").vectors(in: Data(#"{"embedding": [1, 2]}"#.utf8)) == [
                [1, 2]
            ])
        #expect(try ResponsePath(parsing: "[*]").vectors(in: Data("[]".utf8)) == [])
    }

    @Test(arguments: [
        ("[*]", #"[[1, "planted"]]"#), ("[*]", "[[1, null]]"), ("[*]", "[[[1]]]"), ("$", #""planted""#),
        ("$", "[1, [2]]"), ("$", "planted"), ("[*]", "{}"), ("[*]", "[1]"),
    ])
    func `of vectors refuses what is none, without showing it`(path: String, text: String) {
        let error = #expect(throws: ResponsePathError.self) {
            try ResponsePath(parsing: path).vectors(in: Data(text.utf8))
        }
        #expect(error?.description.contains("planted") == false)
    }

    @Test func `of numbers is of one each or of a list`() throws {
        #expect(try ResponsePath(parsing: "$").numbers(in: [1, 0.5]) == [1, 0.5])
        #expect(try ResponsePath(parsing: "predictions[*].scores[0]").numbers(in: answer) == [0.5, 0.25])
        #expect(try ResponsePath(parsing: "s").numbers(in: ["s": 2]) == [2])
        #expect(throws: ResponsePathError.self) {
            try ResponsePath(parsing: "$").numbers(in: [1, "planted"])
        }
    }
}
