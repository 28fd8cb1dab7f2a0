import Flow
import JSONValue
import Testing

@testable import Components

/// What Python 3.11's `re` makes of the same, worked out there.
@Suite(.timeLimit(.minutes(1))) struct `Regular expressions that search` {
    private func found(_ pattern: String, _ text: String) throws -> [FoundText] {
        try TextPattern(pattern).found(in: text)
    }

    private func texts(_ pattern: String, _ text: String) throws -> [String] {
        try found(pattern, text).map { found in
            switch found {
            case .text(let text): text
            case .groups(let groups): groups.joined(separator: "|")
            }
        }
    }

    private func replaced(_ pattern: String, _ template: String, _ text: String) throws -> String {
        let pattern = try TextPattern(pattern)
        return try pattern.replacing(
            matchesIn: text, with: try PatternReplacement(template, for: pattern))
    }

    @Test func `find what Python finds`() throws {
        #expect(try texts("a*", "aab") == ["aa", "", ""])
        #expect(try texts("a*?", "aa") == ["", "a", "", "a", ""])
        #expect(try texts("\\w+@\\w+\\.com", "x@y.com, zoë@b.com") == ["x@y.com", "zoë@b.com"])
        #expect(try texts("<.+>", "<a><b>") == ["<a><b>"])
        #expect(try texts("<.+?>", "<a><b>") == ["<a>", "<b>"])
        #expect(try texts("a|ab", "ab ab") == ["a", "a"])
        #expect(try texts("(?:ab|a)b?", "abb ab") == ["abb", "ab"])
        #expect(try texts("(\\d+)-", "12-34-5") == ["12", "34"])
        #expect(try texts("(\\w)(\\d)?", "a1b") == ["a|1", "b|"])
        #expect(try texts("(a|b)*c", "abac c") == ["a", ""])
        #expect(try texts("(?m)^\\w", "ab\ncd") == ["a", "c"])
        #expect(try texts("$", "a\n") == ["", ""])
        #expect(try texts("\\b", "ab c") == ["", "", "", ""])
        #expect(try texts("(?i)É", "éÉ") == ["é", "É"])
        #expect(try texts("x{2,3}?", "xxxxx") == ["xx", "xx"])
        #expect(try texts("nothing", "something") == [])
    }

    @Test func `replace as Python replaces`() throws {
        #expect(try replaced("x*", "-", "abxd") == "-a-b--d-")
        #expect(try replaced("(\\w+) (\\w+)", "\\2 \\1", "hello world, a b") == "world hello, b a")
        #expect(try replaced("(?P<first>a)(b)?", "[\\g<first>\\g<2>\\g<0>]", "ab a") == "[abab] [aa]")
        #expect(try replaced("a", "\\n\\t\\\\\\101\\0\\.", "a") == "\n\t\\A\0\\.")
        #expect(try replaced("\\s+", " ", "a \r\n b") == "a b")
        #expect(try replaced("", "-", "ab") == "-a-b-")
    }

    @Test(arguments: [
        ("a", "\\1"), ("a", "\\q"), ("a", "\\g<x>"), ("a", "\\g<"), ("a", "\\"), ("a", "\\777"),
    ])
    func `replacements that mean nothing are told`(pattern: String, template: String) throws {
        #expect(throws: PatternReplacementError.self) { () throws -> Void in
            _ = try PatternReplacement(template, for: try TextPattern(pattern))
        }
    }

    @Test func `no text makes them slow`() throws {
        let text = String(repeating: "a", count: 20_000) + "!"
        // Exponential for a pattern that tries one way after another.
        #expect(try texts("(a|aa)+$", text) == [])
        #expect(try texts("(a+)+b", String(repeating: "a", count: 300)) == [])
        // Each search looks at all that is left.
        let error = #expect(throws: TextPatternError.self) { try self.texts("a*?b|a", text) }
        #expect(error == .tooMuchWork(limit: TextPattern.scanLimit))
    }

    @Test func `what is refused is named`() throws {
        for (pattern, word) in [
            ("(?=a)", "look-around"), ("(a)\\1", "a back reference"), ("(?>a)", "an atomic group"),
            ("a++", "a possessive repetition"), ("(a)(?(1)b|c)", "a condition"), ("(?x)a", "the flag “x”"),
        ] {
            let error = #expect(throws: TextPatternError.self) { try TextPattern(pattern) }
            #expect(error.map { "\($0)".contains(word) } == true, "\(pattern)")
        }
        let many = String(repeating: "(a)", count: 100)
        #expect(throws: TextPatternError.tooManyGroups(place: 298, limit: 99)) { try TextPattern(many) }
    }

    private func run(_ parameters: [String: JSONValue], _ text: String) async throws -> RunOutcome {
        try await ComponentsTests.run(
            one: "TextOperations", parameters, inputs: ["text": text], catalog: .plain())
    }

    @Test func `a text operation extracts and replaces by them`() async throws {
        var outcome = try await run(
            ["operation": "replace", "regex": true, "search": "(\\d+)", "replacement": "<\\1>"], "a1b22")
        #expect(outcome.output(ChatMessage.self, named: "message")?.text == "a<1>b<22>")
        outcome = try await run(
            ["operation": "extract", "pattern": "\\d"], String(repeating: "1", count: 12))
        #expect(outcome.output(Table.self, named: "table")?.rows.count == 10)
        outcome = try await run(["operation": "extract", "pattern": "\\d", "max_matches": 0], "1a2")
        #expect(outcome.output(ChatMessage.self, named: "message")?.text == "1\n2")
        outcome = try await run(["operation": "extract", "pattern": "(\\w)=(\\w)"], "a=b, c=d")
        #expect(outcome.output(ChatMessage.self, named: "message")?.text == "('a', 'b')\n('c', 'd')")
        #expect(outcome.output(Record.self, named: "data")?.values["matches"] == [["a", "b"], ["c", "d"]])
        let error = try #require(
            await failure { _ = try await run(["operation": "extract", "pattern": "(?<=a)b"], "ab") })
        #expect("\(error)".contains("look-around"))
    }

    @Test func `an extractor gives rows, and says that there is nothing`() async throws {
        var outcome = try await ComponentsTests.run(
            one: "RegexExtract", ["pattern": "b*"], inputs: ["text": "abba"], catalog: .plain())
        #expect(outcome.output(Table.self, named: "table")?.rows == [Record(["match": "bb"])])
        #expect(outcome.output(ChatMessage.self, named: "message")?.text == "bb")
        outcome = try await ComponentsTests.run(
            one: "RegexExtract", ["pattern": "b"], inputs: ["text": "abba", "pattern": "z"],
            catalog: .plain())
        #expect(outcome.output(ChatMessage.self, named: "message")?.text == "No matches found")
    }
}
