import Components
import Flow
import JSONValue
import Testing

@Suite struct `Operations on texts` {
    private func outcome(
        _ text: String, _ operation: String, _ more: [String: JSONValue] = [:], joining other: String? = nil
    ) async throws -> RunOutcome {
        var parameters = more
        parameters["operation"] = .string(operation)
        var inputs: [String: any Payload] = ["text": text]
        inputs["more"] = other
        return try await run(one: "TextOperations", parameters, inputs: inputs, catalog: .plain())
    }

    private func changed(
        _ text: String, _ operation: String, _ more: [String: JSONValue] = [:], joining other: String? = nil
    ) async throws -> String? {
        try await outcome(text, operation, more, joining: other)
            .output(ChatMessage.self, named: "message")?.text
    }

    @Test(arguments: [
        ("lowercase", "it's a small world"), ("uppercase", "IT'S A SMALL WORLD"),
        ("title", "It'S A Small World"), ("capitalize", "It's a small world"),
        ("swapcase", "iT'S a SMALL wORLD"),
    ])
    func `change letters as Python does`(letters: String, text: String) async throws {
        #expect(try await changed("It's A small World", "change_case", ["case": .string(letters)]) == text)
    }

    @Test func `replace, cut and strip`() async throws {
        #expect(
            try await changed("a-b-ü-b", "replace", ["search": "-b", "replacement": "+"]) == "a+-ü+")
        #expect(try await changed("abc", "replace", ["search": ""]) == "abc")
        #expect(try await changed("héllo", "head", ["count": 2]) == "hé")
        #expect(try await changed("héllo", "tail", ["count": 4]) == "éllo")
        #expect(try await changed("héllo", "tail", ["count": 0]) == "")
        #expect(try await changed(" \n a b \t", "strip") == "a b")
        #expect(try await changed("xxaxx", "strip", ["characters": "x", "side": "left"]) == "axx")
        #expect(try await changed("xxaxx", "strip", ["characters": "x", "side": "right"]) == "xxa")
    }

    @Test func `join with another text, or with none`() async throws {
        #expect(try await changed("a", "join", joining: "b") == "a\nb")
        #expect(try await changed("a", "join") == "a")
        #expect(try await changed("", "join", joining: "b") == "b")
    }

    @Test func `clean what they are told to`() async throws {
        let text = "a  \t b!\n\n \nc_1"
        #expect(try await changed(text, "clean") == "a b!\n\n \nc_1")
        #expect(
            try await changed(text, "clean", ["remove_special_chars": true, "remove_empty_lines": true])
                == "a b\nc_1")
        #expect(try await changed(text, "clean", ["remove_extra_spaces": false]) == text)
    }

    @Test func `count words, characters and lines`() async throws {
        let counts = try await outcome("one two\n\ntwo ü", "word_count").output(Record.self, named: "data")
        #expect(
            counts?.values == [
                "word_count": 4, "unique_words": 3, "character_count": 14, "character_count_no_spaces": 12,
                "line_count": 3, "non_empty_lines": 2,
            ])
        let none = try await outcome(" ", "word_count", ["count_lines": false, "count_characters": false])
        #expect(none.output(Record.self, named: "data")?.values == ["word_count": 0, "unique_words": 0])
    }

    @Test func `read a table, its numbers as such`() async throws {
        let text = "| name | n |\n|:---|---|\n| Ada | 1 |\n| Emmy | 2.5 |"
        let table = try await outcome(text, "to_table").output(Table.self, named: "table")
        #expect(
            table?.rows == [Record(["name": "Ada", "n": 1]), Record(["name": "Emmy", "n": 2.5])])
        #expect(table?.columns == ["name", "n"])
        let bare = try await outcome("a;b\nc", "to_table", ["separator": ";", "has_header": false])
        #expect(
            bare.output(Table.self, named: "table")?.rows
                == [Record(["col_0": "a", "col_1": "b"]), Record(["col_0": "c"])])
        let error = await failure { _ = try await outcome("a|b\nc", "to_table") }
        #expect(error.map { "\($0)".contains("row 1 has 1 cells") } == true, "\(error as Any)")
    }

    @Test func `refuse a text that would grow beyond bounds`() async {
        let error = await failure {
            _ = try await changed(
                String(repeating: "a", count: 1 << 20), "replace",
                ["search": "a", "replacement": .string(String(repeating: "b", count: 100))])
        }
        #expect(error.map { "\($0)".contains("bytes") } == true)
    }
}
